"""MLflow shows what the folders hold, whatever happened to a run or to MLflow itself."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from fer_core.training.recipe import Recipe
from fer_core.training.runs.label import label_run
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState, StateRecord, write_state
from fer_core.training.runs.tracking import EXPERIMENT, Tracker, tracking_uri
from fer_core.zoo.card import ModelCard

LOSSES = [(1, 2.0), (2, 1.0), (3, 0.0)]


@pytest.fixture
def tracked(tracked_runs: Path, tiny_recipe: Recipe) -> Run:
    """A run, with MLflow's database beside it."""
    return Run.begin(tiny_recipe, "drawn_faces")


def copies() -> list[Any]:
    """MLflow's runs, the newest first, read as `mlflow ui` reads them."""
    client = MlflowClient(tracking_uri())
    experiment = client.get_experiment_by_name(EXPERIMENT)
    return list(client.search_runs([experiment.experiment_id])) if experiment else []


def losses(copy: Any) -> list[tuple[int, float]]:
    history = MlflowClient(tracking_uri()).get_metric_history(copy.info.run_id, "loss")
    return [(metric.step, metric.value) for metric in history]


def finish_epochs(run: Run, count: int) -> None:
    """Leave figures as the engine does, which counts from 0."""
    rows = "".join(f"{n - 1},{loss},{loss / 2}\n" for n, loss in LOSSES[:count])
    (run.folder / "history.csv").write_text(f"epoch,loss,val_loss\n{rows}")


def silent(line: str) -> None:
    raise AssertionError(line)


def test_a_run_is_copied_from_beginning_to_end(tracked: Run, tiny_models: Path) -> None:
    shutil.copytree(tiny_models / "default", tracked.model_folder)
    tracker = Tracker(tracked, silent)
    tracker.begin()
    (copy,) = copies()
    assert (copy.info.run_name, copy.info.status) == (tracked.id, "RUNNING")
    assert copy.data.params["optimization.batch_size"] == "16"
    assert copy.data.params["architecture.settings.widths"] == "[8, 16, 32]"
    assert copy.data.params["data"] == "drawn_faces"
    assert copy.data.tags["fer.folder"] == str(tracked.folder)

    for count in (1, 2, 3):
        finish_epochs(tracked, count)
        tracker.send_epochs()
    assert losses(copy) == LOSSES
    card = ModelCard.read(tracked.model_folder)
    tracker.end(RunState.finished, card=card)
    (copy,) = copies()
    assert copy.info.status == "FINISHED"
    assert losses(copy) == LOSSES
    assert copy.data.metrics["PublicTest/accuracy"] == card.metrics["PublicTest"]["accuracy"]
    files = MlflowClient(tracking_uri()).list_artifacts(copy.info.run_id)
    assert {file.path for file in files} == {"card.json", "report.json"}


def test_a_resumed_run_goes_on_in_its_copy_and_misses_no_epoch(tracked: Run) -> None:
    first = Tracker(tracked, silent)
    first.begin()
    finish_epochs(tracked, 1)
    first.end(RunState.failed, "The disk is full.")
    (copy,) = copies()
    assert (copy.info.status, copy.data.tags["fer.reason"]) == ("FAILED", "The disk is full.")

    # Killed between finishing the second epoch and telling MLflow of it.
    finish_epochs(tracked, 2)
    second = Tracker(tracked, silent)
    second.begin()
    (copy,) = copies()
    assert (copy.info.status, copy.data.tags["fer.state"]) == ("RUNNING", "running")
    finish_epochs(tracked, 3)
    second.send_epochs()
    second.end(RunState.stopped, "on request")
    (copy,) = copies()
    assert copy.info.status == "KILLED"
    assert losses(copy) == LOSSES


def test_killed_and_deleted_runs_are_brought_in_line_by_the_next(
    tracked: Run, tiny_recipe: Recipe
) -> None:
    deleted, killed = (Run.begin(tiny_recipe, "drawn_faces") for _ in range(2))
    for run in (deleted, killed):
        Tracker(run, silent).begin()
        write_state(run.folder, StateRecord(RunState.running))
    shutil.rmtree(deleted.folder)
    Tracker(tracked, silent).begin()
    told = {copy.info.run_name: copy for copy in copies()}
    assert set(told) == {tracked.id, killed.id}
    assert told[killed.id].info.status == "FAILED"
    assert told[killed.id].data.tags["fer.state"] == "lost"


def test_a_run_is_called_as_a_person_calls_it(tracked: Run, tiny_recipe: Recipe) -> None:
    tracker = Tracker(tracked, silent)
    tracker.begin()
    (copy,) = copies()
    assert copy.info.run_name == tracked.id
    assert copy.data.tags["mlflow.note.content"] == tiny_recipe.description

    label_run(tracked, title="wider", note="twice the channels")
    tracker.end(RunState.finished)
    (copy,) = copies()
    assert copy.info.run_name == "wider"
    assert copy.data.tags["mlflow.note.content"] == "twice the channels"

    # Renamed long after its end: the next run tells MLflow.
    label_run(tracked, title="", note="the best so far")
    Tracker(Run.begin(tiny_recipe, "drawn_faces"), silent).begin()
    copy = next(copy for copy in copies() if copy.data.tags["fer.run"] == tracked.id)
    assert copy.info.run_name == tracked.id
    assert copy.data.tags["mlflow.note.content"] == "the best so far"


def test_an_unreachable_server_is_told_once_and_later_sent_everything(
    tracked: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    told: list[str] = []
    tracker = Tracker(tracked, told.append)
    tracker.begin()
    finish_epochs(tracked, 1)
    tracker.send_epochs()
    (line,) = told
    assert line.startswith("MLflow at http://127.0.0.1:9 does not take the run's figures: ")
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    finish_epochs(tracked, 2)
    tracker.send_epochs()
    (copy,) = copies()
    assert losses(copy) == LOSSES[:2]
    assert len(told) == 1


def test_a_run_that_never_began_leaves_no_trace(tracked: Run) -> None:
    Tracker(tracked, silent).end(RunState.stopped, "on request")
    assert copies() == []


def test_a_teams_server_is_where_the_variable_says(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracking_uri() == f"sqlite:///{runs}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example")
    assert tracking_uri() == "https://mlflow.example"
