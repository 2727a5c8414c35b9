"""A run is worked on by one process at a time, and only if something is left to do."""

import os

import pytest

from fer_core.domain.errors import FerError
from fer_core.training.runs.launcher import STOP_FILE, claim
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState, StateRecord, write_state


def test_a_claimed_run_is_queued_under_this_process(begun: Run) -> None:
    lock = claim(begun)
    assert (begun.status().state, begun.status().pid) == (RunState.queued, os.getpid())
    with pytest.raises(FerError, match=rf"Run {begun.id} is queued: stop it first"):
        claim(begun)
    lock.release()
    assert begun.status().state is RunState.lost


@pytest.mark.parametrize("state", [RunState.stopped, RunState.failed, RunState.running])
def test_what_ended_early_is_claimed_again(begun: Run, state: RunState) -> None:
    write_state(begun.folder, StateRecord(state, "why"))  # running, and lost since
    (begun.folder / STOP_FILE).touch()
    lock = claim(begun)
    assert (begun.status().state, begun.status().reason) == (RunState.queued, "")
    assert not (begun.folder / STOP_FILE).exists()  # or it would stop at once
    lock.release()


def test_without_an_epoch_there_is_nothing_to_finish(begun: Run) -> None:
    write_state(begun.folder, StateRecord(RunState.failed, "why"))
    with pytest.raises(FerError, match="no finished epoch that could be kept: resume it"):
        claim(begun, finish=True)
    assert begun.status().state is RunState.failed


def test_a_finished_run_has_nothing_left_to_do(begun: Run) -> None:
    write_state(begun.folder, StateRecord(RunState.finished))
    with pytest.raises(FerError, match=rf"Run {begun.id} is finished: `runs promote`"):
        claim(begun)
    assert begun.status().state is RunState.finished


def test_a_run_that_was_deleted_meanwhile_is_told(begun: Run) -> None:
    for path in begun.folder.iterdir():
        path.unlink()
    begun.folder.rmdir()
    with pytest.raises(FerError, match=r"Cannot open .* \(No such file or directory\)"):
        claim(begun)


def test_a_run_that_cannot_be_written_is_told_and_let_go(begun: Run) -> None:
    (begun.folder / "process.json").mkdir()
    with pytest.raises(FerError, match=r"Cannot write .* \(Is a directory\)"):
        claim(begun)
    (begun.folder / "process.json").rmdir()
    claim(begun).release()
