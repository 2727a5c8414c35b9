"""Where a run stands is told from its folder alone."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.training.recipe import Recipe
from fer_core.training.runs.lock import LOCK_FILE, FileLock
from fer_core.training.runs.process import own_identity
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import STATE_FILE, RunState, StateRecord, write_state
from fer_core.training.runs.status import current_state, list_runs, status_of

ROOT = Path(__file__).resolve().parents[3]
ROWS = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1,0.6,1.5\n1,0.6,1,0.4,1.25\n"


@pytest.fixture
def held(begun: Run) -> Iterator[FileLock]:
    """The lock of the run, in the hand of a living process."""
    lock = FileLock.take(begun.folder / LOCK_FILE)
    assert lock is not None
    yield lock
    lock.release()


def test_a_running_run_is_told_as_documented(begun: Run, held: FileLock) -> None:
    own_identity().write(begun.folder)
    write_state(begun.folder, StateRecord(RunState.running, phase="training", since=5.0))
    (begun.folder / "history.csv").write_text(ROWS)
    told = json.loads(json.dumps(begun.status().to_dict()))
    # The promise of the project's design, word for word.
    assert {"run", "name", "state", "pid", "epoch", "epochs", "best", "reason"} <= set(told)
    assert (told["run"], told["name"], told["state"]) == (begun.id, "default", "running")
    assert (told["pid"], told["host"]) == (own_identity().pid, own_identity().host)
    assert (told["epoch"], told["epochs"], told["phase"]) == (2, 2, "training")
    assert (told["best"], told["best_epoch"]) == ({"val_accuracy": 0.6, "val_loss": 1.5}, 1)
    assert (told["reason"], told["since"], told["folder"]) == ("", 5.0, str(begun.folder))


@pytest.mark.parametrize("state", [RunState.queued, RunState.running])
def test_a_run_without_its_process_is_lost(begun: Run, state: RunState) -> None:
    own_identity().write(begun.folder)
    write_state(begun.folder, StateRecord(state, phase="training"))
    status = begun.status()
    assert (status.state, status.phase, status.pid) == (RunState.lost, "", None)
    assert "without a word" in status.reason


def test_a_run_that_a_restart_ended_says_so(begun: Run) -> None:
    replace(own_identity(), boot="another").write(begun.folder)
    write_state(begun.folder, StateRecord(RunState.running))
    assert "restarted" in begun.status().reason


def test_a_run_that_never_began_is_lost(begun: Run) -> None:
    status = begun.status()
    assert (status.state, status.pid, status.epoch, status.best) == (RunState.lost, None, 0, {})
    assert "never began" in status.reason


@pytest.mark.parametrize("state", [RunState.finished, RunState.stopped, RunState.failed])
def test_an_ended_run_stays_what_it_was(begun: Run, held: FileLock, state: RunState) -> None:
    write_state(begun.folder, StateRecord(state, "why"))
    assert (begun.status().state, begun.status().reason) == (state, "why")


def test_a_damaged_record_hides_no_run(begun: Run, held: FileLock) -> None:
    (begun.folder / STATE_FILE).write_bytes(b"\0")
    assert current_state(begun.folder).state is RunState.queued  # by its lock it is alive
    held_by_none = begun.folder.with_name("copy")
    shutil.copytree(begun.folder, held_by_none)
    assert current_state(held_by_none).state is RunState.lost


def test_runs_are_listed_newest_first_without_what_is_none(runs: Path, tiny_recipe: Recipe) -> None:
    assert list_runs() == []
    ids = []
    for number in range(3):
        run = Run.begin(tiny_recipe, "drawn_faces")
        request = json.loads((run.folder / "run.json").read_text())
        request["created"] = f"2026-01-0{3 - number}T00:00:00+00:00"
        (run.folder / "run.json").write_text(json.dumps(request))
        ids.append(run.id)
    (runs / "damaged").mkdir()
    (runs / "damaged" / "run.json").write_text("[]")
    (runs / "notes.txt").touch()
    assert [status.run for status in list_runs()] == ids
    assert status_of(runs / "damaged") is None


def test_without_a_folder_of_runs_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "nowhere"))
    assert list_runs() == []


def test_looking_at_runs_loads_neither_keras_nor_mlflow(begun: Run) -> None:
    code = (
        "import sys; from fer_core.training.runs import list_runs; "
        "assert len(list_runs()) == 1; "
        "print([name for name in ('keras', 'tensorflow', 'mlflow') if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"
