"""In which order the runs of a machine wait for its slots, and how a person changes it."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fer_core.domain.errors import FerError
from fer_core.domain.settings import runs_dir
from fer_core.training.runs.current_state import current_state
from fer_core.training.runs.process import ProcessIdentity
from fer_core.training.runs.state import STATE_FILE, RunState, write_json

if TYPE_CHECKING:
    from fer_core.training.runs.run import Run

QUEUE_FILE = "queue.json"
"""Holds a place that is not the run's by when it came; of no meaning once it runs."""

_STEP_S = 1.0


class Waiting(NamedTuple):
    """A queued run; of two, the lesser comes first.

    Attributes:
        place: Seconds since 1970 at which it came, or a number that was given it.
        run: Its id.
    """

    place: float
    run: str


def waiting(host: str) -> list[Waiting]:
    """The queued runs of a machine, the next one first."""
    queue = []
    for path in runs_dir().glob(f"*/{STATE_FILE}"):
        record = current_state(path.parent)
        if record.state is RunState.queued:
            process = ProcessIdentity.read(path.parent)
            if process and process.host == host:
                queue.append(_waits(path.parent, record.since))
    return sorted(queue)


def join(folder: Path) -> None:
    """Put a run that is to be queued behind all that wait, even if the clock was set back.

    Raises:
        OSError: Its folder cannot be written.
    """
    process = ProcessIdentity.read(folder)
    others = [
        other for other in waiting(process.host if process else "") if other.run != folder.name
    ]
    if others and others[-1].place >= time.time():
        _write(others[-1].place + _STEP_S, folder)
    else:
        (folder / QUEUE_FILE).unlink(missing_ok=True)


def move_first(run: "Run") -> None:
    """Let a queued run be the next one.

    Raises:
        FerError: It does not wait, or its folder cannot be written.
    """
    move(run, -len(_queue_of(run)))


def move(run: "Run", places: int) -> None:
    """Move a queued run within its machine's queue.

    Args:
        run: The run.
        places: How far back; below 0 is earlier. Beyond either end is that end.

    Raises:
        FerError: It does not wait, or its folder cannot be written.
    """
    queue = _queue_of(run)
    own = [other.run for other in queue].index(run.id)
    others = queue[:own] + queue[own + 1 :]
    target = min(max(own + places, 0), len(others))
    if target == own:
        return
    try:
        _insert(run.folder, others[:target], others[target:])
    except OSError as error:
        raise FerError(f"Cannot write {run.folder} ({error.strerror}).") from None


def _waits(folder: Path, since: float) -> Waiting:
    try:
        text = (folder / QUEUE_FILE).read_text(encoding="utf-8")
        return Waiting(float(json.loads(text)["place"]), folder.name)
    except (OSError, ValueError, TypeError, KeyError):
        return Waiting(since, folder.name)


def _queue_of(run: "Run") -> list[Waiting]:
    process = ProcessIdentity.read(run.folder)
    queue = waiting(process.host) if process else []
    if run.id not in [other.run for other in queue]:
        state = current_state(run.folder).state
        raise FerError(f"Run {run.id} is {state}: only a queued run can be moved in the queue.")
    return queue


def _insert(folder: Path, before: list[Waiting], after: list[Waiting]) -> None:
    if not before:
        _write(after[0].place - _STEP_S, folder)
        return
    last = before[-1].place
    place = (last + after[0].place) / 2 if after else last + _STEP_S
    if after and not last < place < after[0].place:
        # No number lies between: the later ones make room, from the end so that none overtakes.
        place = last + _STEP_S
        shift = max(place + _STEP_S - after[0].place, 0.0)
        for other in reversed(after):
            _write(other.place + shift, runs_dir() / other.run)
    _write(place, folder)


def _write(place: float, folder: Path) -> None:
    write_json(folder / QUEUE_FILE, {"place": place})
