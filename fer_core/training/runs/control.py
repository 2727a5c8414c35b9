"""Asking a run to stop or to finish early, and doing away with one."""

import os
import shutil
import signal
from dataclasses import replace

from fer_core.domain.errors import FerError
from fer_core.domain.file_lock import LOCK_FILE, FileLock
from fer_core.training.runs.current_state import current_state
from fer_core.training.runs.launcher import FINISH_FILE, STOP_FILE, own, resume
from fer_core.training.runs.process import ProcessIdentity
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState, StateRecord, write_state

_DEATH_TAKES_AT_MOST_S = 10.0


def stop(run: Run, now: bool = False) -> bool:
    """Ask a run to stop after its present step; asked a second time, it is killed.

    Nothing of a finished epoch is lost either way.

    Args:
        run: A queued or running run.
        now: Kill it at the first asking.

    Returns:
        Whether it was killed.

    Raises:
        FerError: It is not active, or it has to be killed on another machine.
    """
    record = current_state(run.folder)
    if not record.state.active:
        raise FerError(f"Run {run.id} is {record.state}: there is nothing to stop.")
    request = run.folder / STOP_FILE
    if not (now or request.exists()):
        request.touch()
        return False
    _kill(run, record)
    return True


def finish(run: Run) -> None:
    """Have a run be content with the epochs that it has: its best one is exported.

    An active run still ends the epoch in progress; of another one the export is begun, in a
    process of its own.

    Raises:
        FerError: It is finished, or nobody works on it and it has no finished epoch.
    """
    if current_state(run.folder).state.active:
        (run.folder / FINISH_FILE).touch()
    else:
        resume(run, finish=True)


def delete(run: Run) -> None:
    """Delete a run's folder: weights, model, history and log.

    Raises:
        FerError: It is active, or its folder cannot be deleted.
    """
    lock = own(run)
    try:
        # At once out of sight, however long the deleting takes.
        doomed = run.folder.rename(run.folder.with_name(f".deleted-{run.id}"))
        shutil.rmtree(doomed)
    except OSError as error:
        raise FerError(f"Cannot delete {run.folder} ({error.strerror}).") from None
    finally:
        lock.release()


def _kill(run: Run, record: StateRecord) -> None:
    process = ProcessIdentity.read(run.folder)
    if process is None or not process.lives_here():
        host = process.host if process else "another machine"
        raise FerError(f"Run {run.id} cannot be killed from here: its process is on {host}.")
    os.kill(process.pid, signal.SIGKILL)
    lock = FileLock.take(run.folder / LOCK_FILE, _DEATH_TAKES_AT_MOST_S)
    if lock is None:
        raise FerError(f"Run {run.id} was killed, but process {process.pid} has not ended yet.")
    write_state(run.folder, replace(record, state=RunState.stopped, reason="killed on request"))
    lock.release()
