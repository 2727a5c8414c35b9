"""A Keras model becomes one for TensorFlow Lite (needs Keras, with TensorFlow below it)."""

import contextlib
import importlib
import io
import warnings
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np

from fer_core.domain.errors import ModelError
from fer_core.domain.whole_files import write_whole

PARITY = 1e-4
"""Largest difference allowed between a probability from Keras and from TensorFlow Lite."""

_INPUTS = 64


def convert_to_tflite(keras_file: Path, target: Path) -> None:
    """Convert a model, if the result answers as Keras does.

    Args:
        keras_file: A model's `.keras` file, scaled pixels to probabilities.
        target: The `.tflite` file to write, whole or not at all.

    Raises:
        ModelError: Keras runs on another backend, the model cannot be read or converted, its
            answers differ, or the file cannot be written.
    """
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise ModelError(
            f"TensorFlow Lite expects Keras on TensorFlow, got {backend}: set "
            "KERAS_BACKEND=tensorflow, or take the ONNX file."
        )
    try:
        model = keras.saving.load_model(keras_file, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, KeyError) as error:
        raise ModelError(
            f"{keras_file} is not a Keras model that is safe to load: {error}"
        ) from None
    content = _converted(model)
    _check_parity(model, content)
    try:
        write_whole(target, content)
    except OSError as error:
        raise ModelError(f"Cannot write {target} ({error.strerror}).") from None


def _converted(model: keras.Model) -> bytes:
    lite = importlib.import_module("tensorflow").lite
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints every weight
            return bytes(lite.TFLiteConverter.from_keras_model(model).convert())
    except (_converter_error(), ValueError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"TensorFlow Lite does not take this network ({reason}): take the ONNX file."
        ) from None


def _converter_error() -> type[Exception]:
    """What TensorFlow Lite raises where an operation is not one of its own."""
    error = importlib.import_module("tensorflow.lite.python.convert").ConverterError
    return cast(type[Exception], error)


def _check_parity(model: keras.Model, content: bytes) -> None:
    shape = model.input_shape[1:]
    # As wide as scaled pixels are spread.
    pixels = np.random.default_rng(0).uniform(-1.0, 1.0, (_INPUTS, *shape)).astype(np.float32)
    expected = model.predict(pixels, verbose=0)
    gap = float(np.abs(_answers(content, pixels) - expected).max())
    if not gap < PARITY:
        raise ModelError(
            f"TensorFlow Lite differs from Keras by {gap:.2g}: expected under {PARITY:g}. Take the "
            "ONNX file."
        )


def _answers(content: bytes, pixels: Any) -> Any:
    """(N, K) float32, one picture at a time as on a telephone."""
    lite = importlib.import_module("tensorflow").lite
    with warnings.catch_warnings():
        # It is moving to a package of its own that this one needs no more of.
        warnings.filterwarnings("ignore", message=".*tf.lite.Interpreter is deprecated")
        interpreter = lite.Interpreter(model_content=content)
    interpreter.allocate_tensors()
    (given,), (got,) = interpreter.get_input_details(), interpreter.get_output_details()
    answers = []
    for picture in pixels:
        interpreter.set_tensor(given["index"], picture[np.newaxis])
        interpreter.invoke()
        answers.append(interpreter.get_tensor(got["index"])[0])
    return np.stack(answers)
