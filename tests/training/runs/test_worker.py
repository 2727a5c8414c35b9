"""A run's work is done once, whatever interrupts it, and its end is always told."""

import errno
import json
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import FerError, TrainingStopped
from fer_core.training import cross_validation, engine, export, preparation
from fer_core.training.recipe import Recipe, recipe_from_dict
from fer_core.training.recipe_sections import CrossValidation
from fer_core.training.runs import (
    Run,
    RunState,
    finish,
    list_runs,
    stop,
)
from fer_core.training.runs.launcher import claim
from fer_core.training.runs.worker import Worker
from fer_core.zoo.card import REPORT_FILE, ModelCard

ROOT = Path(__file__).resolve().parents[3]
OPTIMIZATION = {"epochs": 2, "batch_size": 8, "warmup_epochs": 0}


def recipe(**optimization: Any) -> Recipe:
    """A network of some hundred weights."""
    return recipe_from_dict(
        {
            "name": "tiny",
            "architecture": {"name": "se_resnet", "settings": {"widths": [8], "blocks": 1}},
            "optimization": OPTIMIZATION | optimization,
        }
    )


class Attempt:
    """A run worked on within this process.

    Attributes:
        told: Its lines of progress.
        after_first_epoch: What somebody does then.
    """

    def __init__(self, run: Run, data: FaceDataset | None) -> None:
        self.run, self.data = run, data
        self.told: list[str] = []
        self.after_first_epoch: Callable[[Run], object] = str

    def hear(self, line: str) -> None:
        self.told.append(line)
        if line.startswith("epoch 1/"):
            self.after_first_epoch(self.run)

    def work(self, finish: bool = False) -> None:
        lock = claim(self.run, finish)
        try:
            Worker(self.run, self.hear, self.data).work()
        finally:
            lock.release()


@pytest.fixture
def attempt(tracked_runs: Path, few_faces: FaceDataset) -> Attempt:
    return Attempt(Run.begin(recipe(), "drawn_faces"), few_faces)


# --- Within this process ---


def test_a_run_is_trained_exported_and_finished(attempt: Attempt) -> None:
    attempt.work()
    status = attempt.run.status()
    assert (status.state, status.epoch, status.pid) == (RunState.finished, 2, None)
    assert [line.split()[:2] for line in attempt.told[:2]] == [["epoch", "1/2"], ["epoch", "2/2"]]
    card = ModelCard.read(attempt.run.model_folder)
    assert attempt.told[2].startswith("PublicTest: accuracy ")
    assert card.metrics["PublicTest"]["n"] == 14


