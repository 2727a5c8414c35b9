"""Who trains when: a machine has one slot, and the runs take it in the order of the queue."""

import contextlib
import os
import platform
import time
from collections.abc import Callable, Iterator

from fer_core.domain.errors import FerError, TrainingStopped
from fer_core.domain.file_lock import FileLock
from fer_core.domain.settings import runs_dir
from fer_core.training.runs.queue import waiting
from fer_core.training.runs.run import Run

_LOOK_AGAIN_S = 0.5


def slot_count() -> int:
    """Runs that may train at once on this machine: `FER_TRAINING_SLOTS`, or 1.

    Raises:
        FerError: The variable is no number above 0.
    """
    text = os.environ.get("FER_TRAINING_SLOTS") or "1"
    if not text.isdecimal() or int(text) < 1:
        raise FerError(f"FER_TRAINING_SLOTS must be a number above 0, got {text!r}.")
    return int(text)


@contextlib.contextmanager
def training_slot(
    run: Run, stop_asked: Callable[[], bool], tell: Callable[[str], None]
) -> Iterator[None]:
    """Wait for a slot and hold it.

    Args:
        run: A queued run.
        stop_asked: Whether to stop waiting.
        tell: Receives one line if the run has to wait.

    Raises:
        TrainingStopped: Told to stop waiting.
    """
    lock = _take(run)
    if lock is None:
        tell("waiting for the run before it to end")
    while lock is None:
        if stop_asked():
            raise TrainingStopped("Stopped on request while it waited.")
        time.sleep(_LOOK_AGAIN_S)
        lock = _take(run)
    try:
        yield
    finally:
        lock.release()


def _take(run: Run) -> FileLock | None:
    """A free slot, if it is this run's turn."""
    if not _is_next(run):
        return None
    folder = runs_dir() / ".slots"
    folder.mkdir(exist_ok=True)
    for number in range(slot_count()):
        # A folder that machines share has slots for each of them.
        lock = FileLock.take(folder / f"{platform.node()}-{number}", patience_s=0)
        if lock is not None:
            return lock
    return None


def _is_next(run: Run) -> bool:
    """Whether no run on this machine comes before it."""
    queue = waiting(platform.node())
    return not queue or queue[0].run == run.id
