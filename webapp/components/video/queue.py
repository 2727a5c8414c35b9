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
    if len(jobs) < len(ids):
        st.info(
            "A video of this page is no longer here: it was deleted, or is older than a day.",
            icon=":material/auto_delete:",
        )
    _remember([job.id for job in jobs])
    return jobs


def _remember(ids: list[str]) -> None:
    st.session_state[_IDS] = ids
    if ids:
        st.query_params[_QUERY] = ",".join(ids)
    elif _QUERY in st.query_params:
        del st.query_params[_QUERY]


def show_upload(choices: Choices) -> VideoChoices | None:
    """Draw the uploader and the choices of what is read; begin what is asked for.

    Returns:
        Those choices; None where they do not fit together, which a line says.
    """
    number = st.session_state.setdefault(_UPLOADS, 0)
    uploads = st.file_uploader(
        "Videos",
        type=[suffix.lstrip(".") for suffix in SUPPORTED_SUFFIXES],
        accept_multiple_files=True,
        help="MP4, MOV, WebM, AVI, MKV or GIF. Longer ones: `python -m fer_core analyze`.",
        key=f"video-upload-{number}",
    )
    wanted = None
    try:
        with st.expander("What is read", icon=":material/tune:"):
            wanted = _reading_part(choices)
    except FerError as error:  # told outside of the expander, which may be closed
        st.error(plain(str(error)), icon=":material/error:")
    if not uploads:
        return wanted
    label = "Read the video" if len(uploads) == 1 else f"Read {len(uploads)} videos"
    is_asked = st.button(
        label, type="primary", icon=":material/play_arrow:", disabled=wanted is None
    )
    if is_asked and wanted is not None:
        ids = [job.id for job in session_jobs()]
        for upload in uploads:
            try:
                chunks = _chunks(upload)
                job = VideoJob.begin(upload.name, chunks, choices.model, choices.detector, wanted)
                ids.append(job.id)
            except FerError as error:
                st.error(plain(str(error)), icon=":material/error:")
                _remember(ids)
                return wanted
        _remember(ids)
        st.session_state[_UPLOADS] += 1  # an empty uploader
        st.session_state["video-shown"] = ids[-1]
        st.rerun()
    return wanted


def _chunks(upload: BinaryIO) -> Iterator[bytes]:
    while chunk := upload.read(_CHUNK):
        yield chunk


def _reading_part(choices: Choices) -> VideoChoices:
    """What the controls say.

    Raises:
        VideoError: They do not fit together.
    """
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
    left_share, top_share = across[0] / 100, down[0] / 100
    region = (left_share, top_share, across[1] / 100 - left_share, down[1] / 100 - top_share)
    side = None if fine else DETECTION_SIDE
    return VideoChoices(start_s, end_s, _PACES[pace], region, side, choices.min_score)


def show_queue(jobs: list[VideoJob], choices: Choices, wanted: VideoChoices | None) -> None:
    """A line for each video; it keeps itself up to date while one is waiting or read.

    Args:
        jobs: The videos.
        choices: Model and detector of a video that is read again.
        wanted: What is read of it then; None if nothing can be.
    """
    seen = _standing(jobs, [job.status(Task.analyze) for job in jobs])
    is_active = any(active for active, _ in seen)
    st.fragment(_draw, run_every=_EVERY_S if is_active else None)(jobs, seen, choices, wanted)


def _standing(jobs: list[VideoJob], statuses: list[JobStatus]) -> list[tuple[bool, bool]]:
    """Of each video, whether it is being read and whether there is something to show."""
    both = zip(jobs, statuses, strict=True)
    return [(status.state.active, job.has_results) for job, status in both]


def _draw(
    jobs: list[VideoJob],
    seen: list[tuple[bool, bool]],
    choices: Choices,
    wanted: VideoChoices | None,
) -> None:
    statuses = [job.status(Task.analyze) for job in jobs]
    is_other = [job.id for job in jobs] != st.session_state[_IDS]
    if is_other or seen != _standing(jobs, statuses):
        st.rerun()  # the whole page: there is more or less to show, or this part looks again
    for job, status in zip(jobs, statuses, strict=True):
        if status.state is JobState.failed:
            st.error(plain(status.problem), icon=":material/broken_image:")
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
            else:
                st.button(
                    "Read again",
                    key=f"again-{job.id}",
                    on_click=_again,
                    args=(job, choices, wanted),
                    icon=":material/refresh:",
                    disabled=wanted is None,
                    help="With the model, the detector and the part that are chosen now.",
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
        waits = "waits for another video" if job.is_behind_another else "is about to be read"
        st.progress(0.0, f"**{name}** {waits}")
    elif status.state is JobState.running:
        st.progress(status.share or 0.0, f"**{name}** {progress_line(status)}")
    elif status.state is JobState.failed:
        st.markdown(f"**{name}**")
    else:
        st.markdown(f"**{name}** · {plain(ended_line(job, status))}")


def progress_line(status: JobStatus) -> str:
    """How far it has come, in a few words."""
    parts = [f"{status.frames:,} frames", f"{status.fps:.0f} frames/s"]
    if status.share is not None:
        parts.insert(0, f"{status.share:.0%}")
    if status.left_s is not None:
        parts.append(f"{duration(status.left_s)} left")
    return " · ".join(parts)


def ended_line(job: VideoJob, status: JobStatus) -> str:
    """What has been read and how, and what could not be."""
    fps = job.choices.most_fps
    how = [job.model, job.detector, f"{fps:g} frames/s" if fps else "every frame"]
    return " · ".join([count(status.frames, "frame"), ", ".join(how), *caveats(status)])


def caveats(status: JobStatus) -> list[str]:
    """What was not read."""
    parts = []
    if status.state is JobState.cancelled:
        parts.append("cancelled")
    if status.cut_short_at_s is not None:
        parts.append(f"the file ends after {status.cut_short_at_s:.1f} s, before its time")
    if status.skipped:
        parts.append(f"{count(status.skipped, 'damaged packet')} left out")
    return parts


def _again(job: VideoJob, choices: Choices, wanted: VideoChoices) -> None:
    try:
        job.begin_again(choices.model, choices.detector, wanted)
    except FerError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def _delete(job: VideoJob) -> None:
    job.delete()
    st.session_state[_IDS] = [known for known in st.session_state[_IDS] if known != job.id]
    if not st.session_state[_IDS] and _QUERY in st.query_params:
        del st.query_params[_QUERY]
