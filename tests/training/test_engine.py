"""Training sees what serving will see, learns, and hands back the best epoch."""

import csv
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.detection.full_frame import whole_image
from fer_core.domain.errors import DatasetError, RecipeError
from fer_core.preprocessing.crop import crop_faces, to_tensor
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training import engine
from fer_core.training.recipe import Recipe, load_recipe, recipe_from_dict

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


# --- One conversion ---


@pytest.mark.parametrize(
    "spec",
    [
        PreprocessSpec(),
        PreprocessSpec(scale=1 / 255, offset=0.0),
        PreprocessSpec(scale=0.0078, offset=-0.97),
        PreprocessSpec((64, 64), channels=3, enhance=("clahe", "gamma"), margin=0.2),
        PreprocessSpec((40, 56), enhance=("denoise", "equalize"), align=False),
    ],
    ids=["default", "1/255", "odd scale", "colour", "shrunk"],
)
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_training_sample_and_the_same_crop_served_give_identical_tensors(
    drawn_faces: FaceDataset, spec: PreprocessSpec, precision: str
) -> None:
    recipe = recipe_with(
        preprocess=spec.to_dict() | {"size_hw": list(spec.size_hw), "enhance": list(spec.enhance)},
        augmentation={"flip": True, "rotation_deg": 10, "cutout": 0.5},
        precision=precision,
    )
    samples = drawn_faces.images[::50]
    served = np.concatenate([crop_faces(sample, [whole_image(48, 48)], spec) for sample in samples])

    # The training model around a network that answers with its own input.
    face = keras.Input(spec.input_shape)
    mirror = keras.Model(face, keras.layers.Identity(dtype="float32")(face))
    trained_on = engine._training_model(mirror, recipe, steps=1).predict(
        engine.uint8_inputs(samples, spec), verbose=0
    )

    assert served.dtype == trained_on.dtype == np.float32
    assert served.shape == trained_on.shape == (len(samples), *spec.input_shape)
    assert np.abs(served - trained_on).max() == 0


def test_exported_tensors_are_the_same_again(drawn_faces: FaceDataset) -> None:
    """Export converts whole arrays at once instead of face by face."""
    spec = PreprocessSpec(enhance=("clahe",))
    samples = drawn_faces.images[::50]
    one_by_one = [crop_faces(sample, [whole_image(48, 48)], spec) for sample in samples]
    at_once = to_tensor(engine.uint8_inputs(samples, spec), spec)
    assert np.array_equal(at_once, np.concatenate(one_by_one))


def test_inputs_of_the_right_size_are_the_pictures_themselves(drawn_faces: FaceDataset) -> None:
    inputs = engine.uint8_inputs(drawn_faces.images[:5], PreprocessSpec())
    assert inputs.dtype == np.uint8
    assert np.array_equal(inputs[..., 0], drawn_faces.images[:5])


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
    assert accuracy == pytest.approx(best, abs=1 / 280 + 1e-6)  # one face may sit on the fence


def test_a_run_leaves_its_history(tiny_run: Any) -> None:
    assert {path.name for path in tiny_run.folder.iterdir()} == {"best.weights.h5", "history.csv"}
    with (tiny_run.folder / "history.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["val_accuracy"]) for row in rows] == pytest.approx(
        [report.metrics["val_accuracy"] for report in tiny_run.reports]
    )


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_recipe_that_ships_can_take_its_first_steps(
    path: Path, few_faces: FaceDataset, tmp_path: Path
) -> None:
    recipe = load_recipe(
        path,
        ("optimization.epochs=1", "optimization.warmup_epochs=0", "optimization.batch_size=28"),
    )
    reports: list[Any] = []
    network = engine.fit(recipe, few_faces, tmp_path, reports.append)
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


# --- The optimiser ---


def compiled(**optimization: Any) -> keras.Model:
    recipe = recipe_with(optimization=optimization)
    return engine._training_model(engine.new_network(recipe, 7), recipe, steps=10)


def rates(optimizer: keras.Optimizer, *steps: int) -> list[float]:
    values = []
    for step in steps:
        optimizer.iterations.assign(step)
        values.append(float(keras.ops.convert_to_numpy(optimizer.learning_rate)))
    return values


def test_the_rate_climbs_then_falls_along_a_cosine() -> None:
    model = compiled(epochs=10, warmup_epochs=2, learning_rate=0.4)
    # 10 steps an epoch: 20 to climb, then half a cosine over 80, whose middle is at 20 + 40.
    assert rates(model.optimizer, 0, 10, 20, 60, 100) == pytest.approx(
        [0.0, 0.2, 0.4, 0.2, 0.0], abs=1e-6
    )


def test_without_a_warm_up_the_rate_starts_at_its_peak() -> None:
    model = compiled(epochs=10, warmup_epochs=0, learning_rate=0.4)
    assert rates(model.optimizer, 0, 50, 100) == pytest.approx([0.4, 0.2, 0.0], abs=1e-6)


def test_only_kernels_decay() -> None:
    # Where the gradient is zero, decay is all that moves a weight.
    model = compiled(epochs=10, warmup_epochs=0, learning_rate=1.0, weight_decay=0.5, momentum=0.0)
    model.optimizer.build(model.trainable_variables)
    before = [variable.numpy() for variable in model.trainable_variables]
    zeros = [keras.ops.zeros_like(variable) for variable in model.trainable_variables]
    model.optimizer.apply(zeros, model.trainable_variables)
    for variable, old in zip(model.trainable_variables, before, strict=True):
        # One step takes rate times decay off: half.
        expected = old * 0.5 if variable.name == "kernel" else old
        assert variable.numpy() == pytest.approx(expected), variable.path


@pytest.mark.parametrize(("count", "steps"), [(1, 1), (16, 1), (17, 2), (840, 53)])
def test_the_last_batch_of_an_epoch_may_be_short(count: int, steps: int) -> None:
    assert engine.steps_an_epoch(count, recipe_with()) == steps  # batches of 16


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
