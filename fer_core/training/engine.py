"""Fits a network to a data set as a recipe says; Keras 3 only, on any of its backends."""

import math
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.detection.full_frame import whole_image
from fer_core.domain.errors import DatasetError, RecipeError
from fer_core.preprocessing.crop import crop_face
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.augment import FaceAugmentation
from fer_core.training.callbacks import EpochReport, KeepBestAverage, TellProgress
from fer_core.training.recipe import Optimization, Recipe
from fer_core.zoo.architectures.base import build

WEIGHTS_FILE = "best.weights.h5"
HISTORY_FILE = "history.csv"


def fit(
    recipe: Recipe,
    data: FaceDataset,
    run_dir: Path,
    tell: Callable[[EpochReport], None],
) -> keras.Model:
    """Train as the recipe says.

    Args:
        recipe: What to do.
        data: Labelled faces with the recipe's two splits.
        run_dir: Existing folder that receives `best.weights.h5` and `history.csv`.
        tell: Called after each epoch.

    Returns:
        The network (scaled pixels to logits, float32) with the weights of the best epoch.

    Raises:
        DatasetError: A split is missing.
        RecipeError: The architecture does not take its settings, or training diverged.
    """
    training, selection = (
        data.split(recipe.train_split),
        data.split(recipe.selection_split),
    )
    training = _without_lone_picture(training, recipe.optimization.batch_size)
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(recipe.precision)
    try:
        network = new_network(recipe, len(data.labels))
        model = _training_model(network, recipe, steps_an_epoch(len(training.images), recipe))
    finally:
        keras.config.set_dtype_policy("float32")
    keeper = KeepBestAverage(network, run_dir / WEIGHTS_FILE)
    history = model.fit(
        uint8_inputs(training.images, recipe.preprocess),
        _one_hot(training),
        validation_data=(
            uint8_inputs(selection.images, recipe.preprocess),
            _one_hot(selection),
        ),
        batch_size=recipe.optimization.batch_size,
        epochs=recipe.optimization.epochs,
        callbacks=[
            keeper,
            keras.callbacks.TerminateOnNaN(),
            keras.callbacks.CSVLogger(run_dir / HISTORY_FILE),
            TellProgress(tell, keeper),
        ],
        verbose=0,
    )
    if not keeper.kept:
        raise RecipeError(
            "Training diverged in its first epoch: expected a finite loss, got none. "
            "Lower optimization.learning_rate or raise optimization.warmup_epochs."
        )
    losses = history.history["loss"]
    if not math.isfinite(losses[-1]):
        raise RecipeError(
            f"Training diverged in epoch {len(losses)}: expected a finite loss, got {losses[-1]}. "
            f"Lower optimization.learning_rate; the best weights before that stay in {run_dir}."
        )
    return load_network(recipe, len(data.labels), run_dir / WEIGHTS_FILE)


def new_network(recipe: Recipe, classes: int) -> keras.Model:
    """The recipe's network, untrained, under the current dtype policy."""
    choice = recipe.architecture
    return build(choice.name, recipe.preprocess.input_shape, classes, dict(choice.settings))


def load_network(recipe: Recipe, classes: int, weights: Path) -> keras.Model:
    """The recipe's network in float32 with saved weights."""
    network = new_network(recipe, classes)
    network.load_weights(weights)
    return network


def uint8_inputs(images: npt.NDArray[np.uint8], spec: PreprocessSpec) -> npt.NDArray[np.uint8]:
    """Crop a data set's pictures exactly as serving crops a face that fills its image.

    Args:
        images: (N, H, W) uint8, each filled by one face.
        spec: The conversion.

    Returns:
        (N, height, width, channels) uint8; the spec's scaling comes after augmentation.
    """
    face = whole_image(images.shape[2], images.shape[1])
    crops = np.stack([crop_face(image, face, spec) for image in images])
    return crops.reshape(len(images), *spec.input_shape)


def steps_an_epoch(count: int, recipe: Recipe) -> int:
    """Optimiser steps in one pass over `count` pictures."""
    return math.ceil(count / recipe.optimization.batch_size)


def _training_model(network: keras.Model, recipe: Recipe, steps: int) -> keras.Model:
    """uint8 pixels -> augmentation -> the spec's scaling -> network, compiled."""
    spec = recipe.preprocess
    pixels = keras.Input(spec.input_shape, dtype="uint8", name="pixels")
    x = keras.layers.Rescaling(1.0, dtype="float32")(pixels)
    x = FaceAugmentation(recipe.augmentation, recipe.seed)(x)
    x = keras.layers.Rescaling(spec.scale, spec.offset, dtype="float32")(x)
    model = keras.Model(pixels, network(x))
    model.compile(
        optimizer=_optimizer(recipe.optimization, steps, network),
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=recipe.optimization.label_smoothing
        ),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        # XLA gains TensorFlow nothing on a CPU and compiles for minutes; JAX cannot do without.
        jit_compile=keras.backend.backend() == "jax",
    )
    return model


def _optimizer(plan: Optimization, steps: int, network: keras.Model) -> keras.Optimizer:
    warmup = round(plan.warmup_epochs * steps)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0 if warmup else plan.learning_rate,
        decay_steps=max(plan.epochs * steps - warmup, 1),
        warmup_target=plan.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
    optimizer = keras.optimizers.SGD(
        rate,
        momentum=plan.momentum,
        nesterov=plan.momentum > 0,
        weight_decay=plan.weight_decay or None,
        use_ema=plan.ema > 0,
        ema_momentum=plan.ema,
    )
    # Only kernels are decayed: pulling biases and normalisation towards zero hurts.
    optimizer.exclude_from_weight_decay(
        var_list=[v for v in network.trainable_variables if v.name != "kernel"]
    )
    return optimizer


def _without_lone_picture(training: FaceDataset, batch_size: int) -> FaceDataset:
    """Drop the last picture if it would be alone in the last batch of every epoch.

    Batch normalisation learns nothing from one picture, and TensorFlow 2.21's oneDNN kernels
    crash on it.
    """
    count = len(training.images)
    if count < 2:
        raise DatasetError(f"{training.name}: expected two or more training pictures, got {count}.")
    return training.part(slice(count - 1)) if count % batch_size == 1 else training


def _one_hot(data: FaceDataset) -> npt.NDArray[np.float32]:
    return np.asarray(np.eye(len(data.labels))[data.targets], np.float32)
