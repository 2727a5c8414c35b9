"""A model's Keras file gives the network that serves, and never runs code that it carries."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.detection.full_frame import whole_image
from fer_core.domain.errors import ModelError, UnknownNameError
from fer_core.preprocessing.crop import crop_faces
from fer_core.zoo.card import KERAS_FILE, ModelCard
from fer_core.zoo.classifier import load_classifier
from fer_core.zoo.keras_model import load_keras_model

Vouch = Callable[..., ModelCard]


def test_keras_and_onnx_agree(served_models: Path, drawn_faces: FaceDataset) -> None:
    classifier = load_classifier()
    faces = np.concatenate(
        [
            crop_faces(image, [whole_image(48, 48)], classifier.spec)
            for image in drawn_faces.images[::20]
        ]
    )
    by_keras = load_keras_model().predict(faces, verbose=0)
    by_onnx = classifier.predict_tensor(faces)
    # The limit of the project's rules: under 1e-4 on every probability.
    assert np.abs(by_keras - by_onnx).max() < 1e-4


def test_a_file_that_carries_code_is_refused(tiny_copy: Path, vouch: Vouch) -> None:
    inputs = keras.Input((48, 48, 1))
    outputs = keras.layers.Lambda(lambda x: x[:, :7, 0, 0])(inputs)
    keras.Model(inputs, outputs).save(tiny_copy / KERAS_FILE)
    vouch(tiny_copy, KERAS_FILE)
    with pytest.raises(
        ModelError, match=r"model\.keras is not a Keras model that is safe to load"
    ) as told:
        load_keras_model("tiny")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("content", [b"", b"not a network", b"PK\x05\x06" + bytes(18)])
def test_a_vouched_file_that_is_no_network_is_refused(
    tiny_copy: Path, vouch: Vouch, content: bytes
) -> None:
    (tiny_copy / KERAS_FILE).write_bytes(content)
    vouch(tiny_copy, KERAS_FILE)
    with pytest.raises(ModelError, match=r"model\.keras is not a Keras model") as caught:
        load_keras_model("tiny")
    assert "\n" not in str(caught.value)


def test_an_altered_file_is_refused(tiny_copy: Path) -> None:
    path = tiny_copy / KERAS_FILE
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ModelError, match=r"model\.keras is truncated or altered"):
        load_keras_model("tiny")


def test_a_model_without_a_keras_file_is_told(add_model: Callable[[str], ModelCard]) -> None:
    add_model("serving-only")
    with pytest.raises(ModelError, match=r"card of model 'serving-only' has no model\.keras"):
        load_keras_model("serving-only")


def test_an_unknown_model_is_answered_with_the_known(served_models: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"expected one of default\."):
        load_keras_model("nobody")
