"""The network of a recipe sees in training what serving shows it, and starts as it is told."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.detection.full_frame import whole_image
from fer_core.domain.errors import RecipeError
from fer_core.preprocessing.crop import crop_faces
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.network import new_heads, take_weights, training_model
from fer_core.training.preparation import uint8_inputs
from fer_core.training.recipe import Recipe
from fer_core.training.recipe_sections import ArchitectureChoice, Augmentation, Targets


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
    drawn_faces: FaceDataset, tiny_recipe: Recipe, spec: PreprocessSpec, precision: str
) -> None:
    recipe = dataclasses.replace(
        tiny_recipe,
        preprocess=spec,
        augmentation=Augmentation(flip=True, rotation_deg=10.0, cutout=0.5),
        precision=precision,
    )
    samples = drawn_faces.images[::50]
    served = np.concatenate([crop_faces(sample, [whole_image(48, 48)], spec) for sample in samples])

    # The training model around a network that answers with its own input.
    face = keras.Input(spec.input_shape)
    mirror = keras.Model(face, keras.layers.Flatten(dtype="float32")(face))
    model = training_model(mirror, recipe, steps=1)
    unjudged = np.zeros((len(samples), math.prod(spec.input_shape)), np.float32)
    answers = model.predict([uint8_inputs(samples, spec), unjudged], verbose=0)
    trained_on = answers.reshape(-1, *spec.input_shape)

    assert served.dtype == trained_on.dtype == np.float32
    assert served.shape == trained_on.shape == (len(samples), *spec.input_shape)
    assert np.abs(served - trained_on).max() == 0


def test_training_starts_from_a_models_weights(
    served_models: Path, tiny_run: Any, tiny_recipe: Recipe
) -> None:
    recipe = dataclasses.replace(tiny_recipe, start_from="default")
    heads = new_heads(recipe, 7)
    take_weights(heads, "default")
    for ours, theirs in zip(heads.get_weights(), tiny_run.network.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)

    other = new_heads(recipe, 5)  # other classes: all but the last layer
    fresh = other.get_layer("logits").get_weights()
    take_weights(other, "default")
    assert np.array_equal(other.get_layer("logits").get_weights()[0], fresh[0])
    assert np.array_equal(other.get_weights()[0], tiny_run.network.get_weights()[0])


def test_weights_of_another_size_are_refused(served_models: Path, tiny_recipe: Recipe) -> None:
    smaller = ArchitectureChoice("se_resnet", {"widths": [8], "blocks": 1})
    heads = new_heads(dataclasses.replace(tiny_recipe, architecture=smaller), 7)
    with pytest.raises(RecipeError, match=r"'default' is of another architecture or size: .*8, 16"):
        take_weights(heads, "default")


def test_an_architecture_without_features_has_no_second_head(tiny_recipe: Recipe) -> None:
    recipe = dataclasses.replace(
        tiny_recipe,
        architecture=ArchitectureChoice("hasan_mini_xception"),
        targets=Targets(auxiliary="ferplus8"),
    )
    with pytest.raises(RecipeError, match="has no features for a second head"):
        new_heads(recipe, 7)
