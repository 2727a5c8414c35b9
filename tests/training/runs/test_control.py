"""A run stops when asked, dies when asked twice, and is deleted only when nobody works on it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.domain.errors import FerError
from fer_core.training.runs.control import delete, finish, stop
from fer_core.training.runs.launcher import FINISH_FILE, STOP_FILE, claim
from fer_core.training.runs.process import ProcessIdentity, own_identity
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState, StateRecord, write_state

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def running(begun: Run) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds the run, says it is running, and then does nothing."""
    lock = claim(begun)
    code = (
        "import sys; from fer_core.domain.file_lock import FileLock; "
        "FileLock.inherit(int(sys.argv[1])); print('here', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock.descriptor)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(lock.descriptor,),
        cwd=ROOT,
    ) as child:
        ProcessIdentity.of(child.pid).write(begun.folder)
        write_state(begun.folder, StateRecord(RunState.running, phase="training"))
        assert child.stdout is not None
        child.stdout.readline()
        lock.release()
        yield child
        child.kill()


def test_asked_once_a_run_may_finish_its_step(begun: Run, running: subprocess.Popen[bytes]) -> None:
    assert stop(begun) is False
    assert (begun.folder / STOP_FILE).exists()
    assert begun.status().state is RunState.running
    assert running.poll() is None


@pytest.mark.parametrize("now", [False, True])
def test_asked_twice_or_at_once_it_is_killed(
    begun: Run, running: subprocess.Popen[bytes], now: bool
) -> None:
    if not now:
        stop(begun)
    assert stop(begun, now) is True
    assert running.wait(timeout=10) == -9
    status = begun.status()
    assert (status.state, status.reason) == (RunState.stopped, "killed on request")


def test_told_to_finish_a_run_goes_on_with_its_epoch(
    begun: Run, running: subprocess.Popen[bytes]
) -> None:
    finish(begun)
    assert (begun.folder / FINISH_FILE).exists()
    assert not (begun.folder / STOP_FILE).exists()
    assert begun.status().state is RunState.running
    assert running.poll() is None


@pytest.mark.parametrize("change", [{"host": "elsewhere"}, {"started": 1.0}], ids=str)
def test_a_process_that_is_not_the_runs_own_is_never_killed(
    begun: Run, running: subprocess.Popen[bytes], change: dict[str, object]
) -> None:
    replace(ProcessIdentity.of(running.pid), **change).write(begun.folder)
    with pytest.raises(FerError, match="cannot be killed from here: its process is on "):
        stop(begun, now=True)
    assert running.poll() is None


@pytest.mark.parametrize(
    "state", [RunState.finished, RunState.stopped, RunState.failed, RunState.running]
)
def test_what_nobody_works_on_cannot_be_stopped(begun: Run, state: RunState) -> None:
    write_state(begun.folder, StateRecord(state))
    own_identity().write(begun.folder)
    told = RunState.lost if state is RunState.running else state
    with pytest.raises(FerError, match=rf"is {told}: there is nothing to stop"):
        stop(begun)


def test_a_run_that_is_worked_on_is_not_deleted(
    begun: Run, running: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(FerError, match="is running: stop it first"):
        delete(begun)
    assert begun.status().state is RunState.running


def test_a_deleted_run_is_gone(begun: Run, runs: Path) -> None:
    (begun.folder / "model").mkdir()
    delete(begun)
    assert list(runs.iterdir()) == []
    with pytest.raises(FerError, match="No run"):
        Run.open(begun.id)
