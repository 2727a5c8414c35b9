"""What the preview shows is what training feeds to the network."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.training.preparation import uint8_inputs
from fer_core.training.recipe import Recipe
from fer_core.training.recipe_sections import Augmentation
from fer_core.training.workbench.preview import augmented

NONE = Augmentation(flip=False)


@pytest.fixture(scope="module")
def faces(drawn_faces: FaceDataset) -> npt.NDArray[np.uint8]:
    return drawn_faces.images[:6]


def test_without_augmentation_faces_stay_as_cropped(
    tiny_recipe: Recipe, faces: npt.NDArray[np.uint8]
) -> None:
    plain = replace(tiny_recipe, augmentation=NONE)
    shown = augmented(plain, faces, 1)
    assert (shown.shape, shown.dtype) == ((6, 48, 48, 1), np.uint8)
    assert np.array_equal(shown, uint8_inputs(faces, plain.preprocess))


def test_a_seed_is_one_set_of_changes(tiny_recipe: Recipe, faces: npt.NDArray[np.uint8]) -> None:
    wild = replace(tiny_recipe, augmentation=Augmentation(rotation_deg=30.0, cutout=1.0))
    first, again, other = (augmented(wild, faces, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, uint8_inputs(faces, wild.preprocess))


def test_pictures_are_not_mixed(tiny_recipe: Recipe, faces: npt.NDArray[np.uint8]) -> None:
    mixing = replace(tiny_recipe, augmentation=replace(NONE, mixup=1.0))
    assert np.array_equal(augmented(mixing, faces, 1), uint8_inputs(faces, mixing.preprocess))


def test_colour_and_size_are_the_recipes(tiny_recipe: Recipe, faces: npt.NDArray[np.uint8]) -> None:
    spec = replace(tiny_recipe.preprocess, size_hw=(64, 64), channels=3)
    large = replace(tiny_recipe, preprocess=spec)
    assert augmented(large, faces, 1).shape == (6, 64, 64, 3)


def test_no_faces_are_no_faces(tiny_recipe: Recipe) -> None:
    assert augmented(tiny_recipe, np.empty((0, 48, 48), np.uint8), 1).shape == (0, 48, 48, 1)
