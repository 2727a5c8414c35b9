"""What is known of runs from their folders alone: quick, and without Keras or MLflow."""

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from fer_core.domain.settings import runs_dir
from fer_core.training.runs.current_state import current_state
from fer_core.training.runs.label import read_label
from fer_core.training.runs.process import ProcessIdentity
from fer_core.training.runs.progress import Progress, progress_of
from fer_core.training.runs.queue import Waiting, waiting
from fer_core.training.runs.state import RunState, StateRecord

REQUEST_FILE = "run.json"

_TRAINS = ("loading", "training")


@dataclass(frozen=True, slots=True)
class RunStatus:
    """One run at one moment.

    Attributes:
        run: Its id.
        name: Its recipe's name.
        state: Where it stands.
        phase: What a running run does: "loading", "training" or "exporting"; "" otherwise.
        pid: Its process, on `host`; None if there is none.
        host: Machine that it last ran on; "" if it never did.
        epoch: Finished epochs.
        epochs: Epochs asked for.
        best: Validation figures of the epoch whose weights are kept; empty before the first.
        best_epoch: That epoch, from 1; None before the first.
        reason: Why it stopped, failed or was lost; "" otherwise.
        data: What it trains on.
        created: When it was asked for, ISO 8601 with the zone.
        since: When its state began, seconds since 1970 and never ahead of the clock; None if that
            was never written.
        folder: Where its files are.
        title: What the user calls it; its recipe's name unless told otherwise.
        note: The user's note; "" if there is none.
        seconds_per_epoch: Median of the last epochs; None before the first that was timed.
        eta_s: Seconds until a running run has trained its last epoch; None where that cannot be
            told, and once it has.
        elapsed_s: Seconds that its finished epochs took.
        queue_place: 1 for the next of the queued runs of its machine; None if it does not wait.
    """

    run: str
    name: str
    state: RunState
    phase: str
    pid: int | None
    host: str
    epoch: int
    epochs: int
    best: dict[str, float]
    best_epoch: int | None
    reason: str
    data: str
    created: str
    since: float | None
    folder: Path
    title: str
    note: str
    seconds_per_epoch: float | None
    eta_s: float | None
    elapsed_s: float
    queue_place: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"state": str(self.state), "folder": str(self.folder)}


def list_runs() -> list[RunStatus]:
    """Every run, the newest first; a folder whose request cannot be read is left out."""
    found = [_unplaced(path.parent) for path in runs_dir().glob(f"*/{REQUEST_FILE}")]
    known = [status for status in found if status is not None]
    hosts = {status.host for status in known if status.state is RunState.queued}
    queues = {host: waiting(host) for host in hosts}
    placed = [_placed(status, queues.get(status.host, [])) for status in known]
    return sorted(placed, key=lambda status: (status.created, status.run), reverse=True)


def status_of(folder: Path) -> RunStatus | None:
    """The status of the run in `folder`; None if what was asked for cannot be read."""
    status = _unplaced(folder)
    if status is None or status.state is not RunState.queued:
        return status
    return _placed(status, waiting(status.host))


def _placed(status: RunStatus, queue: list[Waiting]) -> RunStatus:
    """The status with its place in its machine's queue, if it waits there."""
    runs = [other.run for other in queue]
    if status.run not in runs:
        return status
    return replace(status, queue_place=runs.index(status.run) + 1)


def _unplaced(folder: Path) -> RunStatus | None:
    try:
        request = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
        name, epochs = request["recipe"]["name"], request["recipe"]["optimization"]["epochs"]
        data, created = request["data"], str(request.get("created", ""))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    record, process = current_state(folder), ProcessIdentity.read(folder)
    progress, label = progress_of(folder), read_label(folder)
    best = progress.best or {}
    return RunStatus(
        run=folder.name,
        name=name,
        state=record.state,
        phase=record.phase,
        pid=process.pid if process and record.state.active else None,
        host=process.host if process else "",
        epoch=progress.epoch,
        epochs=epochs,
        best={k: v for k, v in best.items() if k.startswith("val_")},
        best_epoch=int(best["epoch"]) if best else None,
        reason=record.reason,
        data=data,
        created=created,
        since=min(record.since, time.time()) or None,
        folder=folder,
        title=label.title or name,
        note=label.note,
        seconds_per_epoch=progress.seconds_per_epoch,
        eta_s=_eta_s(record, progress, epochs),
        elapsed_s=progress.elapsed_s,
        queue_place=None,
    )


def _eta_s(record: StateRecord, progress: Progress, epochs: int) -> float | None:
    trains = record.state is RunState.running and record.phase in _TRAINS
    return progress.eta_s(epochs, record.since) if trains else None
