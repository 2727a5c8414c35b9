"""One run, watched: progress, curves, what it uses, what it still confuses, its log."""

from typing import Any

import numpy as np
import streamlit as st

from fer_core.domain.errors import FerError
from fer_core.training.runs import Run, RunState, RunStatus
from fer_core.training.runs.launcher import STOP_FILE
from fer_core.training.runs.usage import usage_of
from fer_core.training.snapshot import ValidationSnapshot, read_snapshot
from webapp.components import report_charts, report_words
from webapp.components.text import plain, text_colour
from webapp.components.training import run_charts
from webapp.components.training.controls import show_controls
from webapp.components.training.promotion import show_promotion
from webapp.components.training.run_words import (
    STATE_COLOURS,
    STATE_ICONS,
    facts,
    progress_line,
    share_done,
)

WATCH_EVERY_S, WATCH_LONG_EVERY_S = 2.0, 6.0

_LONG_EPOCH_S = 20.0

_MISTAKE_PX, _MISTAKES = 72, 8
_LOG_LINES = 60
_ZOOM = "training-zoom"


def show_detail(run_id: str) -> None:
    """Draw a run; while it is active, its figures keep themselves up to date."""
    run = Run.open(run_id)
    status = run.status()
    _show_head(status)
    show_controls(run, status)
    pace = _pace(run, status)
    st.fragment(_watch, run_every=pace)(run_id, status.state, pace)
    if status.state is RunState.finished:
        show_promotion(run)


def _show_head(status: RunStatus) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {plain(status.title)}", width="content")
        st.badge(
            str(status.state),
            icon=STATE_ICONS[status.state],
            color=STATE_COLOURS[status.state],  # type: ignore[arg-type]  # its own literals
        )
    if status.note:
        st.markdown(plain(status.note))


def _pace(run: Run, status: RunStatus) -> float | None:
    """Seconds between two looks: watching takes from training, where both share a machine."""
    if not status.state.active:
        return None
    is_long = (status.seconds_per_epoch or 0.0) >= _LONG_EPOCH_S
    is_steady = status.phase == "training" and not (run.folder / STOP_FILE).exists()
    return WATCH_LONG_EVERY_S if is_long and is_steady else WATCH_EVERY_S


def _watch(run_id: str, seen: RunState, pace: float | None) -> None:
    """Draw what changes while a run goes on; other buttons follow when its state has changed."""
    try:
        run = Run.open(run_id)
        status = run.status()
    except FerError as error:  # deleted by someone else
        st.warning(plain(str(error)), icon=":material/link_off:")
        return
    if status.state is not seen or _pace(run, status) != pace:
        st.rerun()
    phase = f", {status.phase}" if status.phase else ""
    st.progress(share_done(status), f"{progress_line(status)}{phase}")
    if status.reason:
        is_wanted = status.state in (RunState.stopped, RunState.finished)
        show = st.info if is_wanted else st.error
        show(plain(status.reason), icon=STATE_ICONS[status.state])
    st.caption(plain(" · ".join(filter(None, (facts(status), _usage(status))))))
    _show_curves(run)
    snapshot = read_snapshot(run.folder)
    if snapshot is not None:
        _show_snapshot(snapshot)
    with st.expander("Log", icon=":material/terminal:", expanded=status.state is RunState.failed):
        st.code(run.log_tail(_LOG_LINES) or "Nothing yet.", language=None, wrap_lines=True)


def _usage(status: RunStatus) -> str:
    usage = usage_of(status)
    if usage is None:
        return ""
    parts = [f"CPU {usage.cpu_percent:.0f}%", f"memory {usage.memory_bytes / 1e9:.1f} GB"]
    parts += [f"GPU memory {use.memory_bytes / 1e9:.1f} GB" for use in usage.gpu]
    return ", ".join(parts)


