"""Fits a network to a data set as a recipe says; Keras 3 only, on any of its backends."""

import csv
import functools
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.detection.full_frame import whole_image
from fer_core.domain.errors import DatasetError, RecipeError
from fer_core.preprocessing.crop import crop_face
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.augment import FaceAugmentation, MixPictures
from fer_core.training.callbacks import (
    EpochReport,
    KeepBestAverage,
    LogLearningRate,
    TellProgress,
)
from fer_core.training.checkpoint import Checkpoint, save_whole
from fer_core.training.history import HISTORY_FILE, best_epoch, read_history
from fer_core.training.normalization import settle_statistics
from fer_core.training.objective import SoftTargetLoss
from fer_core.training.optimizers import new_optimizer, rate_callbacks
from fer_core.training.preparation import (
    TrainingTargets,
    auxiliary_labels,
    one_hot,
    selection_targets,
    training_targets,
)
from fer_core.training.recipe import Recipe
from fer_core.zoo.architectures.base import build
from fer_core.zoo.keras_model import load_keras_model
from fer_core.zoo.store import load_card

WEIGHTS_FILE = "best.weights.h5"
CHECKPOINTS = "checkpoints"
FEATURES_LAYER = "features"
LOGITS_LAYER = "logits"
AUXILIARY_LAYER = "auxiliary_logits"
_FITTED = "fitted"


def fit(
    recipe: Recipe,
    data: FaceDataset,
    run_dir: Path,
    tell: Callable[[EpochReport], None],
    *,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> keras.Model:
    """Train as the recipe says, or go on where an earlier process was cut off.

    Args:
        recipe: What to do.
        data: Labelled faces as `preparation.prepare` made them.
        run_dir: Existing folder that receives `best.weights.h5`, `history.csv` and checkpoints;
            a checkpoint found there is where training goes on.
        tell: Called after each epoch.
        callbacks: More of Keras' callbacks.

    Returns:
        The network (scaled pixels to logits, float32) with the weights of the best epoch.

    Raises:
        DatasetError: A split is missing.
        RecipeError: The architecture does not take its settings, or training diverged.
        OSError: The disk is full (ENOSPC); what was saved before is whole.
        TrainingStopped: A callback was asked to stop.
    """
    training, selection = data.split(recipe.train_split), data.split(recipe.selection_split)
    training = _without_lone_picture(training, recipe.optimization.batch_size)
    if not (run_dir / _FITTED).exists():
        _fit(recipe, training, selection, run_dir, tell, callbacks)
        (run_dir / _FITTED).touch()
    return load_network(recipe, len(data.labels), run_dir / WEIGHTS_FILE)


def _fit(
    recipe: Recipe,
    training: FaceDataset,
    selection: FaceDataset,
    run_dir: Path,
    tell: Callable[[EpochReport], None],
    callbacks: Sequence[keras.callbacks.Callback],
) -> None:
    plan, classes = recipe.optimization, len(training.labels)
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(recipe.precision)
    try:
        heads = new_heads(recipe, classes)
        if recipe.start_from:
            take_weights(heads, recipe.start_from)
        model = training_model(heads, recipe, steps_an_epoch(len(training.images), recipe))
    finally:
        keras.config.set_dtype_policy("float32")
    checkpoint = Checkpoint(run_dir / CHECKPOINTS)
    done = checkpoint.restore(model)
    # Or the epochs to come would shuffle and augment as the first ones did.
    keras.utils.set_random_seed(recipe.seed + done)
    best = _forget_after(run_dir / HISTORY_FILE, done)
    keeper = KeepBestAverage(heads, run_dir / WEIGHTS_FILE, best)
    logger = keras.callbacks.CSVLogger(run_dir / HISTORY_FILE, append=True)
    fit = functools.partial(
        model.fit,
        _inputs(training, recipe, training_targets(recipe, training)),
        one_hot(training.targets, classes),
        validation_data=(
            _inputs(selection, recipe, selection_targets(recipe, selection)),
            one_hot(selection.targets, classes),
        ),
        batch_size=plan.batch_size,
        initial_epoch=done,
        epochs=plan.epochs,
        callbacks=[
            LogLearningRate(),
            keeper,
            keras.callbacks.TerminateOnNaN(),
            *rate_callbacks(plan),
            logger,
            checkpoint,
            TellProgress(tell, keeper),
            *callbacks,
        ],
        verbose=0,
    )
    try:
        history = fit()
    finally:
        if logger.csv_file is not None:  # Keras closes it only when all went well
            logger.csv_file.close()
    _check_converged(history.history.get("loss", []), keeper.kept, run_dir)
    if plan.ema:
        kept = new_heads(recipe, classes)
        kept.load_weights(run_dir / WEIGHTS_FILE)
        pixels = uint8_inputs(training.images, recipe.preprocess)
        settle_statistics(kept, pixels, recipe.preprocess, recipe.seed)
        save_whole(kept, run_dir / WEIGHTS_FILE)


def _check_converged(losses: list[float], kept: bool, run_dir: Path) -> None:
    if not kept:
        raise RecipeError(
            "Training diverged in its first epoch: expected a finite loss, got none. "
            "Lower optimization.learning_rate or raise optimization.warmup_epochs."
        )
    if losses and not math.isfinite(losses[-1]):
        raise RecipeError(
            f"Training diverged in epoch {len(losses)}: expected a finite loss, got {losses[-1]}. "
            f"Lower optimization.learning_rate; the best weights before that stay in {run_dir}."
        )


def _forget_after(path: Path, done: int) -> float | None:
    """Drop the history of epochs that no checkpoint holds; the best accuracy of those that stay."""
    kept = [row for row in read_history(path.parent) if row["epoch"] <= done]
    if not kept:
        path.unlink(missing_ok=True)
        return None
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, kept[0])
        writer.writeheader()
        # Keras counts from 0.
        writer.writerows({**row, "epoch": round(row["epoch"]) - 1} for row in kept)
    best = best_epoch(kept)
    return best["val_accuracy"] if best else None


