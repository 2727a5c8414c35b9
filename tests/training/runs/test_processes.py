"""Runs as processes of their own: killed at any moment, stopped, and many at once."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.training.recipe import Recipe
from fer_core.training.runs import Run, RunState, RunStatus, launch, list_runs, resume, stop
from fer_core.zoo.card import ModelCard

TEN_S = 600


@pytest.fixture
def no_process_stays(tracked_runs: Path) -> Iterator[None]:
    yield
    for status in list_runs():
        if status.state.active:
            stop(Run.open(status.run), now=True)


def wait(run: Run, until: Callable[[RunStatus], object]) -> RunStatus:
    """Look at a run until it is as wished, or has come to an end that it should not have."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        status = run.status()
        if until(status):
            return status
        assert status.state is not RunState.failed, run.log_tail()
        time.sleep(0.1)
    raise AssertionError(f"{run.status()}\n{run.log_tail()}")


def kill(run: Run) -> None:
    pid = run.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    status = wait(run, lambda status: not status.state.active)
    assert status.state is RunState.lost
    assert "without a word" in status.reason


def trained_epochs(run: Run) -> list[str]:
    """Every epoch that was told as done, in order ("1/4", …)."""
    return [line.split()[1] for line in run.log_tail(999).splitlines() if line[:6] == "epoch "]


@pytest.mark.usefixtures("no_process_stays")
def test_a_run_killed_at_several_moments_ends_as_if_it_never_was(tiny_recipe: Recipe) -> None:
    four = replace(tiny_recipe, optimization=replace(tiny_recipe.optimization, epochs=4))
    run = launch(four, "drawn_faces")
    wait(run, lambda status: status.state is RunState.running)  # it loads its libraries
    kill(run)
    assert run.history() == []

    resume(run)
    wait(run, lambda status: len(trained_epochs(run)) == 2)
    kill(run)
    before = run.history()

    resume(run)
    wait(run, lambda status: status.phase == "exporting")
    kill(run)
    assert not run.model_folder.exists()

    resume(run)
    status = wait(run, lambda status: status.state is RunState.finished)
    assert (status.epoch, status.epochs) == (4, 4)
    assert run.history()[:2] == before
    assert trained_epochs(run) == ["1/4", "2/4", "3/4", "4/4"]
    card = ModelCard.read(run.model_folder)
    accuracy = card.metrics["PublicTest"]["accuracy"]
    # Its statistics are estimated anew at the end, which changes some answers.
    assert accuracy == pytest.approx(status.best["val_accuracy"], abs=0.05)


@pytest.mark.usefixtures("no_process_stays")
def test_runs_wait_for_each_other_and_each_can_be_stopped(tiny_recipe: Recipe) -> None:
    long = replace(tiny_recipe, optimization=replace(tiny_recipe.optimization, epochs=99))
    first, second, third = (launch(r, "drawn_faces") for r in (long, tiny_recipe, long))
    wait(first, lambda status: status.state is RunState.running)
    wait(third, lambda status: third.log_tail())
    assert [run.status().state for run in (second, third)] == [RunState.queued] * 2

    assert stop(third) is False
    wait(third, lambda status: status.state is RunState.stopped)
    wait(first, lambda status: status.epoch >= 1)
    assert second.status().state is RunState.queued
    assert stop(first) is False
    stopped = wait(first, lambda status: status.state is RunState.stopped)
    assert stopped.reason == f"stopped on request, {stopped.epoch} of 99 epochs done"

    resume(first)  # at the end of the queue
    wait(second, lambda status: status.state is RunState.running)
    assert first.status().state is RunState.queued
    wait(second, lambda status: status.state is RunState.finished)
    wait(first, lambda status: status.state is RunState.running)
    assert stop(first, now=True) is True
    assert first.status().epoch == stopped.epoch == len(trained_epochs(first))


@pytest.mark.usefixtures("no_process_stays")
def test_ten_runs_begun_at_once_are_trained_one_after_another(
    tiny_recipe: Recipe, few_faces: FaceDataset, tmp_path: Path
) -> None:
    labels = np.array(few_faces.labels)[few_faces.targets]
    data = tmp_path / "faces.npz"
    np.savez(data, images=few_faces.images, labels=labels, splits=few_faces.splits)
    one = replace(tiny_recipe, optimization=replace(tiny_recipe.optimization, epochs=1))
    ten = [launch(one, str(data)) for _ in range(10)]
    states: set[RunState] = set()
    deadline = time.monotonic() + TEN_S
    while states != {RunState.finished}:
        assert time.monotonic() < deadline, list_runs()
        seen = [status.state for status in list_runs()]
        states = set(seen)
        assert states <= {RunState.queued, RunState.running, RunState.finished}
        assert seen.count(RunState.running) <= 1
        time.sleep(0.1)
    assert all((run.model_folder / "model.onnx").is_file() for run in ten)
