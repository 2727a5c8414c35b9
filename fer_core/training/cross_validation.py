"""A recipe scored on every picture of its data, each by a network that did not train on it."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_core.datasets.base import FaceDataset
from fer_core.evaluation.calibration import softmax
from fer_core.evaluation.metrics import measure
from fer_core.preprocessing.crop import to_tensor
from fer_core.training.engine import CHECKPOINTS, fit
from fer_core.training.preparation import fold_datasets, uint8_inputs
from fer_core.training.recipe import Recipe
from fer_core.training.recipe_sections import CrossValidation


def cross_validate(
    recipe: Recipe,
    plan: CrossValidation,
    data: FaceDataset,
    folder: Path,
    tell: Callable[[str], None],
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> dict[str, Any]:
    """Train once for each fold, and score what the last epoch's weights say of it.

    Args:
        recipe: What to train.
        plan: How to divide the data.
        data: Labelled faces as `preparation.prepare` made them.
        folder: Keeps each fold's weights and history; folds found whole there are not trained
            again, and one that was cut off goes on.
        tell: Receives a line after each fold.
        callbacks: Of Keras, for each fold's training.

    Returns:
        How the data was divided; the mean and the standard deviation of the folds' accuracies;
        `each` fold's own; and `pooled`, the `Metrics` of all pictures at once, without a
        temperature.

    Raises:
        DatasetError: The data cannot be divided so.
        TrainingStopped: A callback was asked to stop.
    """
    # Early stopping would look at the fold to choose the epoch.
    alone = replace(
        recipe,
        cross_validation=None,
        optimization=replace(recipe.optimization, early_stopping=0),
    )
    each, answers, targets = [], [], []
    for number, fold in enumerate(fold_datasets(recipe, plan, data), start=1):
        place = folder / f"fold-{number}"
        place.mkdir(parents=True, exist_ok=True)
        network = fit(alone, fold, place, lambda _: None, callbacks=callbacks, keep_last=True)
        shutil.rmtree(place / CHECKPOINTS, ignore_errors=True)
        held = fold.split(recipe.selection_split)
        faces = to_tensor(uint8_inputs(held.images, recipe.preprocess), recipe.preprocess)
        answers.append(softmax(network.predict(faces, batch_size=64, verbose=0)))
        targets.append(held.targets)
        accuracy = measure(answers[-1], held.targets, data.labels).accuracy
        each.append({"n": len(held.images), "accuracy": accuracy})
        if held.groups is not None:
            each[-1]["groups"] = len(np.unique(held.groups))
        tell(f"fold {number}/{plan.folds}: accuracy {accuracy:.4f} (n = {len(held.images)})")
    accuracies = [row["accuracy"] for row in each]
    return {
        "folds": plan.folds,
        "by": plan.by,
        "seed": plan.seed,
        "epochs": recipe.optimization.epochs,
        "accuracy_mean": float(np.mean(accuracies)),
        "accuracy_std": float(np.std(accuracies, ddof=1)),
        "each": each,
        "pooled": measure(np.concatenate(answers), np.concatenate(targets), data.labels).to_dict(),
    }