def new_heads(recipe: Recipe, classes: int) -> keras.Model:
    """The recipe's network, untrained, under the current dtype policy.

    With an auxiliary label set it has a second output, from the same features.

    Raises:
        RecipeError: The architecture does not take its settings, or has no features to share.
    """
    choice = recipe.architecture
    network = build(choice.name, recipe.preprocess.input_shape, classes, dict(choice.settings))
    second = auxiliary_labels(recipe)
    if not second:
        return network
    try:
        network.get_layer(FEATURES_LAYER)
        features = network.get_layer(LOGITS_LAYER).input
    except ValueError:
        raise RecipeError(
            f"Architecture {choice.name!r} has no features for a second head: "
            "leave targets.auxiliary empty."
        ) from None
    logits = keras.layers.Dense(len(second), dtype="float32", name=AUXILIARY_LAYER)(features)
    return keras.Model(network.input, [network.output, logits])


def take_weights(heads: keras.Model, name: str) -> None:
    """Give a network the weights of a model of the same architecture.

    Layers that depend on the classes keep their own weights where the classes differ.

    Raises:
        FerError: There is no such model, or its files are not whole.
        RecipeError: It is of another architecture or size.
    """
    ours, theirs = (
        [layer for layer in model.layers if layer.weights and layer.name != AUXILIARY_LAYER]
        for model in (heads, load_keras_model(name))
    )
    pairs = list(zip(ours, theirs, strict=False))
    fits = [
        [weight.shape for weight in layer.weights] == [weight.shape for weight in taken.weights]
        for layer, taken in pairs
    ]
    odd = {layer.name for (layer, _), same in zip(pairs, fits, strict=True) if not same}
    if len(ours) != len(theirs) or odd - {ours[-1].name}:
        other = load_card(name).architecture
        raise RecipeError(
            f"start_from = {name!r} is of another architecture or size: expected a model of this "
            f"recipe's, got {other.get('name')} with {other.get('settings')}."
        )
    for (layer, taken), same in zip(pairs, fits, strict=True):
        if same:
            layer.set_weights(taken.get_weights())


def load_network(
    recipe: Recipe, classes: int, weights: Path, auxiliary: bool = False
) -> keras.Model:
    """The recipe's network in float32 with saved weights: pixels to the logits of one head."""
    heads = new_heads(recipe, classes)
    heads.load_weights(weights)
    return keras.Model(heads.input, heads.outputs[1 if auxiliary else 0])


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


def training_model(heads: keras.Model, recipe: Recipe, steps: int) -> keras.Model:
    """uint8 pixels and targets -> augmentation -> the spec's scaling -> heads, compiled.

    Args:
        heads: Scaled pixels to the logits of one head or two.
        recipe: What to do.
        steps: Optimiser steps in an epoch.

    Returns:
        A model from [pixels, targets of each head] to the first head's logits, which brings its
        own loss.
    """
    spec = recipe.preprocess
    pixels = keras.Input(spec.input_shape, dtype="uint8", name="pixels")
    targets = [
        keras.Input((o.shape[-1],), name=f"targets_{i}") for i, o in enumerate(heads.outputs)
    ]
    x = keras.layers.Rescaling(1.0, dtype="float32")(pixels)
    x = FaceAugmentation(recipe.augmentation, recipe.seed)(x)
    x, *mixed = MixPictures(recipe.augmentation, recipe.seed + 1)([x, *targets])
    logits = heads(keras.layers.Rescaling(spec.scale, spec.offset, dtype="float32")(x))
    logits = logits if isinstance(logits, list) else [logits]
    weights = (1.0, recipe.targets.auxiliary_weight)
    model = keras.Model([pixels, *targets], SoftTargetLoss(weights)(logits, mixed))
    model.compile(
        optimizer=new_optimizer(recipe.optimization, steps, model),
        metrics=[
            keras.metrics.CategoricalAccuracy(name="accuracy"),
            keras.metrics.F1Score(average="macro", name="macro_f1"),
        ],
        # XLA gains TensorFlow nothing on a CPU and compiles for minutes; JAX cannot do without.
        jit_compile=keras.backend.backend() == "jax",
    )
    return model


def _inputs(
    data: FaceDataset, recipe: Recipe, targets: TrainingTargets
) -> list[npt.NDArray[np.uint8] | npt.NDArray[np.float32]]:
    pixels = uint8_inputs(data.images, recipe.preprocess)
    both = (targets.main, targets.auxiliary)
    return [pixels, *(part for part in both if part.shape[1])]


def _without_lone_picture(training: FaceDataset, batch_size: int) -> FaceDataset:
    """Drop the last picture if it would be alone in the last batch of every epoch.

    Batch normalisation learns nothing from one picture, and TensorFlow 2.21's oneDNN kernels
    crash on it.
    """
    count = len(training.images)
    if count < 2:
        raise DatasetError(f"{training.name}: expected two or more training pictures, got {count}.")
    return training.part(slice(count - 1)) if count % batch_size == 1 else training
