"""A video's results as they are looked at, kept between reruns."""

import streamlit as st

from fer_core.inference.session import STRESS_THRESHOLD
from fer_core.inference.smoothing import TIME_CONSTANT_S
from fer_core.video.jobs import VideoJob
from fer_core.video.people import PEOPLE_FILE, People
from fer_core.video.record import FRAMES_FILE, VideoRecord
from fer_core.video.summary import Smoothing
from fer_core.video.view import VideoView, ViewChoices

SMOOTHING, TIME_CONSTANT, THRESHOLD = "video-smoothing", "video-constant", "video-threshold"
"""Keys of the controls that say how."""


def choices_on_page() -> ViewChoices:
    """Smoothing and threshold, as the controls say that are drawn further down."""
    chosen = ViewChoices(
        st.session_state.get(SMOOTHING, Smoothing.exponential),
        st.session_state.get(TIME_CONSTANT, TIME_CONSTANT_S),
        st.session_state.get(THRESHOLD, STRESS_THRESHOLD),
    )
    if chosen.smoothing is Smoothing.none:
        return ViewChoices(chosen.smoothing, TIME_CONSTANT_S, chosen.stress_threshold)
    return chosen


def view_of(job: VideoJob, looked_at: ViewChoices) -> VideoView:
    """What was read of a video until now.

    Raises:
        VideoError: Nothing was.
    """
    return _kept_view(job.id, version_of(job), looked_at)


def version_of(job: VideoJob) -> str:
    """Changes with every frame that is read, with names and merges, and when it is read again."""
    versions = []
    for name in (FRAMES_FILE, PEOPLE_FILE):
        path = job.folder / name
        versions.append((path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else None)
    return str(versions)


@st.cache_resource(show_spinner=False, max_entries=8)
def _kept_view(job_id: str, version: str, looked_at: ViewChoices) -> VideoView:
    job = VideoJob.open(job_id)
    assert job is not None  # a moment ago it was there
    return looked_at.view(VideoRecord.read(job.folder), People.read(job.folder))
