"""A video is read by a process of its own: queued, watched, cancelled, and swept away."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from fer_core.domain.errors import VideoError
from fer_core.video.analysis import VideoChoices
from fer_core.video.job_status import JobState, JobStatus, Task
from fer_core.video.jobs import VideoJob, sweep
from fer_core.video.people import People
from fer_core.video.reading import VideoReader
from fer_core.video.record import VideoRecord
from fer_core.video.summary import Smoothing
from fer_core.video.view import ViewChoices
from tests.conftest import GroupPhoto
from tests.video.clips import SIZE_WH, write_clip

PATIENCE_S = 120.0


@pytest.fixture(autouse=True)
def videos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "videos"
    monkeypatch.setenv("FER_VIDEOS_DIR", str(folder))
    return folder


@pytest.fixture
def clip(tmp_path: Path, group_photo: GroupPhoto) -> bytes:
    """Two seconds of one face that moves."""
    frames = (group_photo(SIZE_WH, [(200 + 3 * n, 240, 140)])[0] for n in range(50))
    return write_clip(tmp_path / "clip.mp4", frames, with_sound=True).read_bytes()


@pytest.fixture
def begin(served_models: Path, clip: bytes) -> Iterator[Callable[..., VideoJob]]:
    """Begin to read a clip; whatever is still at work in the end is deleted."""
    begun = []

    def make(data: bytes = clip, choices: VideoChoices | None = None) -> VideoJob:
        begun.append(VideoJob.begin("a clip.mp4", [data], "default", "yunet", choices))
        return begun[-1]

    yield make
    for job in begun:
        job.delete()


def ended(job: VideoJob, task: Task = Task.analyze) -> JobStatus:
    return reached(job, lambda status: not status.state.active, task)


def reached(
    job: VideoJob, wanted: Callable[[JobStatus], bool], task: Task = Task.analyze
) -> JobStatus:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        status = job.status(task)
        if wanted(status):
            return status
        time.sleep(0.02)
    raise AssertionError(f"never came about: {job.status(task)}")


def worker_of(job: VideoJob) -> psutil.Process:
    (process,) = [
        process
        for process in psutil.process_iter(["cmdline"])
        if job.id in (process.info["cmdline"] or [])
    ]
    return process


def test_a_video_is_read_and_drawn(begin: Callable[..., VideoJob]) -> None:
    job = begin()
    status = ended(job)
    assert (status.state, status.problem, status.frames) == (JobState.done, "", 50)
    assert (status.share, status.skipped, status.cut_short_at_s) == (1.0, 0, None)
    record = VideoRecord.read(job.folder)
    assert len(record.frame_times_s) == 50
    assert record.track_ids() == [1]
    assert job.thumbnail(1).read_bytes().startswith(b"\xff\xd8")
    People().renamed(1, "Eileen").write(job.folder)
    job.annotate(ViewChoices(Smoothing.none))
    assert ended(job, Task.annotate).state is JobState.done
    with VideoReader(job.annotated) as reader:
        assert reader.info.has_audio
        assert len(list(reader.frames())) == 50
    assert job.view_choices().smoothing is Smoothing.none


def test_a_job_is_found_by_its_name_alone(begin: Callable[..., VideoJob]) -> None:
    job = begin(choices=VideoChoices(0.5, 1.0, 5.0, (0.0, 0.0, 1.0, 0.5), None, 0.6))
    assert VideoJob.open(job.id) == job
    assert job.id not in job.name
    for name in ("", "..", "../" + job.id, "x" * 22):
        assert VideoJob.open(name) is None
    assert (job.folder.stat().st_mode & 0o777) == 0o700


def test_what_is_no_video_fails_in_one_line(begin: Callable[..., VideoJob]) -> None:
    status = ended(begin(b"hello, I am a text\n" * 10))
    assert status.state is JobState.failed
    assert "a clip.mp4: expected a video" in status.problem
    assert "plain text" in status.problem


def test_videos_are_read_one_after_the_other(begin: Callable[..., VideoJob]) -> None:
    jobs = [begin() for _ in range(3)]
    seen = set()
    while any(job.status(Task.analyze).state.active for job in jobs):
        states = tuple(job.status(Task.analyze).state for job in jobs)
        seen.add(states)
        assert states.count(JobState.running) <= 1
        time.sleep(0.01)
    assert all(job.status(Task.analyze).state is JobState.done for job in jobs)
    # Nobody was overtaken: once one runs, the ones before it are done.
    for states in seen:
        running = states.index(JobState.running) if JobState.running in states else 0
        assert all(state is JobState.done for state in states[:running])


def long_clip(tmp_path: Path, group_photo: GroupPhoto) -> bytes:
    photo = group_photo(SIZE_WH, [(320, 240, 140)])[0]
    return write_clip(tmp_path / "long.mp4", (np.array(photo) for _ in range(2000))).read_bytes()


def test_a_cancelled_reading_keeps_what_it_has(
    begin: Callable[..., VideoJob], tmp_path: Path, group_photo: GroupPhoto
) -> None:
    job = begin(long_clip(tmp_path, group_photo))
    reached(job, lambda status: status.frames > 20)
    job.cancel(Task.analyze)
    status = ended(job)
    assert status.state is JobState.cancelled
    frames = len(VideoRecord.read(job.folder).frame_times_s)
    assert 20 < frames < 2000
    job.start(Task.analyze)
    assert reached(job, lambda s: s.state is JobState.running).problem == ""


def test_a_killed_process_is_told_and_its_rows_are_kept(
    begin: Callable[..., VideoJob], tmp_path: Path, group_photo: GroupPhoto
) -> None:
    job = begin(long_clip(tmp_path, group_photo))
    reached(job, lambda status: status.frames > 20)
    os.kill(worker_of(job).pid, signal.SIGKILL)
    status = ended(job)
    assert status.state is JobState.failed
    assert "without a word" in status.problem
    assert len(VideoRecord.read(job.folder).frame_times_s) > 0


def test_deleting_ends_the_process(
    begin: Callable[..., VideoJob], tmp_path: Path, group_photo: GroupPhoto, videos: Path
) -> None:
    job = begin(long_clip(tmp_path, group_photo))
    reached(job, lambda status: status.state is JobState.running)
    process = worker_of(job)
    job.delete()
    process.wait(PATIENCE_S)
    assert not job.folder.exists()
    assert not list(videos.glob("*/"))


def test_who_waits_can_be_cancelled(begin: Callable[..., VideoJob]) -> None:
    first, second = begin(), begin()
    second.cancel(Task.analyze)
    assert ended(second).state is JobState.cancelled
    assert ended(first).state is JobState.done


def test_forgotten_videos_are_swept_away(begin: Callable[..., VideoJob]) -> None:
    job = begin()
    ended(job)
    sweep()
    assert job.folder.exists()
    old = time.time() - 25 * 3600
    for path in (*job.folder.glob("*"), job.folder):
        os.utime(path, (old, old))
    sweep()
    assert not job.folder.exists()


def test_a_folder_that_cannot_be_written_is_one_line(
    begin: Callable[..., VideoJob], videos: Path
) -> None:
    videos.parent.mkdir(exist_ok=True)
    videos.write_text("a file")
    with pytest.raises(VideoError, match=r"cannot keep videos: expected .*videos to be a folder"):
        begin()
