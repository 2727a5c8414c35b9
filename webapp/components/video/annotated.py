"""The whole video with its faces drawn: made when asked for, by a process of its own."""

import streamlit as st

from fer_core.video.job_status import JobState, Task
from fer_core.video.jobs import VideoJob
from fer_core.video.view import ViewChoices
from webapp.components.text import plain
from webapp.components.video.queue import progress_line

_EVERY_S = 1.0


def show_annotated(job: VideoJob, looked_at: ViewChoices) -> None:
    """Draw the player, or the button that has the video made, or how far that has come."""
    is_active = job.status(Task.annotate).state.active
    st.fragment(_draw, run_every=_EVERY_S if is_active else None)(job, looked_at, is_active)


def _draw(job: VideoJob, looked_at: ViewChoices, was_active: bool) -> None:
    status = job.status(Task.annotate)
    if was_active != status.state.active:
        st.rerun()  # this part alone cannot begin or end its looking again
    if status.state.active:
        is_waiting = status.state is JobState.waiting
        waits = "waits for another video" if job.is_behind_another else "begins"
        st.progress(
            status.share or 0.0, f"Drawing {waits if is_waiting else '· ' + progress_line(status)}"
        )
        st.button("Cancel", key="cancel-annotate", on_click=job.cancel, args=(Task.annotate,))
        return
    if status.state is JobState.failed:
        st.error(plain(status.problem), icon=":material/error:")
    if job.annotated.is_file():
        st.video(str(job.annotated))
        if job.is_drawn_otherwise(looked_at):
            st.caption("Names or smoothing were changed since: draw it again.")
        st.download_button(
            "Annotated video",
            lambda: job.annotated.read_bytes(),
            f"{job.stem}-annotated.mp4",
            "video/mp4",
            icon=":material/movie:",
            on_click="ignore",
        )
    if job.status(Task.analyze).state.active:
        st.caption("The video can be drawn once it is read.")
        return
    again = job.annotated.is_file()
    st.button(
        "Draw it again" if again else "Draw the faces on the video",
        icon=":material/brush:",
        on_click=job.annotate,
        args=(looked_at,),
        type="secondary" if again else "primary",
        help="H.264 in an MP4, with the original sound; smoothed as chosen below.",
    )
