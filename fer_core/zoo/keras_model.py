"""A model's Keras file, for those who go on with the network: fine-tuning, features, export."""

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_core.domain.errors import ModelError
from fer_core.zoo.card import KERAS_FILE
from fer_core.zoo.store import DEFAULT_MODEL, find_model, load_card, verified_file

if TYPE_CHECKING:
    import keras


def load_keras_model(model: str = DEFAULT_MODEL) -> "keras.Model":
    """Load a model's network, (N, height, width, channels) float32 to (N, K) probabilities.

    Keras' safe mode is always on: a file that carries code (a Lambda layer) is refused.

    Raises:
        UnknownNameError: There is no such model.
        ModelError: The file is missing, altered, or not a network that is safe to load.
    """
    card = load_card(model)
    path = verified_file(card, find_model(model, KERAS_FILE), KERAS_FILE)
    keras = import_keras()
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, KeyError) as error:
        raise ModelError(f"{path} is not a Keras model that is safe to load: {error}") from None


def import_keras() -> Any:
    """Import Keras and its backend without their start-up chatter; returns the module.

    TensorFlow's libraries write some lines to the process's own stderr before any setting of
    theirs can stop them; an error in Python still surfaces as an exception.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
        return importlib.import_module("keras")
    finally:
        os.dup2(kept, 2)
        os.close(kept)
