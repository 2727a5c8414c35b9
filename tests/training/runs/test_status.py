"""Where a run stands is told from its folder alone."""

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.domain.file_lock import FileLock
from fer_core.training.recipe import Recipe
from fer_core.training.runs.label import label_run
from fer_core.training.runs.launcher import claim
from fer_core.training.runs.process import own_identity
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState, StateRecord, write_state
from fer_core.training.runs.status import list_runs, status_of

ROOT = Path(__file__).resolve().parents[3]
ROWS = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1,0.6,1.5\n1,0.6,1,0.4,1.25\n"


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


def test_a_run_is_called_as_its_recipe_until_it_is_labelled(begun: Run) -> None:
    assert (begun.status().title, begun.status().note) == ("default", "")
    label_run(begun, "Longer", "more epochs")
    assert (begun.status().title, begun.status().note) == ("Longer", "more epochs")
    assert begun.status().name == "default"


TIMED = "epoch,accuracy,loss,seconds,val_accuracy,val_loss\n0,0.5,1,30,0.6,1.5\n"


def at(monkeypatch: pytest.MonkeyPatch, now: float) -> None:
    monkeypatch.setattr(time, "time", lambda: now)


def test_a_running_run_tells_when_it_will_be_done(
    begun: Run, held: FileLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(begun.folder, StateRecord(RunState.running, phase="training", since=1000.0))
    assert begun.status().eta_s is None  # no epoch was timed
    history = begun.folder / "history.csv"
    history.write_text(TIMED)
    os.utime(history, (1050.0, 1050.0))
    at(monkeypatch, 1060.0)
    status = begun.status()
    assert (status.seconds_per_epoch, status.elapsed_s) == (30.0, 30.0)
    assert status.eta_s == 20.0  # one more epoch, ten seconds of which have gone


@pytest.mark.parametrize(
    "record",
    [
        StateRecord(RunState.running, phase="exporting", since=1.0),
        StateRecord(RunState.queued, since=1.0),
        StateRecord(RunState.stopped, since=1.0),
    ],
    ids=lambda record: f"{record.state} {record.phase}",
)
def test_what_does_not_train_has_no_end_of_training(
    begun: Run, held: FileLock, record: StateRecord
) -> None:
    write_state(begun.folder, record)
    (begun.folder / "history.csv").write_text(TIMED)
    assert begun.status().eta_s is None
    assert begun.status().elapsed_s == 30.0


@pytest.mark.parametrize("now", [0.0, 900.0, 1e12])
def test_a_clock_that_jumps_changes_the_end_by_an_epoch_at_most(
    begun: Run, held: FileLock, monkeypatch: pytest.MonkeyPatch, now: float
) -> None:
    write_state(begun.folder, StateRecord(RunState.running, phase="training", since=1000.0))
    history = begun.folder / "history.csv"
    history.write_text(TIMED)
    os.utime(history, (1050.0, 1050.0))
    at(monkeypatch, now)
    status = begun.status()
    assert status.state is RunState.running
    assert status.eta_s is not None
    assert 0.0 <= status.eta_s <= 30.0
    assert (status.since or 0.0) <= now  # nothing began in the future


def test_queued_runs_are_told_their_place_in_the_list_and_alone(
    runs: Path, tiny_recipe: Recipe
) -> None:
    with contextlib.ExitStack() as locks:
        queue = [Run.begin(tiny_recipe, "drawn_faces") for _ in range(3)]
        for run in queue:
            locks.callback(claim(run).release)
        ended = Run.begin(tiny_recipe, "drawn_faces")
        listed = {status.run: status.queue_place for status in list_runs()}
        assert [listed[run.id] for run in queue] == [1, 2, 3]
        assert [run.status().queue_place for run in queue] == [1, 2, 3]
        assert listed[ended.id] is ended.status().queue_place is None


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
