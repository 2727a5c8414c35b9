"""Runs take the machine's slots in the order in which they came."""

import contextlib
import platform
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.domain.errors import FerError, TrainingStopped
from fer_core.training.recipe import Recipe
from fer_core.training.runs.launcher import claim
from fer_core.training.runs.process import own_identity
from fer_core.training.runs.run import Run
from fer_core.training.runs.slots import slot_count, training_slot
from fer_core.training.runs.state import RunState, StateRecord, write_state


def queued(recipe: Recipe, since: float, locks: contextlib.ExitStack) -> Run:
    """A run that waits."""
    run = Run.begin(recipe, "drawn_faces")
    locks.callback(claim(run).release)
    write_state(run.folder, StateRecord(RunState.queued, since=since))
    return run


@pytest.fixture
def three(runs: Path, tiny_recipe: Recipe) -> Iterator[list[Run]]:
    """Three runs in a queue; the second came first."""
    with contextlib.ExitStack() as locks:
        yield [queued(tiny_recipe, since, locks) for since in (20.0, 10.0, 30.0)]


def takes(run: Run) -> bool:
    """Whether a run gets a slot at once; if so, it holds it no longer than this."""
    told: list[str] = []
    try:
        with training_slot(run, lambda: True, told.append):
            return not told
    except TrainingStopped:
        assert told == ["waiting for the run before it to end"]
        return False


def test_who_came_first_is_first(three: list[Run]) -> None:
    assert [takes(run) for run in three] == [False, True, False]
    write_state(three[1].folder, StateRecord(RunState.stopped))
    assert [takes(run) for run in three] == [True, False, False]


def test_a_slot_is_taken_while_it_is_held(three: list[Run]) -> None:
    second, first, _ = three
    with training_slot(first, lambda: False, print):
        write_state(first.folder, StateRecord(RunState.running))
        assert not takes(second)
    assert takes(second)


def test_more_slots_take_more_runs(three: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    second, first, third = three
    monkeypatch.setenv("FER_TRAINING_SLOTS", "2")
    with training_slot(first, lambda: False, print):
        write_state(first.folder, StateRecord(RunState.running))
        assert not takes(third)  # the second's turn
        with training_slot(second, lambda: False, print):
            write_state(second.folder, StateRecord(RunState.running))
            assert not takes(third)


def test_a_run_whose_process_is_gone_holds_up_none(runs: Path, tiny_recipe: Recipe) -> None:
    with contextlib.ExitStack() as locks:
        dead = queued(tiny_recipe, 1.0, locks)
        locks.close()
        later = queued(tiny_recipe, 2.0, locks)
        assert dead.status().state is RunState.lost
        assert takes(later)


def test_runs_of_another_machine_have_their_own_queue(three: list[Run]) -> None:
    replace(own_identity(), host=f"not {platform.node()}").write(three[1].folder)
    assert takes(three[0])


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_a_number_of_slots_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FER_TRAINING_SLOTS", text)
    with pytest.raises(FerError, match=rf"FER_TRAINING_SLOTS must be .* got '{text}'"):
        slot_count()


@pytest.mark.parametrize(("text", "count"), [("", 1), ("3", 3)])
def test_a_machine_has_one_slot_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, text: str, count: int
) -> None:
    monkeypatch.setenv("FER_TRAINING_SLOTS", text)
    assert slot_count() == count
