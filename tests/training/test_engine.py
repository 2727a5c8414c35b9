"""A run learns, hands back its best epoch, and goes on where it was cut off."""

import csv
import dataclasses
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.crowd_votes import VOTE_NAMES
from fer_core.datasets.label_sets import LABEL_SETS
from fer_core.domain.errors import DatasetError, RecipeError
from fer_core.preprocessing.crop import to_tensor
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training import engine
from fer_core.training.history import read_history
from fer_core.training.network import load_network
from fer_core.training.preparation import prepare
from fer_core.training.recipe import Recipe, load_recipe, recipe_from_dict
from fer_core.training.snapshot import read_snapshot

# FER2013's seven classes, in its order, as FER+ calls them.
FER7_IN_VOTES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
CONFIGS = sorted((Path(__file__).resolve().parents[2] / "configs").glob("*.toml"))


def recipe_with(**sections: Any) -> Recipe:
    """A recipe of one epoch for the tiny network, with sections changed as asked."""
    table = {
        "name": "tiny",
        "architecture": {"name": "se_resnet", "settings": {"widths": [8], "blocks": 1}},
        "optimization": {"epochs": 1, "batch_size": 16, "warmup_epochs": 0},
    }
    return recipe_from_dict(table | sections)


def ignore(report: object) -> None:
    """Receive a report and do nothing."""


# --- A run ---


def test_a_run_learns(tiny_run: Any) -> None:
    first, last = tiny_run.reports[0].metrics, tiny_run.reports[-1].metrics
    assert last["loss"] < first["loss"]
    assert last["accuracy"] > 2 / 7  # twice chance
    assert [report.epoch for report in tiny_run.reports] == [1, 2]


def test_the_best_epochs_weights_come_back_in_float32(
    tiny_run: Any, drawn_faces: FaceDataset
) -> None:
    part = drawn_faces.split("PublicTest")
    faces = to_tensor(part.images, PreprocessSpec())
    logits = tiny_run.network.predict(faces, verbose=0)
    assert logits.dtype == np.float32
    accuracy = (logits.argmax(axis=1) == part.targets).mean()
    best = max(report.metrics["val_accuracy"] for report in tiny_run.reports)
    assert tiny_run.reports[-1].best_accuracy == best
    # Its statistics are estimated anew, which changes some answers, for the better as a rule.
    assert accuracy >= best - 0.05


def test_a_run_leaves_its_history(tiny_run: Any) -> None:
    assert {path.name for path in tiny_run.folder.iterdir()} == {
        *("best.weights.h5", "history.csv", "validation.npz", "checkpoints", "fitted")
    }
    with (tiny_run.folder / "history.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["val_accuracy"]) for row in rows] == pytest.approx(
        [report.metrics["val_accuracy"] for report in tiny_run.reports]
    )


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_recipe_that_ships_can_take_its_first_steps(
    path: Path, faces_for: Callable[[Recipe], FaceDataset], tmp_path: Path
) -> None:
    short = ("optimization.epochs=1", "optimization.warmup_epochs=0", "optimization.batch_size=28")
    recipe = load_recipe(path, short)
    if recipe.holdout is not None:
        recipe = load_recipe(path, (*short, "holdout.size=14"))
    reports: list[Any] = []
    network = engine.fit(recipe, prepare(recipe, faces_for(recipe)), tmp_path, reports.append)
    assert len(reports) == 1
    assert math.isfinite(reports[0].metrics["loss"])
    assert all(np.isfinite(weights).all() for weights in network.get_weights())
    assert keras.config.dtype_policy().name == "float32"  # whatever the recipe trained in


def test_none_right_is_a_result_too(few_faces: FaceDataset, tmp_path: Path) -> None:
    targets = np.where(few_faces.splits == "PublicTest", 0, 6)
    data = FaceDataset(
        *("All wrong", few_faces.labels, few_faces.images, targets, few_faces.splits)
    )
    reports: list[Any] = []
    engine.fit(
        recipe_with(
            optimization={"epochs": 1, "batch_size": 8, "warmup_epochs": 0, "learning_rate": 0.5}
            | {"ema": 0.0, "momentum": 0.0}
        ),
        data,
        tmp_path,
        reports.append,
    )
    assert reports[0].best_accuracy == 0


# --- What goes wrong ---


def test_a_run_that_diverges_is_told(few_faces: FaceDataset, tmp_path: Path) -> None:
    recipe = recipe_with(
        optimization={"epochs": 2, "batch_size": 8, "warmup_epochs": 0, "learning_rate": 1e9}
    )
    with pytest.raises(RecipeError, match=r"Training diverged .* Lower optimization\.learning_r"):
        engine.fit(recipe, few_faces, tmp_path, ignore)


