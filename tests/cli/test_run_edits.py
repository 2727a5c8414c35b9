"""`runs move` and `runs note`, from the words typed to what is printed and the exit code."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fer_core.training.runs import Run, RunState
from fer_core.training.runs.launcher import claim
from fer_core.training.runs.state import StateRecord, write_state

if TYPE_CHECKING:
    from fer_core.training.recipe import Recipe

FerCore = Callable[..., Any]  # words in, (code, out, err) out


@pytest.fixture
def three(
    tiny_recipe: "Recipe", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Run]]:
    """Three runs that wait."""
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    with contextlib.ExitStack() as locks:
        runs = [Run.begin(tiny_recipe, "drawn_faces") for _ in range(3)]
        for run in runs:
            locks.callback(claim(run).release)
        yield runs


def places(runs: list[Run]) -> list[int | None]:
    return [run.status().queue_place for run in runs]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--first"], [2, 3, 1]),
        (["--places", "-1"], [1, 3, 2]),
        (["--places", "-9"], [2, 3, 1]),
        (["--places", "1"], [1, 2, 3]),
    ],
    ids=str,
)
def test_a_queued_run_is_moved(
    fer_core: FerCore, three: list[Run], words: list[str], expected: list[int]
) -> None:
    ended = fer_core("runs", "move", three[2].id, *words)
    assert ended == (0, f"run {three[2].id} is number {expected[2]} in the queue\n", "")
    assert places(three) == expected


@pytest.mark.parametrize("words", [[], ["--first", "--places", "1"]], ids=str)
def test_where_to_is_told_in_one_way(fer_core: FerCore, three: list[Run], words: list[str]) -> None:
    ended = fer_core("runs", "move", three[2].id, *words)
    assert (ended.code, ended.out) == (2, "")
    assert "--first" in ended.err
    assert places(three) == [1, 2, 3]


def test_a_run_that_does_not_wait_is_not_moved(fer_core: FerCore, three: list[Run]) -> None:
    write_state(three[0].folder, StateRecord(RunState.running))
    ended = fer_core("runs", "move", three[0].id, "--first")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"Error: Run {three[0].id} is running: only a queued run")


def test_a_run_is_noted(fer_core: FerCore, three: list[Run]) -> None:
    run = three[0]
    ended = fer_core("runs", "note", run.id, "--title", "Wide net", "--note", "twice as wide")
    assert ended == (0, f"run {run.id}: Wide net\n", "")
    assert (run.status().title, run.status().note) == ("Wide net", "twice as wide")
    assert fer_core("runs", "note", run.id, "--title", "").out == f"run {run.id}: default\n"
    assert (run.status().title, run.status().note) == ("default", "twice as wide")


def test_a_note_without_words_is_wrong_use(fer_core: FerCore, three: list[Run]) -> None:
    ended = fer_core("runs", "note", three[0].id)
    assert (ended.code, ended.out) == (2, "")
    assert "--title" in ended.err


@pytest.mark.parametrize(
    "words", [["move", "nobody", "--first"], ["note", "nobody", "--note", "x"]]
)
def test_an_unknown_run_is_told(fer_core: FerCore, three: list[Run], words: list[str]) -> None:
    ended = fer_core("runs", *words)
    assert (ended.code, ended.out) == (1, "")
    assert "No run 'nobody'" in ended.err
