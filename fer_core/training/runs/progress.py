"""How far a run has come, from the figures of its finished epochs."""

import functools
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from fer_core.training.history import HISTORY_FILE, SECONDS, Epoch, best_epoch, read_history

_LATEST = 5
"""Epochs whose median stands for the next one: the machine's load changes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run's history comes down to.

    Attributes:
        epoch: Finished epochs.
        best: Figures of the epoch whose weights are kept; None before the first.
        seconds_per_epoch: Median of the last epochs; None before the first that was timed.
        elapsed_s: Seconds that the finished epochs took, without waiting, loading and exporting.
        written: When the last epoch ended, seconds since 1970; 0 before the first.
    """

    epoch: int = 0
    best: Epoch | None = None
    seconds_per_epoch: float | None = None
    elapsed_s: float = 0.0
    written: float = 0.0

    def eta_s(self, epochs: int, since: float) -> float | None:
        """Seconds until all is trained, if it goes on as it did; None if that cannot be told.

        The clock only tells how much of the epoch in progress has gone, so that setting it
        changes the answer by an epoch at most.

        Args:
            epochs: Epochs asked for.
            since: When the run last began to run, seconds since 1970.
        """
        if self.seconds_per_epoch is None or self.epoch >= epochs:
            return None
        gone = min(max(time.time() - max(self.written, since), 0.0), self.seconds_per_epoch)
        return (epochs - self.epoch) * self.seconds_per_epoch - gone


def progress_of(folder: Path) -> Progress:
    """The progress of the run in `folder`; of a history that has not changed, it is remembered."""
    try:
        found = (folder / HISTORY_FILE).stat()
    except OSError:
        return Progress()
    return _progress(folder, found.st_ino, found.st_size, found.st_mtime_ns)


@functools.lru_cache(maxsize=1024)
def _progress(folder: Path, inode: int, size: int, written_ns: int) -> Progress:
    history = read_history(folder)
    seconds = [epoch[SECONDS] for epoch in history if epoch.get(SECONDS, 0.0) > 0]
    return Progress(
        epoch=int(history[-1]["epoch"]) if history else 0,
        best=best_epoch(history),
        seconds_per_epoch=statistics.median(seconds[-_LATEST:]) if seconds else None,
        elapsed_s=sum(seconds),
        written=written_ns / 1e9,
    )
