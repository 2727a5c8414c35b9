"""A run is what it wrote down, unless its process is gone."""

import shutil

from fer_core.domain.file_lock import LOCK_FILE, FileLock
from fer_core.training.runs.current_state import current_state
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import STATE_FILE, RunState, StateRecord, write_state


def test_a_damaged_record_hides_no_run(begun: Run, held: FileLock) -> None:
    (begun.folder / STATE_FILE).write_bytes(b"\0")
    assert current_state(begun.folder).state is RunState.queued  # by its lock it is alive
    held_by_none = begun.folder.with_name("copy")
    shutil.copytree(begun.folder, held_by_none)
    assert current_state(held_by_none).state is RunState.lost


def test_an_active_run_is_lost_with_its_lock(begun: Run) -> None:
    record = StateRecord(RunState.running, phase="training", since=5.0)
    write_state(begun.folder, record)
    lock = FileLock.take(begun.folder / LOCK_FILE)
    assert lock is not None
    assert current_state(begun.folder) == record
    lock.release()
    lost = current_state(begun.folder)
    assert (lost.state, lost.phase, lost.since) == (RunState.lost, "", 5.0)
