"""The picture of the webcam page: the connection, and what is drawn on it."""

import time

import streamlit as st
from streamlit_webrtc import Translations, WebRtcMode, webrtc_streamer

from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.overlay import Overlay
from webapp import ice
from webapp.access import visitor
from webapp.access_rule import is_on_this_machine
from webapp.components.live.camera_check import show_camera_check
from webapp.components.live.link import Link
from webapp.components.text import plain
from webapp.live_places import LivePlaces
from webapp.live_video import LiveChoices, LiveVideo

RECORDED = "live-recorded"

_STREAM, _VIDEO, _ASKED_AT, _SIZE = "live-stream", "live-video", "live-asked-at", "live-size"
_LEFT = "live-left"
_SIZES = {"640 × 480": (640, 480), "960 × 540": (960, 540), "1280 × 720": (1280, 720)}
_FIRST_SIZE = "640 × 480"
_OVERLAYS = {
    "boxes": "Boxes",
    "names": "Names",
    "bars": "Bars",
    "landmarks": "Landmarks",
    "pace": "Pace",
}
# What the player says in the browser when there is no picture; each tells what to do.
_WORDS: Translations = {
    "start": "Start camera",
    "stop": "Stop",
    "select_device": "Choose camera",
    "media_api_not_available": (
        "This page is not secure, so the browser gives it no camera. "
        "Open it by https, or as localhost on the server itself."
    ),
    "device_ask_permission": "The browser asks whether this page may use the camera: allow it.",
    "device_not_available": (
        "There is no camera, or another program uses it. Connect one or close that program, "
        "then try again; or read photos on the Upload page."
    ),
    "device_access_denied": (
        "The browser was told to refuse the camera. Allow it by the icon beside the page's "
        "address, then start again; or read photos on the Upload page."
    ),
}


def session_video(analyzer: EmotionAnalyzer, places: LivePlaces) -> LiveVideo:
    """The visit's video: it stays when the camera stops, and so does what it has told."""
    if _VIDEO not in st.session_state:
        st.session_state[_VIDEO] = LiveVideo(LiveChoices(analyzer), places)
    video: LiveVideo = st.session_state[_VIDEO]
    return video


def show_player(
    video: LiveVideo, analyzer: EmotionAnalyzer, min_score: float, places: LivePlaces
) -> Link:
    """Draw the picture with its toggles, and let the video know what they say.

    Args:
        video: The visit's.
        analyzer: Reads the faces from now on.
        min_score: Faces that the detector is less sure of are left out.
        places: Shared with other viewers.

    Returns:
        How far the connection has come.
    """
    is_local = is_on_this_machine(visitor())
    try:
        servers = ice.ice_servers(is_local)
    except ice.IceError as error:
        st.warning(plain(str(error)), icon=":material/router:")
        servers = [] if is_local else ice.PUBLIC_STUN
    before = st.session_state.get(_STREAM)
    is_playing = before is not None and (before.state.playing or before.state.signalling)
    # A place that is just being left is the viewer's own.
    if not is_playing and not video.is_reading and places.taken >= places.most:
        st.warning(
            f"All {places.most} places are taken: try again in a minute, or choose **Single "
            "photos** meanwhile.",
            icon=":material/groups:",
        )
        st.button("Try again", icon=":material/refresh:")
        leave_player()
        return Link()
    was_left = st.session_state.pop(_LEFT, False)
    if before is not None and not was_left:
        # streamlit-webrtc takes a stream for left behind, and ends it, when more than one run of
        # the script has succeeded since it was drawn. On a busy server that happens while runs
        # overtake each other; whether the page drew something else, it knows itself.
        before._last_rendered_run_count = None
    above = st.container()
    width, height = _SIZES[st.session_state.get(_SIZE) or _FIRST_SIZE]
    context = webrtc_streamer(
        key=_STREAM,
        mode=WebRtcMode.SENDRECV,
        rtc_configuration={"iceServers": servers},
        media_stream_constraints={
            "video": {"width": {"ideal": width}, "height": {"ideal": height}},
            "audio": False,
        },
        video_frame_callback=video.recv,
        on_video_ended=video.on_ended,
        video_html_attrs={"autoPlay": True, "muted": True, "style": {"width": "100%"}},
        media_toggle_controls=False,
        translations=_WORDS,
        on_change=_note_start,
    )
    is_wanted = context.state.playing or context.state.signalling
    overlay, is_mirrored = _show_toggles(is_wanted)
    video.choices = LiveChoices(
        analyzer, min_score, overlay, is_mirrored, bool(st.session_state.get(RECORDED))
    )
    problem = show_camera_check(servers)
    if problem and not is_wanted:
        above.warning(problem, icon=":material/videocam_off:")
    return Link(is_wanted, st.session_state.get(_ASKED_AT, 0.0), ice.has_relay(servers))


def leave_player() -> None:
    """Note that the page draws something else than the video."""
    st.session_state[_LEFT] = True


def _note_start() -> None:
    if st.session_state[_STREAM].state.signalling:
        st.session_state[_ASKED_AT] = time.monotonic()


def _show_toggles(is_playing: bool) -> tuple[Overlay, bool]:
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = {
            name: st.toggle(title, value=getattr(Overlay(), name), key=f"live-draw-{name}")
            for name, title in _OVERLAYS.items()
        }
        is_mirrored = st.toggle("Mirror", value=True, key="live-mirror")
    st.segmented_control(
        "Size of the picture",
        list(_SIZES),
        default=_FIRST_SIZE,
        required=True,
        key=_SIZE,
        disabled=is_playing,
        help="Stop the camera to change it.",
    )
    return Overlay(**shown), is_mirrored
