"""What is known of runs from their folders alone: quick, and without Keras or MLflow."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fer_core.domain.settings import runs_dir
from fer_core.training.history import best_epoch, read_history
from fer_core.training.runs.lock import LOCK_FILE, is_locked
from fer_core.training.runs.process import ProcessIdentity
from fer_core.training.runs.state import RunState, StateRecord, read_state

REQUEST_FILE = "run.json"


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
        since: When its state began, seconds since 1970; None if that was never written.
        folder: Where its files are.
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

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"state": str(self.state), "folder": str(self.folder)}


def list_runs() -> list[RunStatus]:
    """Every run, the newest first; a folder whose request cannot be read is left out."""
    found = [status_of(path.parent) for path in runs_dir().glob(f"*/{REQUEST_FILE}")]
    known = [status for status in found if status is not None]
    return sorted(known, key=lambda status: (status.created, status.run), reverse=True)


def status_of(folder: Path) -> RunStatus | None:
    """The status of the run in `folder`; None if what was asked for cannot be read."""
    try:
        request = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
        name, epochs = request["recipe"]["name"], request["recipe"]["optimization"]["epochs"]
        data, created = request["data"], str(request.get("created", ""))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    record, process = current_state(folder), ProcessIdentity.read(folder)
    history = read_history(folder)
    best = best_epoch(history)
    return RunStatus(
        run=folder.name,
        name=name,
        state=record.state,
        phase=record.phase,
        pid=process.pid if process and record.state.active else None,
        host=process.host if process else "",
        epoch=int(history[-1]["epoch"]) if history else 0,
        epochs=epochs,
        best={k: v for k, v in (best or {}).items() if k.startswith("val_")},
        best_epoch=int(best["epoch"]) if best else None,
        reason=record.reason,
        data=data,
        created=created,
        since=record.since or None,
        folder=folder,
    )


def current_state(folder: Path) -> StateRecord:
    """The state as written, unless its process is gone: then the run is lost."""
    record = read_state(folder)
    if record is not None and not record.state.active:
        return record
    if is_locked(folder / LOCK_FILE):
        return record or StateRecord(RunState.queued, since=0.0)
    # It may have ended between the two looks; what it wrote last then stands.
    if (again := read_state(folder)) is not None and not again.state.active:
        return again
    process = ProcessIdentity.read(folder)
    reason = process.why_gone() if process else "its process never began"
    return StateRecord(RunState.lost, reason, since=record.since if record else 0.0)
