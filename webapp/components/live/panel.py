"""What is told beside the live video: the chosen face, the last minute, the session, the pace."""

import time

import streamlit as st

from fer_core.domain.analysis import AnalyzedFace, FrameAnalysis
from fer_core.inference.exports import to_csv, to_json
from fer_core.inference.session import STRESS_THRESHOLD
from webapp.components.live.bars import bars
from webapp.components.live.link import Link, LinkState
from webapp.components.live.player import RECORDED
from webapp.components.live.timeline import timeline
from webapp.components.text import count, plain
from webapp.live import LiveFigures
from webapp.live_video import LiveVideo

_EVERY_S = 1.0
_FACE = "live-face"


def show_panel(video: LiveVideo, link: Link) -> None:
    """Draw everything beside the video; it keeps itself up to date while that plays."""
    _show_keeping(video, link)
    st.fragment(_draw, run_every=_EVERY_S if link.wanted else None)(video, link)


def _draw(video: LiveVideo, link: Link) -> None:
    state = link.state(video.shown_at, time.monotonic())
    if state is LinkState.off:
        st.info("Press **Start camera**, and let the browser use it.", icon=":material/videocam:")
    elif state is LinkState.connecting:
        st.info("Browser and server are looking for each other…", icon=":material/sync:")
    elif state is LinkState.blocked:
        st.error(f"**No route to this server.** {link.advice()}", icon=":material/link_off:")
    elif not video.is_reading:
        st.warning(
            "No place is free to read your video, so it is only shown. It begins as soon as "
            "somebody leaves.",
            icon=":material/groups:",
        )
    else:
        _show_face(video.latest)
    _show_session(video)


def _show_face(latest: FrameAnalysis | None) -> None:
    face = _chosen(latest)
    if latest is None or face is None:
        st.markdown("#### No face in the picture")
        return
    ids = sorted(face.track_id for face in latest.faces if face.track_id is not None)
    if len(ids) > 1:
        st.segmented_control("Face", ids, key=_FACE, default=face.track_id)
    st.markdown(f"#### {plain(face.scores.emotion)} {face.scores.confidence:.0%}")
    st.html(bars(face.scores))


def _chosen(latest: FrameAnalysis | None) -> AnalyzedFace | None:
    """The face that the panel is about: the chosen one, or the largest."""
    faces = {face.track_id: face for face in latest.faces} if latest else {}
    return faces.get(st.session_state.get(_FACE)) or next(iter(faces.values()), None)


def _show_session(video: LiveVideo) -> None:
    moments, figures = video.timeline(), video.figures()
    if moments:
        face = _chosen(video.latest)
        st.markdown("**The last minute**")
        st.html(timeline(moments, face.track_id if face else moments[-1].track_id))
    summary = video.summary()
    if summary.seconds:
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
            help="Share of the time in which angry, fear, sad and disgust together passed "
            f"{STRESS_THRESHOLD:.0%}.",
        )
    if figures.shown:
        st.caption(pace_line(figures))


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


def _show_keeping(video: LiveVideo, link: Link) -> None:
    """What a visitor may take along: the picture of the moment, and results, never video."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(
            "Record results",
            key=RECORDED,
            help="Numbers only, in this server's memory, until you leave; no picture is kept.",
        )
        if link.wanted:
            st.download_button(
                "Snapshot",
                lambda: video.snapshot() or b"",
                "webcam.png",
                "image/png",
                icon=":material/photo_camera:",
                on_click="ignore",
                help="The picture of this moment, straight to your own machine.",
            )
        if st.session_state.get(RECORDED) or video.kept():
            st.download_button(
                "CSV",
                lambda: to_csv(video.kept()),
                "webcam.csv",
                "text/csv",
                icon=":material/table:",
                on_click="ignore",
            )
            st.download_button(
                "JSON",
                lambda: to_json(video.kept()),
                "webcam.json",
                "application/json",
                icon=":material/data_object:",
                on_click="ignore",
            )
        if video.figures().analysed:
            st.button(
                "New session",
                icon=":material/restart_alt:",
                on_click=video.forget,
                help="Empties the summary, the last minute and the recording.",
            )
