"""How fast a recipe trains here, by a few of its own steps (needs Keras)."""

import statistics
import time
from typing import Any

import keras

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import DatasetError
from fer_core.training.network import new_heads, training_model
from fer_core.training.optimizers import steps_an_epoch
from fer_core.training.preparation import (
    TrainingTargets,
    one_hot,
    selection_targets,
    training_targets,
    uint8_inputs,
)
from fer_core.training.recipe import Recipe
from fer_core.training.workbench.probe import Probe

_TRAINING_S = 5.0
_VALIDATION_S = 2.0
_BATCHES = 32
_WARM_UP = 2
"""Batches that are not timed: the graph is compiled in the first, memory is found in both."""


def measure_speed(recipe: Recipe, data: FaceDataset) -> Probe:
    """Train on some batches, and validate on some.

    Args:
        recipe: What to try.
        data: Labelled faces as `preparation.prepare` made them.

    Raises:
        DatasetError: A split is missing, or has a single picture.
        RecipeError: The architecture does not take its settings.
    """
    training, selection = data.split(recipe.train_split), data.split(recipe.selection_split)
    plan = recipe.optimization
    steps = steps_an_epoch(len(training.images), plan)
    model, parameters = _built(recipe, len(data.labels), steps)
    try:
        step_s = _seconds_a_step(model, recipe, training)
        batch_s = _seconds_a_validation_batch(model, recipe, selection)
    finally:
        keras.utils.clear_session()
    validation_s = batch_s * steps_an_epoch(len(selection.images), plan)
    return Probe(steps * step_s + validation_s, 1.0 / step_s, parameters)


def _seconds_a_step(model: keras.Model, recipe: Recipe, training: FaceDataset) -> float:
    batch_size, watch = recipe.optimization.batch_size, _Stopwatch(_TRAINING_S)
    some = _some_batches(training, batch_size)
    inputs = _inputs(some, recipe, training_targets(recipe, some))
    wanted = one_hot(some.targets, len(some.labels))
    while not watch.enough:
        model.fit(inputs, wanted, batch_size=batch_size, callbacks=[watch], verbose=0)
    return watch.seconds_a_batch()


def _seconds_a_validation_batch(
    model: keras.Model, recipe: Recipe, selection: FaceDataset
) -> float:
    batch_size, watch = recipe.optimization.batch_size, _Stopwatch(_VALIDATION_S)
    some = _some_batches(selection, batch_size)
    inputs = _inputs(some, recipe, selection_targets(recipe, some))
    wanted = one_hot(some.targets, len(some.labels))
    while not watch.enough:
        model.evaluate(inputs, wanted, batch_size=batch_size, callbacks=[watch], verbose=0)
    return watch.seconds_a_batch()


def _built(recipe: Recipe, classes: int, steps: int) -> tuple[keras.Model, int]:
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(recipe.precision)
    try:
        heads = new_heads(recipe, classes)
        return training_model(heads, recipe, steps), int(heads.count_params())
    finally:
        keras.config.set_dtype_policy("float32")


def _some_batches(part: FaceDataset, batch_size: int) -> FaceDataset:
    """The first batches, none of them of a single picture: TensorFlow 2.21 crashes on that."""
    count = len(part.images)
    if count < 2:
        raise DatasetError(f"{part.name}: expected two or more pictures in a split, got {count}.")
    taken = min(count, _BATCHES * batch_size)
    return part.part(slice(taken - 1 if taken % batch_size == 1 else taken))


def _inputs(data: FaceDataset, recipe: Recipe, targets: TrainingTargets) -> list[Any]:
    pixels = uint8_inputs(data.images, recipe.preprocess)
    return [pixels, *(part for part in (targets.main, targets.auxiliary) if part.shape[1])]


class _Stopwatch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Times batches, and ends training or validation when it has seen enough.

    Args:
        limit_s: Seconds to time for.
    """

    def __init__(self, limit_s: float) -> None:
        super().__init__()
        self.limit_s = limit_s
        self.begun = 0.0
        self.spans: list[float] = []

    @property
    def enough(self) -> bool:
        """Whether there is a figure, and no use in going on."""
        timed = self.spans[_WARM_UP:]
        return len(timed) >= _BATCHES or (bool(timed) and sum(self.spans[1:]) > self.limit_s)

    def seconds_a_batch(self) -> float:
        """Median of the batches after those that warm up."""
        return statistics.median(self.spans[_WARM_UP:])

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Start."""
        self.begun = time.perf_counter()

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Start."""
        self.begun = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Stop; its figures are there, so that the device has done its work."""
        self.spans.append(time.perf_counter() - self.begun)
        self.model.stop_training = self.enough

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Stop; its figures are there, so that the device has done its work."""
        self.spans.append(time.perf_counter() - self.begun)
        self.model.stop_evaluating = self.enough
