"""The process that reads or draws one video: `python -m fer_core.video.worker JOB TASK LOCK`."""

import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.errors import FerError, VideoError
from fer_core.domain.file_lock import FileLock
from fer_core.domain.images import encode_jpeg
from fer_core.domain.settings import videos_dir
from fer_core.inference.analyzer import load_analyzer
from fer_core.preprocessing.crop import crop_face
from fer_core.preprocessing.spec import THUMBNAIL
from fer_core.video.analysis import analyze_video
from fer_core.video.annotated import annotate_video
from fer_core.video.job_status import JobState, JobStatus, Task
from fer_core.video.jobs import VideoJob
from fer_core.video.people import People
from fer_core.video.reading import Frame, VideoReader
from fer_core.video.record import RecordHeader, RecordWriter, VideoRecord

_NICENESS = 5  # the page goes first
_TOLD_EVERY_S = 0.5
_LOOK_AGAIN_S = 0.2
_BETTER = 1.15  # a thumbnail gives way to one that is so much better


class _Cancelled(Exception):  # noqa: N818  # nothing went wrong
    """Somebody asked for it."""


class _Progress:
    """Writes down how far a task has come, twice a second."""

    def __init__(self, job: VideoJob, task: Task) -> None:
        self._job, self._task = job, task
        self._begun = self._told = time.monotonic()
        self.status = JobStatus(JobState.running)
        self._write()

    def tell(self, share: float | None, frames: int, skipped: int = 0) -> bool:
        """Take in how far it has come.

        Returns:
            Whether it was written down just now.

        Raises:
            _Cancelled: Somebody asked for it.
        """
        if self._job.is_cancelled(self._task):
            raise _Cancelled
        now = time.monotonic()
        seconds = max(1e-6, now - self._begun)
        left = seconds * (1 / share - 1) if share else None
        self.status = replace(
            self.status,
            share=share,
            frames=frames,
            fps=frames / seconds,
            left_s=left,
            skipped=skipped,
        )
        if now - self._told < _TOLD_EVERY_S:
            return False
        self._told = now
        self._write()
        return True

    def _write(self) -> None:
        self._job.write_status(self._task, self.status)


def analyze(job: VideoJob, progress: _Progress) -> JobStatus:
    """Read the video from its beginning; results are there as they come."""
    analyzer = load_analyzer(job.model, job.detector)
    with VideoReader(job.video, job.name) as reader:
        header = RecordHeader(
            job.name, analyzer.classifier.labels, reader.info.size_wh, job.model, job.detector
        )
        thumbnails = _Thumbnails(job)
        end_s = _end_s(job, reader)
        with RecordWriter(job.folder, header) as writer:
            for number, (frame, analysis) in enumerate(
                analyze_video(analyzer, reader, job.choices), start=1
            ):
                writer.add(analysis)
                thumbnails.see(frame, analysis)
                share = _share(frame.time_s, job.choices.start_s, end_s)
                if progress.tell(share, number, reader.skipped):
                    writer.flush()
                    thumbnails.write()
            thumbnails.write()
        cut_short = reader.cut_short_at_s() if job.choices.end_s is None else None
        return replace(
            progress.status,
            state=JobState.done,
            share=1.0,
            left_s=0.0,
            skipped=reader.skipped,
            cut_short_at_s=cut_short,
        )


def annotate(job: VideoJob, progress: _Progress) -> JobStatus:
    """Draw what was read on the video."""
    view = job.view_choices().view(VideoRecord.read(job.folder), People.read(job.folder))
    frames = len(view.raw.frame_times_s)

    def tell(share: float) -> bool:
        progress.tell(share, round(share * frames))
        return True

    annotate_video(
        job.video,
        view,
        job.annotated,
        tell=tell,
        start_s=job.choices.start_s,
        end_s=job.choices.end_s,
    )
    return replace(progress.status, state=JobState.done, share=1.0, left_s=0.0)


_TASKS: dict[Task, Callable[[VideoJob, _Progress], JobStatus]] = {
    Task.analyze: analyze,
    Task.annotate: annotate,
}


class _Thumbnails:
    """The best picture of each face until now."""

    def __init__(self, job: VideoJob) -> None:
        self._job = job
        self._best: dict[int, float] = {}
        self._new: dict[int, bytes] = {}

    def see(self, frame: Frame, analysis: FrameAnalysis) -> None:
        """Take in a frame."""
        for face in analysis.faces:
            assert face.track_id is not None
            # Upright, near and surely a face; sharpness would prefer a textured background.
            roll = abs(face.quality.roll_deg or 0.0)
            worth = face.quality.size_px * face.face.score**2 * max(0.1, 1 - roll / 60)
            if worth > _BETTER * self._best.get(face.track_id, 0.0):
                self._best[face.track_id] = worth
                crop = crop_face(frame.image_rgb, face.face, THUMBNAIL)
                self._new[face.track_id] = encode_jpeg(crop)

    def write(self) -> None:
        """Put the new ones into the job's folder."""
        for track_id, jpeg in self._new.items():
            self._job.thumbnail(track_id).write_bytes(jpeg)
        self._new.clear()


def _end_s(job: VideoJob, reader: VideoReader) -> float | None:
    ends = [s for s in (job.choices.end_s, reader.info.duration_s) if s is not None]
    return min(ends, default=None)


def _share(time_s: float, start_s: float, end_s: float | None) -> float | None:
    if end_s is None or end_s <= start_s:
        return None
    return min(max((time_s - start_s) / (end_s - start_s), 0.0), 1.0)


@contextlib.contextmanager
def _slot(job: VideoJob, task: Task) -> Iterator[None]:
    """Wait for this machine's one place, in the order of the queue, and hold it."""
    while True:
        if job.is_cancelled(task):
            raise _Cancelled
        lock = FileLock.take(videos_dir() / ".slot", patience_s=0) if job.is_next() else None
        if lock is not None:
            break
        time.sleep(_LOOK_AGAIN_S)
    try:
        yield
    finally:
        lock.release()


def run(job: VideoJob, task: Task) -> None:
    """Do a task, and tell how it ended."""
    progress: _Progress | None = None
    state, problem = JobState.failed, ""
    try:
        with _slot(job, task):
            progress = _Progress(job, task)
            ended = _TASKS[task](job, progress)
            state = ended.state
    except _Cancelled:
        state = JobState.cancelled
    except FerError as error:
        problem = str(error)
    except MemoryError:
        problem = f"{job.name} needs more memory than there is: make it smaller, and try again."
    except Exception as error:
        logging.exception("The task failed.")
        problem = f"Unexpected {type(error).__name__}: {' '.join(str(error).split())[:300]}"
    if state is not JobState.done:
        ended = replace(_reached(progress), state=state, problem=problem)
    with contextlib.suppress(FileNotFoundError):  # the job was deleted meanwhile
        job.write_status(task, ended)


def _reached(progress: _Progress | None) -> JobStatus:
    return progress.status if progress else JobStatus()


def main() -> None:
    """Take over the lock, and begin."""
    job_id, task, descriptor = sys.argv[1:]
    lock = FileLock.inherit(int(descriptor))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    job = VideoJob.open(job_id)
    if job is None:
        raise VideoError(f"There is no job {job_id}.")
    run(job, Task(task))
    lock.release()


if __name__ == "__main__":
    main()
