"""A job's work, done in this process: what it tells while it is at it, and how it ends."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fer_core.domain.images import decode_image
from fer_core.video import jobs, worker
from fer_core.video.analysis import VideoChoices
from fer_core.video.job_status import JobState, JobStatus, Task
from fer_core.video.jobs import VideoJob
from fer_core.video.record import VideoRecord
from tests.conftest import GroupPhoto, Image
from tests.video.clips import SIZE_WH, write_clip

Begin = Callable[..., VideoJob]


@pytest.fixture
def photo(group_photo: GroupPhoto) -> Image:
    return group_photo(SIZE_WH, [(320, 240, 140)])[0]


@pytest.fixture
def begin(served_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """A job whose process is not started: the test does its work."""
    monkeypatch.setenv("FER_VIDEOS_DIR", str(tmp_path / "videos"))
    monkeypatch.setattr(jobs, "start_detached", lambda *_: 0)

    def make(data: bytes, **choices: float) -> VideoJob:
        part = VideoChoices(**choices)  # type: ignore[arg-type]
        return VideoJob.begin("clip.mp4", [data], "default", "yunet", part)

    return make


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[JobStatus]:
    """Every status that is written, each frame's."""
    written: list[JobStatus] = []
    write = VideoJob.write_status

    def keep(job: VideoJob, task: Task, status: JobStatus) -> None:
        written.append(status)
        write(job, task, status)

    monkeypatch.setattr(VideoJob, "write_status", keep)
    monkeypatch.setattr(worker, "_TOLD_EVERY_S", 0.0)
    return written


def test_progress_grows_to_the_end(
    begin: Begin, told: list[JobStatus], tmp_path: Path, photo: Image
) -> None:
    job = begin(write_clip(tmp_path / "clip.mp4", [photo] * 30).read_bytes())
    told.clear()
    worker.run(job, Task.analyze)
    shares = [status.share for status in told if status.share is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [status.frames for status in told if status.frames][:3] == [1, 2, 3]
    assert all(status.left_s is not None for status in told if status.share)
    assert told[-1].state is JobState.done


def test_only_the_chosen_part_is_read_and_counts_as_the_whole(
    begin: Begin, told: list[JobStatus], tmp_path: Path, photo: Image
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", [photo] * 50).read_bytes()
    job = begin(clip, start_s=0.4, end_s=1.2)
    worker.run(job, Task.analyze)
    assert told[-1].frames == 21
    assert told[-1].cut_short_at_s is None
    assert told[-2].share == pytest.approx(1.0, abs=0.06)


def test_a_thumbnail_is_the_face_and_grows_better(
    begin: Begin, tmp_path: Path, group_photo: GroupPhoto
) -> None:
    frames = [group_photo(SIZE_WH, [(320, 240, 60 + 4 * n)])[0] for n in range(25)]
    job = begin(write_clip(tmp_path / "clip.mp4", frames).read_bytes())
    worker.run(job, Task.analyze)
    (track_id,) = VideoRecord.read(job.folder).track_ids()
    picture = decode_image(job.thumbnail(track_id).read_bytes(), "face")
    assert picture.shape == (128, 128, 3)
    # From the last and largest: sharper than what the first could give.
    assert np.abs(np.diff(picture[..., 1].astype(int), axis=0)).mean() > 5


def test_a_cut_file_is_read_as_far_as_it_goes(begin: Begin, tmp_path: Path, photo: Image) -> None:
    noisy = np.random.default_rng(1).integers(0, 12, (75, *photo.shape), np.uint8)
    clip = write_clip(
        tmp_path / "clip.mp4", (photo // 2 + n for n in noisy), options={"movflags": "faststart"}
    ).read_bytes()
    job = begin(clip[: len(clip) // 2])
    worker.run(job, Task.analyze)
    status = job.status(Task.analyze)
    assert status.state is JobState.done
    assert status.cut_short_at_s is not None
    assert 0.5 < status.cut_short_at_s < 2.5
    assert len(VideoRecord.read(job.folder).frame_times_s) == status.frames


def test_an_unexpected_error_is_one_line(
    begin: Begin, tmp_path: Path, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(worker, "analyze_video", fails)
    job = begin(write_clip(tmp_path / "clip.mp4", [photo] * 3).read_bytes())
    worker.run(job, Task.analyze)
    status = job._written(Task.analyze)
    assert status.state is JobState.failed
    assert status.problem == "Unexpected RuntimeError: two lines"


def test_drawing_before_anything_was_read_is_told(
    begin: Begin, tmp_path: Path, photo: Image
) -> None:
    job = begin(write_clip(tmp_path / "clip.mp4", [photo] * 3).read_bytes())
    worker.run(job, Task.annotate)
    status = job._written(Task.annotate)
    assert status.state is JobState.failed
    assert "Nothing was read" in status.problem
    assert not job.annotated.exists()
