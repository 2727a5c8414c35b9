"""How far a video's reading or drawing has come."""

from dataclasses import dataclass
from enum import StrEnum


class Task(StrEnum):
    """What a job's process does."""

    analyze = "analyze"
    annotate = "annotate"


class JobState(StrEnum):
    """Where a task stands."""

    none = "none"
    """It was never asked for."""
    waiting = "waiting"
    running = "running"
    done = "done"
    cancelled = "cancelled"
    failed = "failed"

    @property
    def active(self) -> bool:
        """Whether a process is at it."""
        return self in (JobState.waiting, JobState.running)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far a task has come.

    Attributes:
        state: Where it stands.
        share: Of the work, 0 to 1; None where the video does not tell its length.
        frames: Frames that were read.
        fps: Frames a second that were read, over all.
        left_s: Estimate of the seconds to go; None where it cannot be told.
        skipped: Packets that could not be decoded.
        cut_short_at_s: Where the file ended before its time; None if it did not.
        problem: Why it failed, in one line; "" if it did not.
    """

    state: JobState = JobState.none
    share: float | None = None
    frames: int = 0
    fps: float = 0.0
    left_s: float | None = None
    skipped: int = 0
    cut_short_at_s: float | None = None
    problem: str = ""
