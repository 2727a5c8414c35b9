"""The picture of the webcam page: the connection, and what is drawn on it."""

import json
import os
from typing import Any

import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.overlay import Overlay
from webapp.components.sidebar import Choices
from webapp.components.text import plain
from webapp.live import open_readers
from webapp.live_video import LiveVideo

ICE_VARIABLE, VIEWERS_VARIABLE = "FER_ICE_SERVERS", "FER_LIVE_VIEWERS"
_DEFAULT_ICE = [{"urls": ["stun:stun.l.google.com:19302"]}]
_SIZES = {"640 × 480": (640, 480), "960 × 540": (960, 540), "1280 × 720": (1280, 720)}
_PLAYING = "live-playing"
_OVERLAYS = {"boxes": "Boxes", "names": "Names", "bars": "Bars", "landmarks": "Landmarks"}


def show_player(analyzer: EmotionAnalyzer, choices: Choices) -> LiveVideo | None:
    """Draw the video with its toggles; return what reads it, None while it does not play.

    Args:
        analyzer: Reads the faces.
        choices: The sidebar's.
    """
    try:
        servers, most = ice_servers(), most_viewers()
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    if not st.session_state.get(_PLAYING) and open_readers() >= most:
        st.warning(
            f"All {most} places are taken: try again in a minute, or read photos on the "
            "Upload page meanwhile.",
            icon=":material/groups:",
        )
        st.button("Try again", icon=":material/refresh:")
        return None
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = {
            name: st.toggle(title, value=getattr(Overlay(), name), key=f"live-{name}")
            for name, title in _OVERLAYS.items()
        }
        mirrored = st.toggle("Mirror", value=True, key="live-mirror")
    size = st.segmented_control("Size", list(_SIZES), default="640 × 480", key="live-size")
    width, height = _SIZES[size or "640 × 480"]
    with place:
        context = webrtc_streamer(
            # A new model or size is a new connection.
            key=f"live-{choices.model}-{choices.detector}-{choices.min_score}-{width}",
            mode=WebRtcMode.SENDRECV,
            rtc_configuration={"iceServers": servers},
            media_stream_constraints={
                "video": {"width": {"ideal": width}, "height": {"ideal": height}},
                "audio": False,
            },
            video_processor_factory=lambda: LiveVideo(analyzer, choices.min_score),
            async_processing=True,
        )
    video: LiveVideo | None = context.video_processor
    st.session_state[_PLAYING] = context.state.playing
    if not context.state.playing or video is None:
        return None
    video.overlay, video.mirrored = Overlay(**shown), mirrored
    return video


def most_viewers() -> int:
    """How many may be read at once: `FER_LIVE_VIEWERS`, or two for each core.

    Raises:
        ValueError: The variable holds something else than a number from 1.
    """
    text = os.environ.get(VIEWERS_VARIABLE, "")
    if not text:
        return 2 * (os.cpu_count() or 1)
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{VIEWERS_VARIABLE} must be a number from 1, got {text!r}")
    return int(text)


def ice_servers() -> list[dict[str, Any]]:
    """Servers that help browser and server to find each other.

    `FER_ICE_SERVERS` holds them as JSON (`[{"urls": [...], "username": ..., "credential": ...}]`);
    without it a public STUN server is asked, which tells a machine its own public address.

    Raises:
        ValueError: The variable holds something else.
    """
    text = os.environ.get(ICE_VARIABLE, "")
    if not text:
        return _DEFAULT_ICE
    try:
        servers = json.loads(text)
    except ValueError:
        servers = None
    if not isinstance(servers, list) or not all(
        isinstance(server, dict) and "urls" in server for server in servers
    ):
        raise ValueError(
            f'{ICE_VARIABLE} must be a JSON list like [{{"urls": ["stun:host:3478"]}}], '
            f"got {text[:80]}"
        )
    return servers
