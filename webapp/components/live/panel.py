"""What is told beside the live video: the chosen face, the last minute, the session, the pace."""

import streamlit as st

from fer_core.domain.analysis import FrameAnalysis
from fer_core.inference.exports import to_csv, to_json
from webapp.components import charts
from webapp.components.live.timeline import timeline_chart
from webapp.components.text import count, plain
from webapp.live import LiveFigures
from webapp.live_video import LiveVideo

_EVERY_S = 1.0


def show_panel(video: LiveVideo | None) -> None:
    """Draw everything beside the video; it keeps itself up to date while that plays."""
    if video is None:
        st.info("Press START, and let the browser use the camera.", icon=":material/videocam:")
        return
    st.fragment(_draw, run_every=_EVERY_S)(video)
    _show_recording(video)


def _draw(video: LiveVideo) -> None:
    latest = video.latest
    _show_face(latest)
    moments = video.timeline()
    if moments:
        st.markdown("**The last minute**")
        st.plotly_chart(
            timeline_chart(moments, _chosen(latest)),
            config=charts.CONFIG,
            key="live-timeline",
            alt="Probabilities of the chosen face over the last minute.",
        )
    _show_summary(video)
    st.caption(pace_line(video.figures()))


def _chosen(latest: FrameAnalysis | None) -> int | None:
    """The face that the panel is about: the chosen one, or the largest."""
    ids = [face.track_id for face in latest.faces] if latest else []
    wanted = st.session_state.get("live-face")
    return wanted if wanted in ids else next(iter(ids), None)


def _show_face(latest: FrameAnalysis | None) -> None:
    if latest is None or not latest.faces:
        st.markdown("#### No face in the picture")
        return
    ids = [face.track_id for face in latest.faces]
    if len(ids) > 1:
        st.segmented_control("Face", ids, key="live-face", default=ids[0])
    chosen = _chosen(latest)
    face = next(face for face in latest.faces if face.track_id == chosen)
    st.markdown(f"#### {plain(face.scores.emotion)} {face.scores.confidence:.0%}")
    st.plotly_chart(
        charts.composition(face.scores),
        config=charts.CONFIG,
        key="live-bars",
        alt=f"{face.scores.emotion} {face.scores.confidence:.0%}.",
    )


def _show_summary(video: LiveVideo) -> None:
    summary = video.summary()
    if not summary.seconds:
        return
    shares = ", ".join(f"{label} {share:.0%}" for label, share in summary.shares.items())
    seen = f"{count(summary.faces, 'face')}, {summary.seconds:.0f} s"
    st.markdown(f"**This session**: {seen}. {plain(shares)}.")
    left, right = st.columns(2)
    left.metric(
        "Happiness ratio",
        f"{summary.happiness_ratio:.0%}",
        help="Share of the time in which *happy* led.",
    )
    right.metric(
        "Stress ratio",
        f"{summary.stress_ratio:.0%}",
        help="Share of the time in which angry, fear, sad and disgust together passed 50%.",
    )


def pace_line(figures: LiveFigures) -> str:
    """How the reading keeps up, in one line."""
    parts = [
        f"analysed {figures.analysed_fps:.0f} frames/s of {figures.shown_fps:.0f}",
        f"{figures.analysed:,} analysed",
        f"{figures.dropped:,} dropped",
    ]
    if figures.latency_ms is not None and figures.latency_p95_ms is not None:
        parts.append(f"latency {figures.latency_ms:.0f} ms (95%: {figures.latency_p95_ms:.0f})")
    if figures.detection_ms is not None and figures.reading_ms is not None:
        parts.append(
            f"detection {figures.detection_ms:.0f} ms, reading {figures.reading_ms:.0f} ms"
        )
    if figures.failed:
        parts.append(f"{figures.failed:,} failed ({plain(figures.problem)})")
    return " · ".join(parts)


def _show_recording(video: LiveVideo) -> None:
    """Results, never pictures, for download."""
    video.records = st.toggle(
        "Record results",
        key="live-record",
        help="Numbers only, in memory, until the video ends; no picture is kept.",
    )
    with st.container(horizontal=True):
        st.download_button(
            "Results as CSV",
            lambda: to_csv(video.kept()),
            "webcam.csv",
            "text/csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "as JSON",
            lambda: to_json(video.kept()),
            "webcam.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )
