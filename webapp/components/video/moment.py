"""The picture of a moment of a video, and the slider that chooses it."""

import numpy as np
import streamlit as st

from fer_core.domain.durations import clock
from fer_core.video.jobs import VideoJob
from fer_core.video.view import VideoView
from webapp.components.video.pictures import moment_jpeg
from webapp.components.video.views import version_of

_TIME, _TIME_OF = "video-time", "video-time-of"


def go_to(time_s: float) -> None:
    """Have the page show another moment; for callbacks."""
    st.session_state[_TIME] = time_s


def show_moment(job: VideoJob, view: VideoView) -> None:
    """Draw the frame that the slider below it chooses, with its faces."""
    times = view.raw.frame_times_s
    first, last = float(times[0]), max(float(times[-1]), float(times[0]) + 0.01)
    at_s = float(st.session_state.get(_TIME, first))
    stays = st.session_state.get(_TIME_OF) == job.id and first <= at_s <= last
    # Set in every run: its end moves while the video is read, which makes it another slider.
    st.session_state[_TIME] = at_s if stays else first
    st.session_state[_TIME_OF] = job.id
    place = st.empty()
    step_s = max(0.01, round(float(np.median(np.diff(times))), 2)) if len(times) > 1 else 0.01
    time_s = st.slider(
        "Moment", first, last, step=step_s, format="%.2f s", key=_TIME, label_visibility="collapsed"
    )
    picture = moment_jpeg(job.id, time_s, version_of(job))
    if picture is None:
        place.warning("This frame cannot be decoded.", icon=":material/broken_image:")
    else:
        place.image(picture, f"{clock(time_s)} of {clock(last)}", width="stretch")
