"""What was read from a video: its picture at a moment, the people, their time, and files of it."""

import streamlit as st

from fer_core.domain.durations import clock
from fer_core.domain.errors import FerError
from fer_core.video.job_status import Task
from fer_core.video.jobs import VideoJob
from fer_core.video.view import VideoView
from webapp.components.video.annotated import show_annotated
from webapp.components.video.files import show_files
from webapp.components.video.moment import show_moment
from webapp.components.video.persons import show_persons
from webapp.components.video.summaries import show_summaries
from webapp.components.video.timeline import show_timeline
from webapp.components.video.views import choices_on_page, view_of


def show_results(job: VideoJob) -> None:
    """Draw everything that was read of a video until now."""
    try:
        looked_at = choices_on_page()
        view = view_of(job, looked_at)
    except FerError:
        return  # nothing was read yet: its line in the queue says why
    if not len(view.raw.frame_times_s):
        st.info("No frame lies in the part that was to be read.", icon=":material/movie:")
        return
    if job.status(Task.analyze).state.active:
        _show_how_far(view)
    if not view.persons:
        show_moment(job, view)
        st.info(
            "**No face found.** If there is one, try *Find smaller faces*, or a lower minimum face "
            "confidence, and read the video again.",
            icon=":material/face_retouching_off:",
        )
        return
    picture, beside = st.columns([5, 3], gap="medium")
    with picture:
        drawn, whole = st.tabs(["Moment", "Annotated video"])
        with drawn:
            show_moment(job, view)
        with whole:
            show_annotated(job, looked_at)
    with beside:
        show_persons(job, view)
    show_timeline(view)
    show_summaries(job, view)
    show_files(job, view)


def _show_how_far(view: VideoView) -> None:
    """Say that this is not all, and offer what has been read since."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Being read: shown until {clock(view.raw.frame_times_s[-1])}.", width="content")
        st.button("Show more", icon=":material/refresh:", type="tertiary", key="video-more")
