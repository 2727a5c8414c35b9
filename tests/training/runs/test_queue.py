"""The queue's order is that of arrival until a person changes it."""

import contextlib
import platform
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.domain.errors import FerError
from fer_core.training.recipe import Recipe
from fer_core.training.runs.launcher import claim
from fer_core.training.runs.process import own_identity
from fer_core.training.runs.queue import QUEUE_FILE, move, move_first, waiting
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState, StateRecord, write_state

Enqueue = Callable[[], Run]


@pytest.fixture
def enqueue(runs: Path, tiny_recipe: Recipe) -> Iterator[Enqueue]:
    """Call to add a run to the queue."""
    with contextlib.ExitStack() as locks:

        def add() -> Run:
            run = Run.begin(tiny_recipe, "drawn_faces")
            locks.callback(claim(run).release)
            return run

        yield add


@pytest.fixture
def four(enqueue: Enqueue) -> list[Run]:
    """Runs that wait, in the order in which they came."""
    return [enqueue() for _ in range(4)]


def order(runs: list[Run]) -> list[int]:
    """The runs' numbers as they stand in the queue."""
    ids = [run.id for run in runs]
    return [ids.index(other.run) for other in waiting(platform.node())]


def test_who_came_first_is_first(four: list[Run]) -> None:
    assert order(four) == [0, 1, 2, 3]
    assert not any((run.folder / QUEUE_FILE).exists() for run in four)


@pytest.mark.parametrize(
    ("moved", "places", "expected"),
    [
        (3, -1, [0, 1, 3, 2]),
        (3, -2, [0, 3, 1, 2]),
        (0, 1, [1, 0, 2, 3]),
        (0, 2, [1, 2, 0, 3]),
        (1, 2, [0, 2, 3, 1]),
        (2, -99, [2, 0, 1, 3]),
        (1, 99, [0, 2, 3, 1]),
        (1, 0, [0, 1, 2, 3]),
        (0, -1, [0, 1, 2, 3]),
    ],
)
def test_a_run_moves_by_places(
    four: list[Run], moved: int, places: int, expected: list[int]
) -> None:
    move(four[moved], places)
    assert order(four) == expected


def test_a_run_becomes_the_next_one(four: list[Run]) -> None:
    move_first(four[2])
    assert order(four) == [2, 0, 1, 3]
    move_first(four[3])
    assert order(four) == [3, 2, 0, 1]


def test_a_hundred_moves_go_where_they_should(four: list[Run]) -> None:
    expected, dice = [0, 1, 2, 3], random.Random(1)
    for _ in range(100):  # more than there are numbers between two arrivals
        moved, places = dice.randrange(4), dice.choice([-3, -2, -1, 1, 2, 3])
        move(four[moved], places)
        old = expected.index(moved)
        expected.remove(moved)
        expected.insert(min(max(old + places, 0), 3), moved)
        assert order(four) == expected


def test_between_runs_of_one_moment_room_is_made(four: list[Run]) -> None:
    for run in four:
        write_state(run.folder, StateRecord(RunState.queued, since=1e9))
    ids = [other.run for other in waiting(platform.node())]
    by_id = {run.id: run for run in four}
    move(by_id[ids[3]], -2)
    assert [other.run for other in waiting(platform.node())] == [ids[0], ids[3], ids[1], ids[2]]


def test_a_newcomer_is_last_whatever_was_moved(four: list[Run], enqueue: Enqueue) -> None:
    for run in four[:3]:
        move(run, 99)
    assert order([*four, enqueue()]) == [3, 0, 1, 2, 4]


def test_a_newcomer_is_last_though_the_clock_was_set_back(
    four: list[Run], enqueue: Enqueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = time.time() - 86400.0
    monkeypatch.setattr(time, "time", lambda: past)
    five = [*four, enqueue()]
    assert order(five) == [0, 1, 2, 3, 4]
    assert order([*five, enqueue()]) == [0, 1, 2, 3, 4, 5]


def test_who_comes_again_has_lost_its_place(four: list[Run], runs: Path) -> None:
    move_first(four[3])
    write_state(four[3].folder, StateRecord(RunState.stopped))
    assert order(four) == [0, 1, 2]
    with pytest.raises(FerError, match="is stopped: only a queued run can be moved"):
        move_first(four[3])


def test_a_resumed_run_queues_up_anew(runs: Path, tiny_recipe: Recipe) -> None:
    first, second = (Run.begin(tiny_recipe, "drawn_faces") for _ in range(2))
    with contextlib.ExitStack() as locks:
        locks.callback(claim(second).release)
        lock = claim(first)
        move_first(first)
        write_state(first.folder, StateRecord(RunState.stopped))
        lock.release()
        locks.callback(claim(first).release)
        assert order([first, second]) == [1, 0]


@pytest.mark.parametrize("state", [RunState.running, RunState.finished, RunState.failed])
def test_only_who_waits_is_moved(four: list[Run], state: RunState) -> None:
    write_state(four[1].folder, StateRecord(state))
    with pytest.raises(FerError, match=rf"Run {four[1].id} is {state}: only a queued run can be"):
        move(four[1], 1)
    assert order(four) == [0, 2, 3]


def test_each_machine_has_its_own_queue(four: list[Run]) -> None:
    for run in four[1::2]:
        replace(own_identity(), host="another").write(run.folder)
    move_first(four[3])
    assert order(four) == [0, 2]
    assert [other.run for other in waiting("another")] == [four[3].id, four[1].id]
    assert [run.status().queue_place for run in four] == [1, 2, 2, 1]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"place": "first"}'])
def test_a_damaged_place_is_none(four: list[Run], content: bytes) -> None:
    (four[0].folder / QUEUE_FILE).write_bytes(content)
    assert order(four) == [0, 1, 2, 3]


def test_a_place_that_cannot_be_written_is_told(four: list[Run]) -> None:
    (four[3].folder / QUEUE_FILE).unlink(missing_ok=True)
    (four[3].folder / QUEUE_FILE).mkdir()
    with pytest.raises(FerError, match=r"Cannot write .* \(Is a directory\)"):
        move_first(four[3])
