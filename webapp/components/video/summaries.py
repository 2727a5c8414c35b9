"""What each person's time adds up to: ratios, shares, strongest moments, changes."""

import streamlit as st

from fer_core.domain.durations import clock, duration
from fer_core.inference.session import STRESS_LABELS
from fer_core.video.jobs import VideoJob
from fer_core.video.summary import STRESSED_RATIO, PersonSummary
from fer_core.video.view import VideoView
from webapp.components.model_card import METRIC_PX
from webapp.components.text import plain, text_colour
from webapp.components.video import charts
from webapp.components.video.moment import go_to
from webapp.components.video.persons import MOST_CHIPS
from webapp.components.video.pictures import FACE_PX, face_html, face_jpeg
from webapp.components.video.views import version_of


def show_summaries(job: VideoJob, view: VideoView) -> None:
    """Draw one person's sums, of whom the visitor chooses."""
    st.subheader("Each person's time")
    together = ", ".join(STRESS_LABELS[:-1]) + f" and {STRESS_LABELS[-1]}"
    st.caption(
        "**Happiness ratio**: share of the tracked time in which *happy* leads. "
        f"**Stress ratio**: share in which {together} together pass "
        f"{view.stress_threshold:.0%}; above {STRESSED_RATIO:.0%} it reads *stressed*. "
        "**Valence**: mean probability of positive less that of negative emotions, an estimate "
        "from −1 to 1. All describe expressions, not feelings."
    )
    person = view.persons[0]
    key = f"video-person {view.people}"
    if len(view.persons) > MOST_CHIPS:
        person = st.selectbox(
            "Person", view.persons, format_func=view.choice_of, key=f"{key} of many"
        )
    elif len(view.persons) > 1:
        person = st.pills(
            "Person",
            view.persons,
            default=person,
            format_func=lambda person: plain(view.choice_of(person)),
            required=True,
            key=key,
            label_visibility="collapsed",
        )
    _show_summary(job, view, view.summaries[person])


def _show_summary(job: VideoJob, view: VideoView, summary: PersonSummary) -> None:
    row = st.container(horizontal=True)
    row.metric("Tracked", duration(summary.seconds), width=METRIC_PX)
    row.metric("Happiness ratio", f"{summary.happiness_ratio:.0%}", width=METRIC_PX)
    row.metric(
        "Stress ratio",
        f"{summary.stress_ratio:.0%}",
        "stressed" if summary.is_stressed else None,
        delta_color="off",
        delta_arrow="off",
        width=METRIC_PX,
    )
    row.metric("Valence", f"{summary.valence:+.2f}", width=METRIC_PX)
    shares, changes = st.columns(2, gap="large")
    with shares:
        st.markdown("**Share of the time**, and strongest moments")
        for label, share in sorted(summary.shares.items(), key=lambda item: -item[1]):
            if share:
                _show_share(job, view, summary, label)
    with changes:
        st.markdown("**What gave way to what**")
        figure = charts.transitions(summary, view.labels, text_colour())
        if figure is None:
            st.caption("One emotion led all the time.")
        else:
            st.plotly_chart(figure, config=charts.CONFIG, key=f"transitions-{summary.person}")


def _show_share(job: VideoJob, view: VideoView, summary: PersonSummary, label: str) -> None:
    """An emotion's share, its strongest moment as a picture, and buttons to go there."""
    peaks = summary.peaks.get(label, ())
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        if peaks:
            st.html(
                face_html(face_jpeg(job.id, summary.person, peaks[0].time_s, version_of(job))),
                width=FACE_PX,
            )
        with st.container(width="stretch", gap=None):
            st.markdown(f"{plain(label)} **{summary.shares[label]:.0%}**")
            with st.container(horizontal=True, gap="small"):
                for number, peak in enumerate(peaks):
                    st.button(
                        f"{clock(peak.time_s)} · {peak.probability:.0%}",
                        key=f"peak-{summary.person}-{label}-{number}",
                        on_click=go_to,
                        args=(peak.time_s,),
                        type="tertiary",
                        help="Show this moment",
                    )
