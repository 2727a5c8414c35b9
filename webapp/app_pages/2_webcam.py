"""Webcam: every face of live video, read as it moves."""

import streamlit as st

from fer_core.domain.errors import FerError
from webapp import services
from webapp.components.live.panel import show_panel
from webapp.components.live.photos import show_photos
from webapp.components.live.player import leave_player, session_video, show_player
from webapp.components.sidebar import reading_choices
from webapp.components.text import plain

LIVE, PHOTOS = "Live video", "Single photos"

st.title("Webcam")
st.markdown(
    "See **every face** of your camera with its probabilities, as they change. "
    "They are shares of the model's belief about an *expression*, not about a feeling."
)
try:
    choices = reading_choices()
    analyzer = services.analyzer(choices.model, choices.detector)
    places = services.live_places()
except FerError as error:
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()
agreed = st.checkbox(
    "Read my face: frames go to this server, stay in its memory until the next one, and are never "
    "written or passed on.",
    key="live-consent",
    persist_state="session",
)
if st.session_state["page entered"] or not agreed:
    leave_player()
if not agreed:
    st.caption("Tick the box to turn the camera on. Everybody in the picture should agree.")
    st.stop()
way = st.segmented_control(
    "Way", [LIVE, PHOTOS], default=LIVE, required=True, label_visibility="collapsed", key="live-way"
)
if way == PHOTOS:
    leave_player()
    show_photos(analyzer, choices.min_score)
else:
    picture, beside = st.columns([5, 3], gap="medium")
    video = session_video(analyzer, places)
    with picture:
        link = show_player(video, analyzer, choices.min_score, places)
    with beside:
        show_panel(video, link)