@pytest.mark.parametrize("key", ["train_split", "selection_split"])
def test_a_missing_split_is_told_before_anything_is_built(
    key: str, few_faces: FaceDataset, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match=r"no split 'Validation': expected one of PublicTest"):
        engine.fit(recipe_with(**{key: "Validation"}), few_faces, tmp_path, ignore)
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_the_architecture_does_not_take_is_told(
    few_faces: FaceDataset, tmp_path: Path
) -> None:
    recipe = recipe_with(
        architecture={"name": "se_resnet", "settings": {"colour": 1}}, precision="mixed_bfloat16"
    )
    with pytest.raises(RecipeError, match="'se_resnet' does not take these settings"):
        engine.fit(recipe, few_faces, tmp_path, ignore)
    assert keras.config.dtype_policy().name == "float32"


def few(data: FaceDataset, training: int) -> FaceDataset:
    """The first training pictures, and 20 to select on."""
    kept = np.flatnonzero(data.splits == "Training")[:training]
    held = np.flatnonzero(data.splits == "PublicTest")[:20]
    return data.part(np.concatenate([kept, held]))


def test_no_picture_is_left_alone_in_a_batch(drawn_faces: FaceDataset, tmp_path: Path) -> None:
    # Seventeen by sixteen would leave one, and TensorFlow 2.21 crashes on it.
    engine.fit(recipe_with(), few(drawn_faces, 17), tmp_path, ignore)
    with pytest.raises(DatasetError, match="two or more training pictures, got 1"):
        engine.fit(recipe_with(), few(drawn_faces, 1), tmp_path, ignore)


# --- Two heads ---


def votes_for(data: FaceDataset) -> FaceDataset:
    """The data with ten votes for each picture's own class."""
    of_class = keras.ops.convert_to_numpy(keras.ops.one_hot(data.targets, 7)).astype(np.int64)
    votes = np.zeros((len(data.targets), len(VOTE_NAMES)), np.int64)
    votes[:, [VOTE_NAMES.index(name) for name in FER7_IN_VOTES]] = 10 * of_class
    return dataclasses.replace(data, votes=votes)


def learnt_by_heart(data: FaceDataset) -> np.ndarray:
    """The pictures, with those of PublicTest replaced by training pictures of their class."""
    images = data.images.copy()
    for i in np.flatnonzero(data.splits == "PublicTest"):
        same = (data.splits == "Training") & (data.targets == data.targets[i])
        images[i] = data.images[same][0]
    return images


def test_a_second_head_learns_the_votes(few_faces: FaceDataset, tmp_path: Path) -> None:
    recipe = recipe_with(
        labels="fer7",
        targets={"auxiliary": "ferplus8"},
        architecture={"name": "se_resnet", "settings": {"widths": [8, 16, 32], "dropout": 0.0}},
        optimization={"epochs": 15, "batch_size": 8, "learning_rate": 0.05},
    )
    data = prepare(recipe, votes_for(few_faces))
    # Selected on what it is trained on: what is asked is whether it learns, not what it learned.
    data = dataclasses.replace(data, images=learnt_by_heart(data))
    engine.fit(recipe, data, tmp_path, ignore)
    second = load_network(recipe, 7, tmp_path / engine.WEIGHTS_FILE, auxiliary=True)
    assert second.output_shape == (None, 8)
    training = data.split("Training")
    answers = second.predict(to_tensor(training.images, PreprocessSpec()), verbose=0).argmax(axis=1)
    labels = LABEL_SETS["ferplus8"].labels
    right = [labels[a] == data.labels[t] for a, t in zip(answers, training.targets, strict=True)]
    assert np.mean(right) > 2 / 7  # twice chance, and that on another order of classes


# --- Going on ---


class KilledError(Exception):
    """Stands for a process that ends without warning."""


