"""A recipe's speed is measured on its own steps, whatever the data's size."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import DatasetError
from fer_core.training.network import new_heads
from fer_core.training.recipe import Recipe
from fer_core.training.workbench.speed import _some_batches, measure_speed


def batches(recipe: Recipe, batch_size: int) -> Recipe:
    return replace(recipe, optimization=replace(recipe.optimization, batch_size=batch_size))


def test_an_epoch_takes_its_steps_and_its_validation(
    tiny_recipe: Recipe, few_faces: FaceDataset
) -> None:
    recipe = batches(tiny_recipe, 8)
    probe = measure_speed(recipe, few_faces)
    steps = 7  # of 56 pictures
    assert probe.steps_per_second > 0
    assert probe.seconds_per_epoch > steps / probe.steps_per_second
    assert probe.parameters == new_heads(recipe, 7).count_params()


def test_data_of_less_than_a_batch_is_measured(tiny_recipe: Recipe, few_faces: FaceDataset) -> None:
    probe = measure_speed(batches(tiny_recipe, 512), few_faces)
    assert probe.seconds_per_epoch > 1 / probe.steps_per_second


def test_a_probe_leaves_keras_as_it_was(tiny_recipe: Recipe, few_faces: FaceDataset) -> None:
    measure_speed(replace(batches(tiny_recipe, 16), precision="mixed_bfloat16"), few_faces)
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize(
    ("count", "batch_size", "taken"),
    [(70, 64, 70), (65, 64, 64), (70, 69, 69), (2, 64, 2), (70, 2, 64)],
)
def test_no_batch_is_a_lone_picture(
    few_faces: FaceDataset, count: int, batch_size: int, taken: int
) -> None:
    some = _some_batches(few_faces.part(np.arange(count)), batch_size)
    assert len(some.images) == taken
    assert len(some.images) % batch_size != 1


def test_a_split_of_one_picture_is_told(few_faces: FaceDataset) -> None:
    with pytest.raises(DatasetError, match="expected two or more pictures in a split, got 1"):
        _some_batches(few_faces.part(slice(1)), 8)
