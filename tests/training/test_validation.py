"""While a run trains it leaves what its averaged weights say, seldom enough to cost little."""

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.preprocessing.crop import to_tensor
from fer_core.training import engine, validation
from fer_core.training.history import read_history
from fer_core.training.network import load_network
from fer_core.training.preparation import prepare, uint8_inputs
from fer_core.training.recipe import Recipe, recipe_from_dict
from fer_core.training.snapshot import ValidationSnapshot, read_snapshot
from fer_core.training.validation import WORST_MISTAKES, SaveValidation


def recipe_with(epochs: int, ema: float = 0.9, **sections: Any) -> Recipe:
    table = {
        "name": "tiny",
        "architecture": {"name": "se_resnet", "settings": {"widths": [8], "blocks": 1}},
        "optimization": {"epochs": epochs, "batch_size": 8, "warmup_epochs": 0, "ema": ema},
    }
    return recipe_from_dict(table | sections)


def fit(recipe: Recipe, data: FaceDataset, folder: Path) -> ValidationSnapshot:
    engine.fit(recipe, data, folder, lambda report: None)
    snapshot = read_snapshot(folder)
    assert snapshot is not None
    return snapshot


# --- What it holds ---


def test_the_averaged_weights_are_asked(
    few_faces: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    averaged: list[bool] = []
    read = SaveValidation._logits

    def watched(saving: SaveValidation) -> np.ndarray:
        averages = saving.model.optimizer._model_variables_moving_average
        pairs = zip(saving.network.trainable_variables, averages, strict=True)
        averaged.append(all(np.array_equal(a.numpy(), b.numpy()) for a, b in pairs))
        return read(saving)

    monkeypatch.setattr(SaveValidation, "_logits", watched)
    snapshot = fit(recipe_with(epochs=2), few_faces, tmp_path)
    assert averaged == [True, True]
    assert (snapshot.epoch, snapshot.labels) == (2, few_faces.labels)
    assert snapshot.confusion.sum() == 14
    right = np.trace(snapshot.confusion) / 14
    assert right == pytest.approx(read_history(tmp_path)[-1]["val_accuracy"])


def test_the_worst_mistakes_are_shown_as_the_data_has_them(
    few_faces: FaceDataset, tmp_path: Path
) -> None:
    # Without an average, what is kept is just what was asked.
    recipe = recipe_with(epochs=1, ema=0.0, preprocess={"size_hw": [32, 32]})
    snapshot = fit(recipe, few_faces, tmp_path)
    selection = few_faces.split("PublicTest")
    network = load_network(recipe, 7, tmp_path / engine.WEIGHTS_FILE)
    pixels = uint8_inputs(selection.images, recipe.preprocess)
    logits = network.predict(to_tensor(pixels, recipe.preprocess), verbose=0)
    wrong = np.flatnonzero(logits.argmax(axis=1) != selection.targets)
    assert sorted(snapshot.positions.tolist()) == wrong.tolist()
    assert np.array_equal(snapshot.images, selection.images[snapshot.positions])
    said = [few_faces.labels[i] for i in logits[snapshot.positions].argmax(axis=1)]
    assert snapshot.predicted == tuple(said)
    assert snapshot.true == tuple(
        few_faces.labels[i] for i in selection.targets[snapshot.positions]
    )
    assert (np.diff(snapshot.confidence) <= 0).all()


def test_only_some_mistakes_are_shown(drawn_faces: FaceDataset, tmp_path: Path) -> None:
    data = drawn_faces.part(np.r_[0:32, np.flatnonzero(drawn_faces.splits == "PublicTest")])
    snapshot = fit(recipe_with(epochs=1), data, tmp_path)
    assert snapshot.confusion.sum() == 280
    assert len(snapshot.images) == WORST_MISTAKES


def test_of_two_heads_the_first_is_asked(
    faces_for: Callable[[Recipe], FaceDataset], tmp_path: Path
) -> None:
    recipe = recipe_with(epochs=1, labels="fer7", targets={"auxiliary": "ferplus8"})
    snapshot = fit(recipe, prepare(recipe, faces_for(recipe)), tmp_path)
    assert snapshot.confusion.shape == (7, 7)


# --- When ---


@pytest.fixture
def taken(
    few_faces: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[int], tuple[float, float]]], list[int]]:
    """Call with what an epoch and a reading of it take: the epochs of 23 that are read."""

    def run(seconds_of: Callable[[int], tuple[float, float]]) -> list[int]:
        clock = [0.0]
        monkeypatch.setattr(time, "perf_counter", lambda: clock[0])
        selection = few_faces.split("PublicTest")
        epochs: list[int] = []

        class Reading(SaveValidation):
            def _logits(self) -> np.ndarray:
                clock[0] += seconds_of(self._epoch)[1]
                epochs.append(self._epoch)
                return np.zeros((14, 7), np.float32)

        recipe = recipe_with(epochs=23)
        pixels = uint8_inputs(selection.images, recipe.preprocess)
        saving = Reading(None, selection, pixels, recipe.preprocess, tmp_path)
        saving.set_params({"epochs": 23})
        for epoch in range(23):
            saving.on_epoch_begin(epoch)
            clock[0] += seconds_of(epoch + 1)[0]
            saving.on_test_end({})
        return epochs

    return run


def test_the_first_every_fifth_and_the_last_epoch_are_read(taken: Any) -> None:
    assert taken(lambda epoch: (100.0, 1.0)) == [1, 5, 10, 15, 20, 23]


def test_what_took_too_long_is_passed_over(taken: Any) -> None:
    # Fifteen seconds are more than a fiftieth of 100 seconds an epoch until eight have passed.
    assert taken(lambda epoch: (100.0, 15.0)) == [1, 10, 20, 23]
    # The first reading builds the graph too; those after it are quick.
    assert taken(lambda epoch: (100.0, 10.0 if epoch == 1 else 1.0)) == [1, 10, 15, 20, 23]


# --- What it must not do ---


def test_training_is_the_same_without_it(
    few_faces: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_with(epochs=2)
    histories = []
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
        engine.fit(recipe, few_faces, tmp_path / name, lambda report: None)
        histories.append([row | {"seconds": 0} for row in read_history(tmp_path / name)])
        monkeypatch.setattr(SaveValidation, "on_test_end", lambda self, logs=None: None)
    assert read_snapshot(tmp_path / "without") is None
    for one, other in zip(*histories, strict=True):
        assert one == pytest.approx(other, rel=1e-4)


def test_a_full_disk_ends_no_training(
    few_faces: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, snapshot: ValidationSnapshot) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(validation, "write_snapshot", full)
    engine.fit(recipe_with(epochs=2), few_faces, tmp_path, lambda report: None)
    assert len(read_history(tmp_path)) == 2
    assert read_snapshot(tmp_path) is None


def test_answers_that_are_no_numbers_leave_the_older_snapshot(
    few_faces: FaceDataset, tmp_path: Path
) -> None:
    recipe = recipe_with(epochs=2)
    older = fit(recipe, few_faces, tmp_path)
    selection = few_faces.split("PublicTest")
    pixels = uint8_inputs(selection.images, recipe.preprocess)
    network = load_network(recipe, 7, tmp_path / engine.WEIGHTS_FILE)
    network.set_weights([np.full_like(weight, np.nan) for weight in network.get_weights()])
    saving = SaveValidation(network, selection, pixels, recipe.preprocess, tmp_path)
    saving.set_params({"epochs": 1})
    saving.on_epoch_begin(0)
    saving.on_test_end({})
    left = read_snapshot(tmp_path)
    assert left is not None
    assert left.epoch == older.epoch
