"""Fits a network to a data set as a recipe says; Keras 3 only, on any of its backends."""

import csv
import functools
import io
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import DatasetError, RecipeError
from fer_core.domain.whole_files import write_whole
from fer_core.training.callbacks import (
    EndWhenEnough,
    EpochReport,
    KeepBestAverage,
    LogRateAndTime,
    TellProgress,
)
from fer_core.training.checkpoint import Checkpoint, save_whole
from fer_core.training.history import HISTORY_FILE, SECONDS, Epoch, best_epoch, read_history
from fer_core.training.network import load_network, new_heads, take_weights, training_model
from fer_core.training.normalization import settle_statistics
from fer_core.training.optimizers import is_over, rate_callbacks, steps_an_epoch
from fer_core.training.preparation import (
    TrainingTargets,
    one_hot,
    selection_targets,
    training_targets,
    uint8_inputs,
)
from fer_core.training.recipe import Recipe
from fer_core.training.validation import SaveValidation

WEIGHTS_FILE = "best.weights.h5"
CHECKPOINTS = "checkpoints"
_FITTED = "fitted"


def fit(
    recipe: Recipe,
    data: FaceDataset,
    run_dir: Path,
    tell: Callable[[EpochReport], None],
    *,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    keep_last: bool = False,
    is_enough: Callable[[], bool] = lambda: False,
) -> keras.Model:
    """Train as the recipe says, or go on where an earlier process was cut off.

    Args:
        recipe: What to do.
        data: Labelled faces as `preparation.prepare` made them.
        run_dir: Existing folder that receives `best.weights.h5`, `history.csv`, `validation.npz`
            and checkpoints; a checkpoint found there is where training goes on.
        tell: Called after each epoch.
        callbacks: More of Keras' callbacks.
        keep_last: Keep the last epoch's weights in place of the best one's.
        is_enough: Asked after each epoch whether it was the last one, whatever the recipe says.

    Returns:
        The network (scaled pixels to logits, float32) with the weights of that epoch.

    Raises:
        DatasetError: A split is missing.
        RecipeError: The architecture does not take its settings, or training diverged.
        OSError: The disk is full (ENOSPC); what was saved before is whole.
        TrainingStopped: A callback was asked to stop.
    """
    training, selection = data.split(recipe.train_split), data.split(recipe.selection_split)
    training = _without_lone_picture(training, recipe.optimization.batch_size)
    if not (run_dir / _FITTED).exists():
        _fit(recipe, training, selection, run_dir, tell, callbacks, keep_last, is_enough)
        (run_dir / _FITTED).touch()
    return load_network(recipe, len(data.labels), run_dir / WEIGHTS_FILE)


def _fit(
    recipe: Recipe,
    training: FaceDataset,
    selection: FaceDataset,
    run_dir: Path,
    tell: Callable[[EpochReport], None],
    callbacks: Sequence[keras.callbacks.Callback],
    keep_last: bool,
    is_enough: Callable[[], bool],
) -> None:
    plan, classes = recipe.optimization, len(training.labels)
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(recipe.precision)
    try:
        heads = new_heads(recipe, classes)
        if recipe.start_from:
            take_weights(heads, recipe.start_from)
        model = training_model(heads, recipe, steps_an_epoch(len(training.images), plan))
    finally:
        keras.config.set_dtype_policy("float32")
    checkpoint = Checkpoint(run_dir / CHECKPOINTS)
    done = checkpoint.restore(model)
    # Or the epochs to come would shuffle and augment as the first ones did.
    keras.utils.set_random_seed(recipe.seed + done)
    past = _forget_after(run_dir / HISTORY_FILE, done)
    best = best_epoch(past)
    keeper = KeepBestAverage(
        heads, run_dir / WEIGHTS_FILE, best["val_accuracy"] if best else None, keep_last
    )
    logger = keras.callbacks.CSVLogger(run_dir / HISTORY_FILE, append=True)
    held = _inputs(selection, recipe, selection_targets(recipe, selection))
    faces = np.asarray(held[0], np.uint8)
    fit = functools.partial(
        model.fit,
        _inputs(training, recipe, training_targets(recipe, training)),
        one_hot(training.targets, classes),
        validation_data=(held, one_hot(selection.targets, classes)),
        batch_size=plan.batch_size,
        initial_epoch=done,
        epochs=done if done and (is_enough() or is_over(plan, past)) else plan.epochs,
        callbacks=[
            LogRateAndTime(),
            # Before the keeper, which takes the averaged weights away when validation ends.
            SaveValidation(heads, selection, faces, recipe.preprocess, run_dir),
            keeper,
            keras.callbacks.TerminateOnNaN(),
            *rate_callbacks(plan, past),
            logger,
            checkpoint,
            TellProgress(tell, keeper),
            EndWhenEnough(is_enough),
            *callbacks,
        ],
        verbose=0,
    )
    try:
        history = fit()
    finally:
        if logger.csv_file is not None:  # Keras closes it only when all went well
            logger.csv_file.close()
    _check_converged(done, history.history.get("loss", []), keeper.kept, run_dir)
    if plan.ema:
        kept = new_heads(recipe, classes)
        kept.load_weights(run_dir / WEIGHTS_FILE)
        pixels = uint8_inputs(training.images, recipe.preprocess)
        settle_statistics(kept, pixels, recipe.preprocess, recipe.seed)
        save_whole(kept, run_dir / WEIGHTS_FILE)


def _check_converged(done: int, losses: list[float], kept: bool, run_dir: Path) -> None:
    if not kept:
        raise RecipeError(
            "Training diverged in its first epoch: expected a finite loss, got none. "
            "Lower optimization.learning_rate or raise optimization.warmup_epochs."
        )
    if losses and not math.isfinite(losses[-1]):
        raise RecipeError(
            f"Training diverged in epoch {done + len(losses)}: expected a finite loss, got "
            f"{losses[-1]}. Lower optimization.learning_rate; the best weights before that stay in "
            f"{run_dir}."
        )


def _forget_after(path: Path, done: int) -> list[Epoch]:
    """Drop the history of epochs that no checkpoint holds; those that stay."""
    kept = [row for row in read_history(path.parent) if row["epoch"] <= done]
    if not kept:
        path.unlink(missing_ok=True)
        return []
    # In the order of CSVLogger, which adds its rows without a look at the header.
    columns = ["epoch", *sorted({SECONDS}.union(*kept) - {"epoch"})]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval=0.0)
    writer.writeheader()
    # Keras counts from 0.
    writer.writerows({**row, "epoch": round(row["epoch"]) - 1} for row in kept)
    write_whole(path, text.getvalue().encode())
    return kept


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
