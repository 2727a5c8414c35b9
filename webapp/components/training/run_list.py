"""The list of runs: state, progress and best figure of each, and which one is looked at."""

import math

import streamlit as st

from fer_core.training.runs import RunState, RunStatus, list_runs
from webapp.components.text import count, plain
from webapp.components.training.launch import RUN_KEY, TAB_KEY
from webapp.components.training.run_words import (
    STATE_COLOURS,
    STATE_ICONS,
    progress_line,
    share_done,
)

ON_A_PAGE = 10

_STATES, _TEXT = "training-states", "training-search"
_BUSY_S, _IDLE_S = 3.0, 15.0

# Where the columns stand one over the other, the chosen run is not to be a long way down.
_NARROW = (
    "<style>@media (max-width: 640px) {"
    ".st-key-training-list { max-height: 42vh; overflow-y: auto; flex-wrap: nowrap; }"
    "}</style>"
)


def show_list() -> None:
    """Draw the list, which keeps itself up to date, by itself."""
    st.html(_NARROW)
    is_busy = any(status.state.active for status in list_runs())
    # A run begun from the command line shows too, a little later.
    st.fragment(_draw, run_every=_BUSY_S if is_busy else _IDLE_S)()


def _draw() -> None:
    runs = list_runs()
    if not runs:
        show_nothing()
        return
    shown = [status for status in runs if _is_wanted(status)]
    _show_filter(runs)
    if not shown:
        st.caption("No run is like that.")
        return
    chosen = st.session_state.get(RUN_KEY)
    if chosen not in {status.run for status in runs}:
        st.session_state[RUN_KEY] = shown[0].run
        st.rerun()
    pages = math.ceil(len(shown) / ON_A_PAGE)
    start = (st.pagination(pages, key="training-list-page") - 1) * ON_A_PAGE if pages > 1 else 0
    for status in shown[start : start + ON_A_PAGE]:
        _show_row(status, is_chosen=status.run == chosen)


def show_nothing() -> None:
    """What an empty list says."""
    st.info(
        "No run yet. One on drawn faces takes about a minute.", icon=":material/model_training:"
    )
    st.button("New run", icon=":material/add:", type="primary", on_click=turn_to, args=("New run",))


def turn_to(tab: str, run: str | None = None) -> None:
    """Open a tab of the page, and a run if one is named."""
    st.session_state[TAB_KEY] = tab
    if run is not None:
        st.session_state[RUN_KEY] = run


def _show_filter(runs: list[RunStatus]) -> None:
    if len(runs) < 2:
        return
    states = [state for state in RunState if any(status.state is state for status in runs)]
    st.text_input(
        "Search",
        key=_TEXT,
        placeholder=f"Search {count(len(runs), 'run')}",
        label_visibility="collapsed",
    )
    if len(states) > 1:
        st.pills(
            "States",
            states,
            selection_mode="multi",
            key=_STATES,
            format_func=str,
            label_visibility="collapsed",
        )


def _is_wanted(status: RunStatus) -> bool:
    states = st.session_state.get(_STATES) or list(RunState)
    words = str(st.session_state.get(_TEXT, "")).casefold().split()
    text = f"{status.run} {status.title} {status.note} {status.data}".casefold()
    return status.state in states and all(word in text for word in words)


def _show_row(status: RunStatus, is_chosen: bool) -> None:
    with st.container(border=True, key=f"run-{status.run}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                plain(status.title),
                key=f"look-{status.run}",
                type="primary" if is_chosen else "tertiary",
                help=status.run,
            ):
                st.session_state[RUN_KEY] = status.run
                st.rerun()
            st.badge(
                str(status.state),
                icon=STATE_ICONS[status.state],
                color=STATE_COLOURS[status.state],  # type: ignore[arg-type]  # its own literals
            )
        st.progress(share_done(status), progress_line(status))
