"""Starting runs: in a process of their own that outlives this one, or ready to run here."""

from fer_core.domain.detached import start_detached
from fer_core.domain.errors import FerError
from fer_core.domain.file_lock import LOCK_FILE, FileLock
from fer_core.training.installed import require_training
from fer_core.training.recipe import Recipe
from fer_core.training.runs.current_state import current_state
from fer_core.training.runs.process import ProcessIdentity, own_identity
from fer_core.training.runs.queue import join
from fer_core.training.runs.run import LOG_FILE, Run
from fer_core.training.runs.state import RunState, StateRecord, write_state

STOP_FILE = "stop"
"""Its presence asks the run to stop."""

FINISH_FILE = "finish"
"""Its presence asks the run to be content with the epochs that it has."""

_PARTING_S = 30.0


def launch(recipe: Recipe, data: str) -> Run:
    """Begin a run in a process of its own, which goes on when this one ends.

    Args:
        recipe: What to do.
        data: Path of the data, or "drawn_faces".

    Returns:
        The run, queued or soon running; what becomes of it is told by its status.

    Raises:
        FerError: Its folder cannot be written.
    """
    run = Run.begin(recipe, data)
    resume(run)
    return run


def resume(run: Run, finish: bool = False) -> None:
    """Let a run that stopped, failed or was lost go on after its last finished epoch.

    Like `launch`, in a process of its own.

    Args:
        run: The run.
        finish: Train no further: export the best of its epochs.

    Raises:
        FerError: It is active or finished, or its folder cannot be written.
    """
    lock = claim(run, finish)
    try:
        _spawn(run, lock)
    finally:
        lock.release()


def claim(run: Run, finish: bool = False) -> FileLock:
    """Make a run this process's own, and queued; whoever holds the lock may do its work.

    Args:
        run: The run.
        finish: Train no further: export the best of its epochs.

    Raises:
        FerError: It is active or finished, its folder cannot be written, or training is not
            installed; or it is to finish and has no epoch.
    """
    require_training()
    if current_state(run.folder).state is RunState.finished:
        raise FerError(f"Run {run.id} is finished: `runs promote` makes its model one to use.")
    if finish and not run.history():
        raise FerError(f"Run {run.id} has no finished epoch that could be kept: resume it.")
    lock = own(run)
    try:
        for name in (STOP_FILE, FINISH_FILE):
            (run.folder / name).unlink(missing_ok=True)
        if finish:
            (run.folder / FINISH_FILE).touch()
        own_identity().write(run.folder)
        join(run.folder)
        write_state(run.folder, StateRecord(RunState.queued))
    except OSError as error:
        lock.release()
        raise FerError(f"Cannot write {run.folder} ({error.strerror}).") from None
    return lock


def own(run: Run) -> FileLock:
    """Take the lock of a run that no process works on.

    Raises:
        FerError: One does, or the run was deleted.
    """
    state = current_state(run.folder).state
    try:
        # A worker that has told how it ended is gone in a moment.
        lock = FileLock.take(run.folder / LOCK_FILE, 0.4 if state.active else _PARTING_S)
    except OSError as error:
        raise FerError(f"Cannot open {run.folder} ({error.strerror}).") from None
    if lock is None:
        raise FerError(f"Run {run.id} is {state}: stop it first.")
    return lock


def _spawn(run: Run, lock: FileLock) -> None:
    """Start the worker, which inherits the lock: the run is never without a holder."""
    log = run.folder / LOG_FILE
    pid = start_detached("fer_core.training.runs.worker", [run.id], log, lock)
    ProcessIdentity.of(pid).write(run.folder)
