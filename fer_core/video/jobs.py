"""Videos that are read by processes of their own: queued, watched, cancelled, swept away.

A job is a folder with a name that cannot be guessed, which is all that a page has to remember.
"""

import contextlib
import errno
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from fer_core.domain.detached import start_detached
from fer_core.domain.errors import VideoError
from fer_core.domain.file_lock import FileLock, is_locked
from fer_core.domain.file_names import display_name
from fer_core.domain.settings import videos_dir
from fer_core.domain.whole_files import write_whole
from fer_core.video.analysis import VideoChoices
from fer_core.video.job_status import JobState, JobStatus, Task
from fer_core.video.people import PEOPLE_FILE
from fer_core.video.record import FRAMES_FILE
from fer_core.video.summary import Smoothing
from fer_core.video.view import ViewChoices

KEPT_S = 24 * 3600.0
"""A job that nobody has touched for so long is swept away."""

ANNOTATED_FILE = "annotated.mp4"

_REQUEST_FILE, _VIDEO_FILE, _VIEW_FILE, _LOG_FILE = "job.json", "video", "view.json", "log.txt"
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class VideoJob:
    """One uploaded video and what is made of it.

    Attributes:
        id: The folder's name.
        name: What the user calls the video.
        model: Name of the model.
        detector: Name of the detector.
        choices: Which part is read, and how closely.
        since: Seconds since 1970 at which it was made.
    """

    id: str
    name: str
    model: str
    detector: str
    choices: VideoChoices
    since: float

    @classmethod
    def begin(
        cls,
        name: str,
        chunks: Iterable[bytes],
        model: str,
        detector: str,
        choices: VideoChoices | None = None,
    ) -> "VideoJob":
        """Store a video, and put the reading of it into the queue.

        Args:
            name: What the user calls it.
            chunks: Its content, piece by piece.
            model: Name of the model.
            detector: Name of the detector.
            choices: Which part is read, and how closely.

        Raises:
            VideoError: It cannot be stored, or no process be started; nothing is left then.
        """
        sweep()
        job = cls(
            secrets.token_urlsafe(16),
            display_name(name),
            model,
            detector,
            choices or VideoChoices(),
            time.time(),
        )
        try:
            # Videos are their owner's: other users of this machine may not look.
            videos_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
            job.folder.mkdir(mode=0o700)
        except OSError as error:
            raise VideoError(
                f"This server cannot keep videos: expected {videos_dir()} to be "
                "a folder that it can write to. Make it one, or set FER_VIDEOS_DIR to another."
            ) from error
        try:
            with job.video.open("xb") as stream:
                for chunk in chunks:
                    stream.write(chunk)
            job._write()
            job.start(Task.analyze)
        except OSError as error:
            shutil.rmtree(job.folder, ignore_errors=True)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            reason = "no room is left" if full else error.strerror
            raise VideoError(f"{job.name} cannot be stored in {videos_dir()}: {reason}.") from error
        except VideoError:
            shutil.rmtree(job.folder, ignore_errors=True)
            raise
        return job

    def begin_again(self, model: str, detector: str, choices: VideoChoices) -> "VideoJob":
        """Read the video anew, and in another way.

        What was read before is gone, and with it the people's names where they may be others now.

        Raises:
            VideoError: It is being read, or no process can be started.
        """
        if self.status(Task.analyze).state.active:
            raise VideoError(f"{self.name} is being read: cancel that first.")
        job = replace(self, model=model, detector=detector, choices=choices, since=time.time())
        self._end(Task.annotate)  # or it might leave its video behind
        numbers_stay = (detector, choices) == (self.detector, self.choices)
        gone = [FRAMES_FILE, ANNOTATED_FILE, *([] if numbers_stay else [PEOPLE_FILE])]
        try:
            for path in (*(self.folder / name for name in gone), *self.folder.glob("face-*.jpg")):
                path.unlink(missing_ok=True)
            job._write()
        except OSError as error:
            raise VideoError(f"{self.name} cannot be read anew: {error.strerror}.") from error
        job.start(Task.analyze)
        return job

    @classmethod
    def open(cls, job_id: str) -> "VideoJob | None":
        """The job of that name; None if there is none (any more)."""
        if not re.fullmatch(r"[\w-]{16,64}", job_id):
            return None
        try:
            content = (videos_dir() / job_id / _REQUEST_FILE).read_text(encoding="utf-8")
            values: dict[str, Any] = json.loads(content)
            choices = values["choices"] | {"region": tuple(values["choices"]["region"])}
            return cls(**(values | {"choices": VideoChoices(**choices)}))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    @property
    def stem(self) -> str:
        """The name without its folders and ending, for the names of files made of it."""
        return PurePosixPath(self.name).stem or "video"

    @property
    def folder(self) -> Path:
        """Where everything of it lies."""
        return videos_dir() / self.id

    @property
    def video(self) -> Path:
        """The file as it was uploaded."""
        return self.folder / _VIDEO_FILE

    @property
    def annotated(self) -> Path:
        """The video with its faces drawn, once that task is done."""
        return self.folder / ANNOTATED_FILE

    def thumbnail(self, track_id: int) -> Path:
        """The best picture of a face, a JPEG."""
        return self.folder / f"face-{track_id}.jpg"

    def thumbnail_jpeg(self, track_id: int) -> bytes | None:
        """The best picture of a face; None if there is none (yet)."""
        path = self.thumbnail(track_id)
        return path.read_bytes() if path.is_file() else None

    def status(self, task: Task) -> JobStatus:
        """How far a task has come."""
        status = self._written(task)
        if status.state.active and not is_locked(self._lock_file(task)):
            status = self._written(task)  # it may have ended between the two looks
            if status.state.active:
                why = f"{self.name}: its process ended without a word (killed, or out of memory)."
                return replace(status, state=JobState.failed, problem=why)
        return status

    @property
    def has_results(self) -> bool:
        """Whether a frame was read of it."""
        try:
            return (self.folder / FRAMES_FILE).stat().st_size > 0
        except OSError:
            return False

    @property
    def is_behind_another(self) -> bool:
        """Whether it has to wait for another video of this machine."""
        return not self.is_next() or any(
            job.status(task).state is JobState.running
            for job in all_jobs()
            for task in Task
            if job.id != self.id
        )

    def write_status(self, task: Task, status: JobStatus) -> None:
        """Tell how far a task has come; for the process that does it."""
        write_whole(self._status_file(task), json.dumps(asdict(status)).encode())

    def start(self, task: Task) -> None:
        """Put a task into the queue, unless it is at work already.

        Raises:
            VideoError: No process can be started.
        """
        lock = FileLock.take(self._lock_file(task))
        if lock is None:
            return
        try:
            self._cancel_file(task).unlink(missing_ok=True)
            self.write_status(task, JobStatus(JobState.waiting))
            log = self.folder / _LOG_FILE
            start_detached("fer_core.video.worker", [self.id, task], log, lock)
        except OSError as error:
            raise VideoError(f"{self.name} cannot be read: {error.strerror}.") from error
        finally:
            lock.release()

    def annotate(self, choices: ViewChoices) -> None:
        """Have the video drawn anew, as it is looked at now.

        Raises:
            VideoError: It cannot be begun.
        """
        self._end(Task.annotate)
        try:
            write_whole(self.folder / _VIEW_FILE, json.dumps(asdict(choices)).encode())
        except OSError as error:
            raise VideoError(f"{self.name} cannot be drawn: {error.strerror}.") from error
        self.start(Task.annotate)

    def view_choices(self) -> ViewChoices:
        """How the video was looked at when it was last drawn."""
        try:
            values = json.loads((self.folder / _VIEW_FILE).read_text(encoding="utf-8"))
            return ViewChoices(**(values | {"smoothing": Smoothing(values["smoothing"])}))
        except (OSError, ValueError, TypeError, KeyError):
            return ViewChoices()

    def is_drawn_otherwise(self, choices: ViewChoices) -> bool:
        """Whether the drawn video shows other names or another smoothing than are chosen now."""
        people = self.folder / PEOPLE_FILE
        is_older = people.exists() and (
            people.stat().st_mtime > (self.folder / _VIEW_FILE).stat().st_mtime
        )
        return is_older or self.view_choices() != choices

    def cancel(self, task: Task) -> None:
        """Ask a task to end; what it has done is kept."""
        if self.status(task).state.active:
            self._cancel_file(task).touch()

    def is_cancelled(self, task: Task) -> bool:
        """Whether somebody asked it to end, or deleted the job."""
        is_there = (self.folder / _REQUEST_FILE).exists()
        return self._cancel_file(task).exists() or not is_there

    def delete(self) -> None:
        """Do away with the video and all that was made of it; processes at it end."""
        doomed = videos_dir() / f".gone-{secrets.token_hex(8)}"
        # A process at it may still write, into the folder of that name: there is none any more.
        with contextlib.suppress(OSError):
            self.folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)

    def is_next(self) -> bool:
        """Whether no other job on this machine waits for longer."""
        waiting = [
            job.since
            for job in all_jobs()
            if any(job.status(task).state is JobState.waiting for task in Task)
        ]
        return not waiting or self.since <= min(waiting)

    def _end(self, task: Task) -> None:
        """Cancel a task, and wait a little for its process."""
        self.cancel(task)
        deadline = time.monotonic() + _PATIENCE_S
        while is_locked(self._lock_file(task)) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _write(self) -> None:
        write_whole(self.folder / _REQUEST_FILE, json.dumps(asdict(self)).encode())

    def _written(self, task: Task) -> JobStatus:
        try:
            values = json.loads(self._status_file(task).read_text(encoding="utf-8"))
            return JobStatus(**(values | {"state": JobState(values["state"])}))
        except (OSError, ValueError, TypeError, KeyError):
            return JobStatus()

    def _status_file(self, task: Task) -> Path:
        return self.folder / f"{task}.json"

    def _lock_file(self, task: Task) -> Path:
        return self.folder / f"{task}.lock"

    def _cancel_file(self, task: Task) -> Path:
        return self.folder / f"{task}.cancel"


def all_jobs() -> list[VideoJob]:
    """Every job on this machine."""
    found = [VideoJob.open(path.name) for path in videos_dir().glob("*/") if path.is_dir()]
    return [job for job in found if job is not None]


def sweep(kept_s: float = KEPT_S) -> None:
    """Delete the folders that nobody has touched for long."""
    for folder in videos_dir().glob("*/"):
        newest = max(
            (path.stat().st_mtime for path in (folder, *folder.glob("*")) if path.exists()),
            default=0.0,
        )
        if time.time() - newest > kept_s:
            shutil.rmtree(folder, ignore_errors=True)
