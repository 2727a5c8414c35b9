"""A run is a folder that says what was asked, and holds what came of it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.domain.errors import FerError
from fer_core.training.recipe import Recipe
from fer_core.training.runs.run import Run

# --- Beginning and opening ---


def test_a_run_that_begins_writes_down_what_was_asked(begun: Run, runs: Path) -> None:
    assert begun.folder.parent == runs
    assert begun.id.startswith("default-")
    request = json.loads((begun.folder / "run.json").read_text(encoding="utf-8"))
    assert request["data"] == "drawn_faces"
    assert request["recipe"]["architecture"]["name"] == "se_resnet"


def test_a_run_is_opened_as_it_began(begun: Run) -> None:
    assert Run.open(begun.id) == begun


def test_runs_of_one_second_stay_apart(runs: Path, tiny_recipe: Recipe) -> None:
    ids = {Run.begin(tiny_recipe, "drawn_faces").id for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize("run_id", ["nobody", "", "..", "../runs/nobody", "nobody/else"])
def test_an_unknown_run_is_told(begun: Run, run_id: str) -> None:
    with pytest.raises(FerError, match=rf"No run '{re.escape(run_id)}' in .*runs\."):
        Run.open(run_id)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_a_damaged_run_is_told(begun: Run, content: bytes) -> None:
    (begun.folder / "run.json").write_bytes(content)
    with pytest.raises(FerError, match=r"run\.json is damaged"):
        Run.open(begun.id)


@pytest.mark.parametrize("content", ["{}", "[]", '{"recipe": {}, "data": "x"}'])
def test_a_run_without_a_recipe_is_told(begun: Run, content: str) -> None:
    (begun.folder / "run.json").write_text(content)
    with pytest.raises(FerError, match=r"run\.json is damaged"):
        Run.open(begun.id)


def test_a_run_is_resumed_from_anywhere(
    runs: Path, tiny_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "faces.csv").touch()
    assert Run.begin(tiny_recipe, "faces.csv").data == str(tmp_path / "faces.csv")
    run = Run.begin(replace(tiny_recipe, corrections="mine.csv"), "drawn_faces")
    assert run.recipe.corrections == str(tmp_path / "mine.csv")
    assert Run.open(run.id) == run


def test_the_beginning_of_an_id_is_enough_if_no_other_begins_so(begun: Run, runs: Path) -> None:
    assert Run.open(begun.id[:-1]).id == begun.id
    longer = runs / f"{begun.id}-again"
    longer.mkdir()
    (longer / "run.json").write_bytes((begun.folder / "run.json").read_bytes())
    assert Run.open(begun.id).id == begun.id  # whole, it is no beginning of another
    with pytest.raises(FerError, match=rf"'default' begins 2 runs: expected one of {begun.id}, "):
        Run.open("default")


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "file"))
    with pytest.raises(FerError, match=r"Cannot write .*file/default-\S+ \(Not a directory\)"):
        Run.begin(tiny_recipe, "drawn_faces")


# --- The log ---


def test_the_end_of_the_log_is_told(begun: Run) -> None:
    assert begun.log_tail() == ""
    for number in range(50):
        begun.log(f"line {number}")
    assert begun.log_tail(2) == "line 48\nline 49"
    assert begun.log_tail(99).startswith("line 0\n")


def test_of_a_huge_log_only_the_end_is_read(begun: Run) -> None:
    begun.log("x" * 1_000_000)
    begun.log("the end")
    assert len(begun.log_tail()) < 100_000
    assert begun.log_tail().endswith("the end")


def test_a_full_disk_loses_lines_and_nothing_else(begun: Run) -> None:
    (begun.folder / "log.txt").symlink_to("/dev/full")
    begun.log("lost")
