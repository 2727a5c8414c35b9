"""A model for TensorFlow Lite answers as the one that it was made from, or is not written."""

from pathlib import Path

import keras
import numpy as np
import pytest

from fer_core.domain.errors import ModelError
from fer_core.training.workbench import conversion
from fer_core.training.workbench.conversion import convert_to_tflite


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A Keras file of a small network from pixels to probabilities."""
    keras.utils.set_random_seed(1)
    pixels = keras.Input((12, 12, 1))
    x = keras.layers.Conv2D(4, 3, activation="relu")(pixels)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dense(3)(keras.layers.GlobalAveragePooling2D()(x))
    path = tmp_path / "model.keras"
    keras.Model(pixels, keras.layers.Softmax()(x)).save(path)
    return path


def test_a_converted_model_answers_as_keras_does(network: Path, tmp_path: Path) -> None:
    target = tmp_path / "model.tflite"
    target.write_bytes(b"old")
    convert_to_tflite(network, target)
    pixels = np.random.default_rng(7).normal(size=(5, 12, 12, 1)).astype(np.float32)
    expected = keras.saving.load_model(network).predict(pixels, verbose=0)
    answers = conversion._answers(target.read_bytes(), pixels)
    assert np.abs(answers - expected).max() < 1e-4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.keras", "model.tflite"]


def test_what_differs_is_not_written(
    network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "_answers", lambda content, pixels: np.ones((64, 3)))
    with pytest.raises(ModelError, match=r"differs from Keras by 0\.\d+: expected under 0\.0001"):
        convert_to_tflite(network, tmp_path / "model.tflite")
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    for content in (None, b"no model"):
        if content is not None:
            (tmp_path / "model.keras").write_bytes(content)
        with pytest.raises(ModelError, match="is not a Keras model that is safe to load"):
            convert_to_tflite(tmp_path / "model.keras", tmp_path / "model.tflite")


def test_what_cannot_be_converted_is_told(tmp_path: Path) -> None:
    pixels = keras.Input((4,))
    keras.Model(pixels, keras.ops.erfinv(pixels)).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"does not take this network \(.*\): take the ONNX"):
        convert_to_tflite(tmp_path / "model.keras", tmp_path / "model.tflite")
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_a_folder_that_is_not_there_is_told(network: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"Cannot write .*model\.tflite \(No such file"):
        convert_to_tflite(network, tmp_path / "nowhere" / "model.tflite")