def _show_curves(run: Run) -> None:
    history = run.history()
    if not history:
        st.caption("Curves begin with the first finished epoch.")
        return
    zoom = st.session_state.get(_ZOOM, {}).get(run.id)
    names = [name for name in run_charts.FIGURES if name in history[0]]
    for start in range(0, len(names), 2):
        for column, name in zip(
            st.columns(2, gap="medium"), names[start : start + 2], strict=False
        ):
            with column:
                st.markdown(f"**{run_charts.FIGURES[name]}**")
                _show_curve(run, history, name, zoom)
    with st.container(horizontal=True, vertical_alignment="center"):
        if zoom is None:
            st.caption("Draw a box over a curve to look closer.")
        else:
            st.caption(f"Epochs {zoom[0]:.0f} to {zoom[1]:.0f}.")
            st.button(
                "All epochs",
                icon=":material/zoom_out_map:",
                key="training-unzoom",
                on_click=_set_zoom,
                args=(run.id, None),
            )


def _show_curve(
    run: Run, history: list[dict[str, float]], name: str, zoom: tuple[float, float] | None
) -> None:
    key = f"curve-{run.id}-{name}-{zoom}"
    last = history[-1]
    said = f"{run_charts.FIGURES[name]} of {len(history)} epochs; the last: {last[name]:.4g}"
    if f"val_{name}" in last:
        said += f", on validation {last[f'val_{name}']:.4g}"
    st.plotly_chart(
        _curve(run.id, name, zoom, tuple(last.items()), history),
        config=report_charts.CONFIG,
        key=key,
        on_select=lambda: _zoom_to_box(run.id, key, last["epoch"]),
        selection_mode="box",
        alt=f"{said}.",
    )


# Plotly takes longer over a figure than all the rest of a refresh takes, and most refreshes
# find the same epochs: what is drawn is kept until there is another one.
@st.cache_resource(max_entries=256, show_spinner=False)
def _curve(
    run_id: str,
    name: str,
    zoom: tuple[float, float] | None,
    last: tuple[tuple[str, float], ...],
    _history: list[dict[str, float]],
) -> Any:
    return run_charts.curve(_history, name, zoom)


@st.cache_resource(max_entries=64, show_spinner=False)
def _confusion(
    labels: tuple[str, ...], counts: tuple[tuple[int, ...], ...], text_colour: str
) -> Any:
    figures = {"labels": list(labels), "confusion": [list(row) for row in counts]}
    return report_charts.confusion_matrix(figures, by_share=False, text_colour=text_colour)


def _zoom_to_box(run_id: str, key: str, last: float) -> None:
    boxes = st.session_state[key]["selection"].get("box", [])
    if boxes:
        low, high = sorted(boxes[0]["x"])
        _set_zoom(run_id, (max(low, 1.0), min(high, last)))


def _set_zoom(run_id: str, zoom: tuple[float, float] | None) -> None:
    # Kept here, by run, as a chart forgets how it was zoomed whenever it is drawn anew.
    if zoom is None or zoom[1] - zoom[0] >= 1:
        st.session_state[_ZOOM] = st.session_state.get(_ZOOM, {}) | {run_id: zoom}


def _show_snapshot(snapshot: ValidationSnapshot) -> None:
    st.markdown(f"**On the validation pictures after epoch {snapshot.epoch}**")
    figures = {"labels": list(snapshot.labels), "confusion": snapshot.confusion.tolist()}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.plotly_chart(
            _confusion(
                snapshot.labels,
                tuple(map(tuple, snapshot.confusion.tolist())),
                text_colour(),
            ),
            config=report_charts.CONFIG,
            key="training-confusion",
            alt=report_words.confusion_sentence(figures),
        )
    with right:
        st.caption(plain(report_words.confusion_sentence(figures)))
        _show_mistakes(snapshot)


def _show_mistakes(snapshot: ValidationSnapshot) -> None:
    shown = range(min(len(snapshot.images), _MISTAKES))
    if not shown:
        return
    st.caption("Surest mistakes: what it said, and (in brackets) the label.")
    with st.container(horizontal=True, gap="small"):
        for i in shown:
            st.image(
                np.asarray(snapshot.images[i]),
                plain(f"{snapshot.predicted[i]} ({snapshot.true[i]})"),
                width=_MISTAKE_PX,
                alt=f"Labelled {snapshot.true[i]}, read as {snapshot.predicted[i]} with "
                f"{snapshot.confidence[i]:.0%}.",
            )