def test_folds_are_scored_and_a_run_stopped_among_them_goes_on(
    tracked_runs: Path, few_faces: FaceDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = CrossValidation(folds=3, by="picture")
    attempt = Attempt(Run.begin(replace(recipe(), cross_validation=plan), "drawn_faces"), few_faces)
    fit, places = engine.fit, []

    def fit_until_the_third(*args: Any, **kwargs: Any) -> Any:
        places.append(args[2].name)
        if places == [attempt.run.id, "fold-1", "fold-2"]:
            raise TrainingStopped("Stopped on request.")
        return fit(*args, **kwargs)

    for module in (engine, cross_validation):
        monkeypatch.setattr(module, "fit", fit_until_the_third)
    with pytest.raises(TrainingStopped):
        attempt.work()
    attempt.told.clear()
    attempt.work()
    assert not any(line.startswith("epoch") for line in attempt.told)  # the run's own were done
    report = json.loads((attempt.run.model_folder / REPORT_FILE).read_text())
    found = report["cross_validation"]
    assert (found["folds"], found["by"], found["epochs"]) == (3, "picture", 2)
    assert [row["n"] for row in found["each"]] == [24, 23, 23]
    assert found["pooled"]["n"] == len(few_faces.images) == 70
    right = sum(row["n"] * row["accuracy"] for row in found["each"])
    assert found["pooled"]["accuracy"] == pytest.approx(right / 70)


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


def test_a_failed_run_keeps_its_weights_and_goes_on_where_it_failed(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(export, "export_model", raising(OSError(errno.ENOSPC, "No space left")))
        with pytest.raises(FerError, match=rf"Run {attempt.run.id} failed\. The disk of .* full"):
            attempt.work()
    status = attempt.run.status()
    assert (status.state, status.epoch) == (RunState.failed, 2)
    assert status.reason.startswith("The disk of ")
    assert (attempt.run.folder / engine.WEIGHTS_FILE).stat().st_size > 0

    attempt.told.clear()
    attempt.work()
    assert attempt.run.status().state is RunState.finished
    assert not any(line.startswith("epoch") for line in attempt.told)  # none is done again


@pytest.mark.parametrize(
    ("error", "reason", "traced"),
    [
        (ZeroDivisionError("a\nb"), "Unexpected ZeroDivisionError: a b", True),
        (FerError("ONNX differs from Keras."), "ONNX differs from Keras.", False),
    ],
    ids=["bug", "told"],
)
def test_the_reason_is_one_line_and_only_a_bug_is_traced(
    attempt: Attempt,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    reason: str,
    traced: bool,
) -> None:
    monkeypatch.setattr(engine, "fit", raising(error))
    with pytest.raises(FerError) as caught:
        attempt.work()
    assert str(caught.value) == f"Run {attempt.run.id} failed. {reason}"
    assert attempt.run.status().reason == reason
    assert ("Traceback" in attempt.run.log_tail()) is traced


def test_a_run_whose_folder_is_deleted_under_it_ends_in_one_line(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleted(*args: Any, **kwargs: Any) -> Any:
        shutil.rmtree(attempt.run.folder)
        (attempt.run.folder / "history.csv").open("a")

    monkeypatch.setattr(engine, "fit", deleted)
    with pytest.raises(FerError, match=r"failed\. Unexpected FileNotFoundError: .*history\.csv"):
        attempt.work()
    assert list_runs() == []


def test_bad_data_is_the_reason(tracked_runs: Path, tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("emotion,pixels,Usage\n9,1 2 3,Training\n")
    attempt = Attempt(Run.begin(recipe(), str(tmp_path / "faces.csv")), None)
    with pytest.raises(FerError, match=r"faces\.csv, line 2"):
        attempt.work()
    assert attempt.run.status().state is RunState.failed
    assert "line 2" in attempt.run.status().reason


def test_a_loss_that_is_no_number_is_the_reason(tracked_runs: Path, few_faces: FaceDataset) -> None:
    attempt = Attempt(Run.begin(recipe(learning_rate=1e9), "drawn_faces"), few_faces)
    with pytest.raises(FerError, match="Training diverged"):
        attempt.work()
    assert "Lower optimization.learning_rate" in attempt.run.status().reason


def test_told_to_finish_a_run_keeps_the_epochs_that_it_has(attempt: Attempt) -> None:
    attempt.after_first_epoch = finish
    attempt.work()
    status = attempt.run.status()
    assert (status.state, status.epoch) == (RunState.finished, 1)
    assert status.reason == "finished on request after 1 of 2 epochs"
    assert ModelCard.read(attempt.run.model_folder).metrics["PublicTest"]["n"] == 14


def test_a_stopped_run_is_finished_without_another_epoch(attempt: Attempt) -> None:
    attempt.after_first_epoch = stop
    with pytest.raises(TrainingStopped):
        attempt.work()
    attempt.told.clear()
    attempt.work(finish=True)
    assert not any(line.startswith("epoch") for line in attempt.told)
    status = attempt.run.status()
    assert (status.state, status.epoch) == (RunState.finished, 1)
    report = json.loads((attempt.run.model_folder / REPORT_FILE).read_text())
    assert len(report["history"]) == 1


def test_resumed_a_run_that_was_to_finish_trains_to_its_end(attempt: Attempt) -> None:
    def finish_and_stop(run: Run) -> None:
        finish(run)
        raise TrainingStopped("Stopped on request.")

    attempt.after_first_epoch = finish_and_stop
    with pytest.raises(TrainingStopped):
        attempt.work()
    attempt.work()
    status = attempt.run.status()
    assert (status.state, status.epoch, status.reason) == (RunState.finished, 2, "")


def test_asked_to_stop_while_it_loads_a_run_trains_nothing(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(recipe: Recipe, data: FaceDataset) -> FaceDataset:
        stop(attempt.run)
        return data

    monkeypatch.setattr(preparation, "prepare", slow)
    attempt.data = None
    with pytest.raises(TrainingStopped, match=rf"goes on with: .* runs resume {attempt.run.id}"):
        attempt.work()
    status = attempt.run.status()
    assert (status.state, status.epoch) == (RunState.stopped, 0)
    assert status.reason == "stopped on request, 0 of 2 epochs done"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_to_stop_and_a_second_one_has_its_usual_effect(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    usual, fit = signal.getsignal(number), engine.fit

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        signal.raise_signal(number)
        assert signal.getsignal(number) is usual
        return fit(*args, **kwargs)

    monkeypatch.setattr(engine, "fit", interrupted)
    with pytest.raises(TrainingStopped):
        attempt.work()
    assert attempt.run.status().state is RunState.stopped


def test_a_signal_that_was_to_be_ignored_still_is(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_the_terminal_closes(*args: Any, **kwargs: Any) -> Any:
        signal.raise_signal(signal.SIGHUP)
        raise FerError("The end of the test.")

    monkeypatch.setattr(engine, "fit", as_the_terminal_closes)
    usual = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with pytest.raises(FerError, match="The end of the test"):
            attempt.work()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, usual)


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_a_clock_that_jumps_while_a_run_trains_changes_no_figure(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    fit, real, seen = engine.fit, time.time, []

    def fit_as_the_clock_is_set(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(time, "time", lambda: real() + jump)
        network = fit(*args, **kwargs)
        seen.append(attempt.run.status())
        return network

    monkeypatch.setattr(engine, "fit", fit_as_the_clock_is_set)
    begun = real()
    attempt.work()
    (status,) = seen
    assert status.state is RunState.running
    assert (status.since or 0.0) <= real() + jump
    ended = attempt.run.status()
    assert (ended.state, ended.epoch) == (RunState.finished, 2)
    assert 0.0 < ended.elapsed_s < real() - begun


@pytest.mark.parametrize("damaged", [1, 2], ids=["the newest", "both"])
def test_a_run_whose_checkpoints_are_damaged_goes_on_from_what_is_whole(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch, damaged: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(export, "export_model", raising(FerError("The end of the first part.")))
        with pytest.raises(FerError, match="The end of the first part"):
            attempt.work()
    (attempt.run.folder / "fitted").unlink()  # as if it had been killed in its last moment
    checkpoints = sorted((attempt.run.folder / engine.CHECKPOINTS).iterdir(), reverse=True)
    assert len(checkpoints) == 2
    for path in checkpoints[:damaged]:
        path.write_bytes(path.read_bytes()[:-2000])

    attempt.told.clear()
    attempt.work()
    epochs = [line.split()[1] for line in attempt.told if line.startswith("epoch")]
    assert epochs == ["2/2", "1/2"][:damaged][::-1]  # only what was lost is done again
    assert attempt.run.status().state is RunState.finished
    assert [row["epoch"] for row in attempt.run.history()] == [1, 2]
