"""Videos of a visit: uploading them, and what becomes of each while it waits and is read."""

from collections.abc import Iterator
from typing import BinaryIO

import streamlit as st

from fer_core.domain.durations import duration
from fer_core.domain.errors import FerError
from fer_core.video.analysis import DETECTION_SIDE, VideoChoices
from fer_core.video.job_status import JobState, JobStatus, Task
from fer_core.video.jobs import VideoJob
from fer_core.video.opening import SUPPORTED_SUFFIXES
from webapp.components.sidebar import Choices
from webapp.components.text import count, plain

_QUERY, _IDS, _UPLOADS = "videos", "video-ids", "video-uploads"
_EVERY_S = 1.0
_CHUNK = 4 << 20
_PACES: dict[str, float | None] = {
    "every frame": None,
    "10 frames/s": 10.0,
    "5 frames/s": 5.0,
    "2 frames/s": 2.0,
}


def session_jobs() -> list[VideoJob]:
    """The visit's videos, the newest last; a reloaded page finds them by its address."""
    ids: list[str] = st.session_state.get(_IDS) or [
        job_id for job_id in st.query_params.get(_QUERY, "").split(",") if job_id
    ]
    jobs = [job for job in map(VideoJob.open, ids) if job is not None]
    _remember([job.id for job in jobs])
    return jobs


def _remember(ids: list[str]) -> None:
    st.session_state[_IDS] = ids
    if ids:
        st.query_params[_QUERY] = ",".join(ids)
    elif _QUERY in st.query_params:
        del st.query_params[_QUERY]


def show_upload(choices: Choices) -> None:
    """Draw the uploader and the choices of what is read; begin what is asked for."""
    number = st.session_state.setdefault(_UPLOADS, 0)
    uploads = st.file_uploader(
        "Videos",
        type=[suffix.lstrip(".") for suffix in SUPPORTED_SUFFIXES],
        accept_multiple_files=True,
        help="MP4, MOV, WebM, AVI, MKV or GIF. Longer ones: `python -m fer_core analyze`.",
        key=f"video-upload-{number}",
    )
    with st.expander("What is read", icon=":material/tune:"):
        wanted = _reading_part(choices)
    if not uploads:
        return
    label = "Read the video" if len(uploads) == 1 else f"Read {len(uploads)} videos"
    if st.button(label, type="primary", icon=":material/play_arrow:") and wanted is not None:
        ids = [job.id for job in session_jobs()]
        for upload in uploads:
            try:
                chunks = _chunks(upload)
                job = VideoJob.begin(upload.name, chunks, choices.model, choices.detector, wanted)
                ids.append(job.id)
            except FerError as error:
                st.error(plain(str(error)), icon=":material/error:")
                _remember(ids)
                return
        _remember(ids)
        st.session_state[_UPLOADS] += 1  # an empty uploader
        st.session_state["video-shown"] = ids[-1]
        st.rerun()


def _chunks(upload: BinaryIO) -> Iterator[bytes]:
    while chunk := upload.read(_CHUNK):
        yield chunk


def _reading_part(choices: Choices) -> VideoChoices | None:
    """What the controls say; None and a line where they do not fit together."""
    left, middle, right = st.columns(3)
    pace = left.selectbox("Frames", list(_PACES), key="video-pace")
    start_s = middle.number_input("From second", min_value=0.0, value=0.0, key="video-start")
    end_s = right.number_input(
        "To second", min_value=0.0, value=None, placeholder="the end", key="video-end"
    )
    fine = st.toggle(
        "Find smaller faces",
        key="video-fine",
        help=f"Looks for faces at full size, not at {DETECTION_SIDE} pixels: several times slower.",
    )
    columns, rows = st.columns(2)
    across = columns.slider("Left to right, %", 0, 100, (0, 100), key="video-across")
    down = rows.slider("Top to bottom, %", 0, 100, (0, 100), key="video-down")
    try:
        return VideoChoices(
            start_s,
            end_s,
            _PACES[pace],
            (
                across[0] / 100,
                down[0] / 100,
                (across[1] - across[0]) / 100,
                (down[1] - down[0]) / 100,
            ),
            None if fine else DETECTION_SIDE,
            choices.min_score,
        )
    except FerError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def show_queue(jobs: list[VideoJob]) -> None:
    """A line for each video; it keeps itself up to date while one is waiting or read."""
    is_active = any(job.status(Task.analyze).state.active for job in jobs)
    st.fragment(_draw, run_every=_EVERY_S if is_active else None)(jobs, is_active)


def _draw(jobs: list[VideoJob], was_active: bool) -> None:
    statuses = [job.status(Task.analyze) for job in jobs]
    is_other = [job.id for job in jobs] != st.session_state[_IDS]
    if is_other or was_active != any(status.state.active for status in statuses):
        st.rerun()  # the whole page: there is more or less to show, or this part looks again
    for job, status in zip(jobs, statuses, strict=True):
        with st.container(horizontal=True, vertical_alignment="center", key=f"video-{job.id}"):
            with st.container(width="stretch"):
                _show_status(job, status)
            if status.state.active:
                st.button(
                    "Cancel",
                    key=f"cancel-{job.id}",
                    on_click=job.cancel,
                    args=(Task.analyze,),
                    help="Keeps what has been read.",
                )
            elif status.state in (JobState.failed, JobState.cancelled):
                st.button(
                    "Read again",
                    key=f"again-{job.id}",
                    on_click=_again,
                    args=(job,),
                    icon=":material/refresh:",
                )
            st.button(
                "Delete",
                key=f"delete-{job.id}",
                on_click=_delete,
                args=(job,),
                icon=":material/delete:",
                help="The video and all that was made of it, from this server.",
            )


def _show_status(job: VideoJob, status: JobStatus) -> None:
    name = plain(job.name)
    if status.state is JobState.waiting:
        st.progress(0.0, f"**{name}** waits for the video before it")
    elif status.state is JobState.running:
        st.progress(status.share or 0.0, f"**{name}** {progress_line(status)}")
    elif status.state is JobState.failed:
        st.error(plain(status.problem), icon=":material/broken_image:")
    else:
        st.markdown(f"**{name}** · {ended_line(status)}")


def progress_line(status: JobStatus) -> str:
    """How far it has come, in a few words."""
    parts = [f"{status.frames:,} frames", f"{status.fps:.0f} frames/s"]
    if status.share is not None:
        parts.insert(0, f"{status.share:.0%}")
    if status.left_s is not None:
        parts.append(f"{duration(status.left_s)} left")
    return " · ".join(parts)


def ended_line(status: JobStatus) -> str:
    """What has been read, and what could not be."""
    parts = [count(status.frames, "frame"), f"{status.fps:.0f} frames/s"]
    if status.state is JobState.cancelled:
        parts.insert(0, "cancelled")
    if status.cut_short_at_s is not None:
        parts.append(f"the file ends after {status.cut_short_at_s:.1f} s, before its time")
    if status.skipped:
        parts.append(f"{count(status.skipped, 'damaged packet')} left out")
    return " · ".join(parts)


def _again(job: VideoJob) -> None:
    try:
        job.start(Task.analyze)
    except FerError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def _delete(job: VideoJob) -> None:
    job.delete()
    st.session_state[_IDS] = [known for known in st.session_state[_IDS] if known != job.id]
    if not st.session_state[_IDS] and _QUERY in st.query_params:
        del st.query_params[_QUERY]