def test_a_killed_run_goes_on_after_its_last_whole_epoch(
    few_faces: FaceDataset, tmp_path: Path
) -> None:
    recipe = recipe_with(
        optimization={"epochs": 4, "batch_size": 8, "ema": 0.9, "optimizer": "adam"}
        | {"learning_rate": 1e-3}
    )

    class Kill(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            if self.model.optimizer.iterations >= 7 * 2 + 3:  # in the third epoch of seven steps
                raise KilledError

    with pytest.raises(KilledError):
        engine.fit(recipe, few_faces, tmp_path, ignore, callbacks=[Kill()])
    first = read_history(tmp_path)
    assert [row["epoch"] for row in first] == [1, 2]

    steps: list[int] = []

    class CountSteps(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            steps.append(int(self.model.optimizer.iterations))

    engine.fit(recipe, few_faces, tmp_path, ignore, callbacks=[CountSteps()])
    assert steps == list(range(15, 29))  # Adam's own counter came back too
    rows = read_history(tmp_path)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4]
    assert rows[:2] == first

    reports: list[Any] = []
    engine.fit(recipe, few_faces, tmp_path, reports.append)  # once fitted, nothing is left to do
    assert reports == []


def test_history_beyond_the_last_checkpoint_is_done_again(
    few_faces: FaceDataset, tmp_path: Path
) -> None:
    recipe = recipe_with(optimization={"epochs": 2, "batch_size": 28})
    engine.fit(recipe, few_faces, tmp_path, ignore)
    (tmp_path / "fitted").unlink()
    (tmp_path / "checkpoints" / "epoch-0002.weights.h5").unlink()
    with (tmp_path / "history.csv").open("a") as stream:
        stream.write("2,0.5")  # cut off while a row was written
    reports: list[Any] = []
    engine.fit(recipe, few_faces, tmp_path, reports.append)
    assert [report.epoch for report in reports] == [2]
    assert [row["epoch"] for row in read_history(tmp_path)] == [1, 2]


def test_a_run_that_had_stopped_early_trains_no_further(
    few_faces: FaceDataset, tmp_path: Path
) -> None:
    recipe = recipe_with(
        optimization={"epochs": 9, "batch_size": 28, "early_stopping": 1}
        | {"plateau_min_delta": 100.0, "warmup_epochs": 0}
    )
    engine.fit(recipe, few_faces, tmp_path, ignore)
    assert [row["epoch"] for row in read_history(tmp_path)] == [1, 2]
    (tmp_path / "fitted").unlink()  # as a kill right after the last checkpoint leaves it
    reports: list[Any] = []
    engine.fit(recipe, few_faces, tmp_path, reports.append)
    assert reports == []


def test_a_history_without_seconds_goes_on_with_them(
    few_faces: FaceDataset, tmp_path: Path
) -> None:
    recipe = recipe_with(optimization={"epochs": 3, "batch_size": 28, "warmup_epochs": 0})
    engine.fit(recipe, few_faces, tmp_path, ignore)
    whole = read_history(tmp_path)
    assert all(row["seconds"] > 0 for row in whole)
    # As a version of before left it after two epochs, its columns in another order too.
    (tmp_path / "fitted").unlink()
    (tmp_path / "checkpoints" / "epoch-0003.weights.h5").unlink()
    names = [name for name in reversed(whole[0]) if name != "seconds"]
    with (tmp_path / "history.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row | {"epoch": row["epoch"] - 1} for row in whole[:2])
    reports: list[Any] = []
    engine.fit(recipe, few_faces, tmp_path, reports.append)
    *old, new = read_history(tmp_path)
    assert old == [row | {"seconds": 0} for row in whole[:2]]
    (report,) = reports
    assert new == pytest.approx(report.metrics | {"epoch": 3})  # each under its own name
    assert new["seconds"] > 0


# --- Any backend ---

OTHER_BACKEND = """
import sys
from pathlib import Path
import keras
from fer_core.datasets.base import open_dataset
from fer_core.training.engine import fit
from fer_core.training.recipe import load_recipe

assert keras.backend.backend() == "jax"
recipe = load_recipe(sys.argv[1], ("optimization.epochs=1", "optimization.warmup_epochs=0",
    "augmentation.mixup=0.3", "augmentation.cutmix=0.3", "augmentation.cutout=0.3"))
data = open_dataset("drawn_faces")
fit(recipe, data.part(slice(None, None, 14)), Path(sys.argv[2]), lambda report: None)
"""


def test_the_same_recipe_runs_on_another_backend(tmp_path: Path) -> None:
    root = CONFIGS[0].parents[1]
    done = subprocess.run(
        [sys.executable, "-c", OTHER_BACKEND, str(root / "configs/quickstart.toml"), str(tmp_path)],
        cwd=root,
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (row,) = read_history(tmp_path)
    assert math.isfinite(row["val_loss"])
    snapshot = read_snapshot(tmp_path)
    assert snapshot is not None
    right = np.trace(snapshot.confusion) / snapshot.confusion.sum()
    assert right == pytest.approx(row["val_accuracy"])
