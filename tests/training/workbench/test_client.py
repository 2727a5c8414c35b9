"""The workbench answers many threads, outlives its child, and leaves none behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import FerError
from fer_core.training.recipe import Recipe
from fer_core.training.runs.process import ProcessIdentity
from fer_core.training.workbench import Workbench, client

ROOT = Path(__file__).resolve().parents[3]


def child_of(bench: Workbench) -> ProcessIdentity:
    assert bench._child is not None
    return ProcessIdentity.of(bench._child.pid)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_faces_are_shown_as_training_shows_them(
    workbench: Workbench, tiny_recipe: Recipe, few_faces: FaceDataset
) -> None:
    from fer_core.training.workbench.preview import augmented

    shown = workbench.preview(tiny_recipe, few_faces.images[:5], 3)
    assert shown.dtype == np.uint8
    assert np.array_equal(shown, augmented(tiny_recipe, few_faces.images[:5], 3))


def test_threads_take_turns_and_each_gets_its_own_answer(
    workbench: Workbench, tiny_recipe: Recipe, few_faces: FaceDataset
) -> None:
    def ask(count: int) -> int:
        return len(workbench.preview(tiny_recipe, few_faces.images[:count], count))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(1, 25))) == list(range(1, 25))


def test_a_recipe_is_tried(workbench: Workbench, tiny_recipe: Recipe) -> None:
    probe = workbench.probe(tiny_recipe, "drawn_faces")
    assert probe.seconds_per_epoch > 0
    assert probe.parameters > 10_000
    before = child_of(workbench)
    with pytest.raises(FerError, match=r"No data at '/nowhere'"):
        workbench.probe(tiny_recipe, "/nowhere")
    with pytest.raises(FerError, match="has no split 'Nowhere'"):
        workbench.probe(replace(tiny_recipe, train_split="Nowhere"), "drawn_faces")
    assert child_of(workbench) == before  # a refusal is no failure


def test_a_model_is_converted(workbench: Workbench, tiny_models: Path, tmp_path: Path) -> None:
    target = tmp_path / "model.tflite"
    workbench.tflite(tiny_models / "default" / "model.keras", target)
    assert target.read_bytes()[4:8] == b"TFL3"
    with pytest.raises(FerError, match="is not a Keras model that is safe to load"):
        workbench.tflite(tmp_path / "nothing.keras", target)
    assert target.exists()


def test_where_keras_runs_on_something_else_there_is_no_tensorflow_lite(
    tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with Workbench() as bench, pytest.raises(FerError, match="expects Keras on TensorFlow, got j"):
        bench.tflite(tiny_models / "default" / "model.keras", tmp_path / "model.tflite")
    assert not list(tmp_path.iterdir())


def test_a_dead_child_is_replaced(
    workbench: Workbench, tiny_recipe: Recipe, few_faces: FaceDataset
) -> None:
    workbench.preview(tiny_recipe, few_faces.images[:2], 1)
    before = child_of(workbench)
    os.kill(before.pid, signal.SIGKILL)
    until(lambda: workbench._child is None or workbench._child.poll() is not None)
    assert len(workbench.preview(tiny_recipe, few_faces.images[:2], 1)) == 2
    assert child_of(workbench) != before


def test_a_child_that_dies_at_work_is_told_once(
    workbench: Workbench, tiny_recipe: Recipe, few_faces: FaceDataset
) -> None:
    workbench.preview(tiny_recipe, few_faces.images[:2], 1)
    pid = child_of(workbench).pid
    os.kill(pid, signal.SIGSTOP)  # or it might be done before it is killed
    threading.Timer(0.5, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(FerError, match=r"asked for probe died \(exit code -9\), probably out of m"):
        workbench.probe(tiny_recipe, "drawn_faces")
    assert len(workbench.preview(tiny_recipe, few_faces.images[:2], 1)) == 2


def test_what_takes_too_long_is_given_up(
    tiny_recipe: Recipe, few_faces: FaceDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PREVIEW_PATIENCE_S", 0.2)
    with Workbench() as bench:
        many = np.repeat(few_faces.images, 100, axis=0)  # more than a pipe holds
        with pytest.raises(FerError, match="No answer to preview within 0 seconds, so it was give"):
            bench.preview(tiny_recipe, many, 1)
        assert bench._child is None


def test_nothing_is_started_before_it_is_needed_nor_stays_after(
    tiny_recipe: Recipe, few_faces: FaceDataset
) -> None:
    with Workbench() as bench:
        assert bench._child is None
        bench.preview(tiny_recipe, few_faces.images[:2], 1)
        child = child_of(bench)
    assert not child.lives_here()
    bench.close()  # again


PARENT = """
import os, signal, sys, threading, time
from fer_core.training.recipe import load_recipe
from fer_core.training.workbench import Workbench
bench = Workbench()
recipe = load_recipe("configs/quickstart.toml")
threading.Thread(target=lambda: bench.probe(recipe, "drawn_faces"), daemon=True).start()
while bench._child is None:
    time.sleep(0.01)
print(bench._child.pid, flush=True)
time.sleep(600)
"""


def test_the_child_ends_with_its_parent_however_that_ends() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = ProcessIdentity.of(int(parent.stdout.readline()))
        time.sleep(1.0)  # in the midst of its work
        assert child.lives_here()
        parent.kill()
        until(lambda: not child.lives_here())
