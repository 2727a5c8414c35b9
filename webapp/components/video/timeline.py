"""Everybody's probabilities over a video's time, and the controls of what is drawn and how."""

import streamlit as st

from fer_core.domain.emotions import colour_of
from fer_core.inference.session import STRESS_THRESHOLD
from fer_core.inference.smoothing import TIME_CONSTANT_S
from fer_core.video.summary import Smoothing
from fer_core.video.view import VideoView
from webapp.components.text import plain
from webapp.components.video import charts
from webapp.components.video.moment import go_to
from webapp.components.video.persons import MOST_CHIPS
from webapp.components.video.views import SMOOTHING, THRESHOLD, TIME_CONSTANT

_CHART, _LABELS = "video-timeline", "video-labels"
_SMOOTHINGS = {
    Smoothing.exponential: "Exponential",
    Smoothing.path: "Likeliest path",
    Smoothing.none: "None",
}
_DRAWN_AT_FIRST = 2


def show_timeline(view: VideoView) -> None:
    """Draw the chart, its legend, and its controls."""
    st.subheader("Over time")
    st.html(_dots(view.labels))
    labels = st.pills(
        "Emotions",
        view.labels,
        selection_mode="multi",
        default=view.labels,
        key=_LABELS,
        label_visibility="collapsed",
    )
    persons = view.persons[:_DRAWN_AT_FIRST]
    key = f"video-persons {view.people}"  # choices are known by what they are called
    if len(view.persons) > MOST_CHIPS:
        persons = st.multiselect(
            "People", view.persons, persons, view.choice_of, key=f"{key} of many"
        )
    elif len(view.persons) > 1:
        persons = st.pills(
            "People",
            view.persons,
            selection_mode="multi",
            default=persons,
            format_func=lambda person: plain(view.choice_of(person)),
            key=key,
            label_visibility="collapsed",
        )
    figure = charts.timeline(view, persons, labels)
    st.plotly_chart(
        figure,
        config=charts.CONFIG,
        key=_CHART,
        on_select=_go_to_clicked,
        selection_mode="points",
    )
    st.caption("Click a moment to see its picture. Drag to zoom, double-click to see all again.")
    with st.expander("Smoothing and thresholds", icon=":material/tune:"):
        left, middle, right = st.columns(3)
        left.selectbox(
            "Smoothing",
            list(_SMOOTHINGS),
            format_func=_SMOOTHINGS.__getitem__,
            key=SMOOTHING,
            help="*Likeliest path* finds the sequence of emotions that explains all frames best "
            "(Viterbi). Files hold the raw values too.",
        )
        middle.slider("Time constant, s", 0.1, 2.0, TIME_CONSTANT_S, 0.1, key=TIME_CONSTANT)
        right.slider(
            "Stress threshold",
            0.1,
            0.9,
            STRESS_THRESHOLD,
            0.05,
            key=THRESHOLD,
            help="What angry, fear, sad and disgust together must pass for a moment to count.",
        )


def _dots(labels: tuple[str, ...]) -> str:
    """A style that puts each emotion's colour before its name, so that the chips are a legend."""
    rules = "".join(
        f".st-key-{_LABELS} button:nth-of-type({number}) p::before{{background:{colour_of(label)}}}"
        for number, label in enumerate(labels, start=1)
    )
    dot = 'content:"";display:inline-block;width:.7em;height:.7em;border-radius:50%;'
    return f"<style>.st-key-{_LABELS} button p::before{{{dot}margin-right:.4em}}{rules}</style>"


def _go_to_clicked() -> None:
    chart = st.session_state.get(_CHART)
    points = chart.selection.points if chart else []
    if points:
        point = points[0]
        # A strip's bar begins at its base.
        go_to(float(point.get("base", point.get("x", 0.0))))
