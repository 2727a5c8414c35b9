"""Where a run stands, as opposed to what its worker last wrote of it."""

from pathlib import Path

from fer_core.domain.file_lock import LOCK_FILE, is_locked
from fer_core.training.runs.process import ProcessIdentity
from fer_core.training.runs.state import RunState, StateRecord, read_state


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
