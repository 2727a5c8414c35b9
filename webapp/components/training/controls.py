"""What can be done to a run: stop, resume, finish, move, duplicate, rename and delete."""

from collections.abc import Callable

import streamlit as st

from fer_core.domain.errors import FerError
from fer_core.training.runs import Run, RunState, RunStatus, delete, finish, resume, stop
from fer_core.training.runs.label import label_run
from fer_core.training.runs.launcher import FINISH_FILE, STOP_FILE
from fer_core.training.runs.queue import move, move_first
from webapp.access import may_train, require_admin
from webapp.components.text import plain
from webapp.components.training.launch import TAB_KEY, start_from_run

_PROBLEM = "training-problem"


def show_controls(run: Run, status: RunStatus) -> None:
    """Draw the buttons that a run's state allows; whoever may not train gets the way in."""
    if not may_train():
        with st.expander("Stop, resume or change this run", icon=":material/lock:"):
            require_admin()
        return
    with st.container(horizontal=True):
        if status.state.active:
            _show_stop(run)
        if status.state.resumable:
            _button("Resume", "play_arrow", resume, run, kind="primary")
        if status.epoch and status.state is not RunState.finished:
            _show_finish(run, status)
        if status.state is RunState.queued and status.queue_place != 1:
            _button("Next in the queue", "vertical_align_top", move_first, run)
            _button("Earlier", "arrow_upward", lambda run: move(run, -1), run)
        _button("Duplicate with changes", "content_copy", _duplicate, run)
        _show_label(run, status)
        if not status.state.active and st.button(
            "Delete", icon=":material/delete:", key="training-delete"
        ):
            _ask_to_delete(run)
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(plain(problem), icon=":material/error:")


def _show_stop(run: Run) -> None:
    if (run.folder / STOP_FILE).exists():
        _button("Kill it now", "dangerous", lambda run: stop(run, now=True), run)
        st.caption("It stops after its present step; nothing finished is lost either way.")
    else:
        _button("Stop", "stop", stop, run)


def _show_finish(run: Run, status: RunStatus) -> None:
    if status.state.active and (run.folder / FINISH_FILE).exists():
        st.caption("It finishes after its present epoch.")
    elif status.epoch < status.epochs:
        _button(
            "Finish early",
            "sports_score",
            finish,
            run,
            tip="No more epochs: exports the best that it has. A running epoch is still ended.",
        )


def _button(
    label: str,
    icon: str,
    then: Callable[[Run], object],
    run: Run,
    *,
    kind: str = "secondary",
    tip: str | None = None,
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        type=kind,  # type: ignore[arg-type]  # its own literals
        key=f"training-{icon}",
        help=tip,
        on_click=_try,
        args=(then, run),
    )


def _try(then: Callable[[Run], object], run: Run) -> None:
    try:
        if not may_train():
            raise FerError("Only an admin may do that: give the password again.")
        then(run)
    except FerError as error:
        st.session_state[_PROBLEM] = str(error)


def _duplicate(run: Run) -> None:
    start_from_run(run.id)
    st.session_state[TAB_KEY] = "New run"


def _show_label(run: Run, status: RunStatus) -> None:
    with st.popover("Rename", icon=":material/edit:"), st.form(f"label-{run.id}", border=False):
        title = st.text_input("Title", status.title, max_chars=80)
        note = st.text_area("Note", status.note, max_chars=2000)
        if st.form_submit_button("Save", icon=":material/save:"):
            _try(lambda run: label_run(run, title=title.strip(), note=note.strip()), run)
            st.rerun()


@st.dialog("Delete this run?")
def _ask_to_delete(run: Run) -> None:
    st.markdown(
        f"**{plain(run.id)}** goes with its weights, figures and log, for good. "
        "A model that was promoted from it stays."
    )
    if st.button(
        "Delete for good",
        type="primary",
        icon=":material/delete:",
        key="really-delete",
        on_click=_try,
        args=(delete, run),
    ):
        st.rerun()
