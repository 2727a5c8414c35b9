"""What a run's worker writes down of its life, so that a kill at any moment leaves it readable."""

import errno
import json
import os
import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from fer_core.domain.whole_files import write_whole

STATE_FILE = "state.json"


class RunState(StrEnum):
    """Where a run stands."""

    queued = "queued"
    running = "running"
    finished = "finished"
    stopped = "stopped"
    failed = "failed"
    lost = "lost"
    """Its process is gone without a word: never written down, found by who looks."""

    @property
    def active(self) -> bool:
        """Whether a process should be there."""
        return self in (RunState.queued, RunState.running)

    @property
    def resumable(self) -> bool:
        """Whether the run can go on from its last finished epoch."""
        return self in (RunState.stopped, RunState.failed, RunState.lost)


@dataclass(frozen=True, slots=True)
class StateRecord:
    """The state as last written; only the holder of the run's lock writes it.

    Attributes:
        state: Never `lost`.
        reason: Why it stopped or failed, in one line; "" otherwise.
        phase: What a running run does: "loading", "training" or "exporting"; "" otherwise.
        since: Seconds since 1970 at which the state began.
    """

    state: RunState
    reason: str = ""
    phase: str = ""
    since: float = field(default_factory=time.time)


def read_state(folder: Path) -> StateRecord | None:
    """The record in a run's folder; None if there is none that can be read."""
    try:
        values: dict[str, Any] = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        return StateRecord(**(values | {"state": RunState(values["state"])}))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_state(folder: Path, record: StateRecord) -> None:
    """Replace the record, whole or not at all."""
    write_json(folder / STATE_FILE, asdict(record))


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Replace a small JSON file, so that a reader finds the old content or the new.

    A full disk still takes it if the file was there: the new content then goes over the old.
    """
    content = (json.dumps(values, indent=2) + "\n").encode()
    try:
        write_whole(path, content)
        _sync_folder(path.parent)
    except OSError as error:
        if error.errno != errno.ENOSPC or not path.exists():
            raise
        _write_over(path, content)


def _write_over(path: Path, content: bytes) -> None:
    """One write into the block that the file already has; blanks cover the rest of the old."""
    with path.open("r+b", buffering=0) as stream:
        stream.write(content.ljust(path.stat().st_size))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
