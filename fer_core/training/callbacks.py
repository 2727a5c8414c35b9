"""What happens beside the steps of a run: averaged weights, the best kept, progress told."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_core.training.checkpoint import save_whole
from fer_core.training.history import SECONDS


@dataclass(frozen=True, slots=True)
class EpochReport:
    """What is known when an epoch ends; losses and accuracies as Keras logs them."""

    epoch: int
    epochs: int
    metrics: dict[str, float]
    best_accuracy: float


class KeepBestAverage(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Validates the moving average of the weights, and saves the network whenever it is best.

    The optimiser keeps the average (`use_ema`); it stands in for the live weights while the
    validation split is read, and the live weights come back before the next step.

    Args:
        network: The network inside the training model.
        path: Where its best weights go (".weights.h5").
        best_accuracy: What the weights at `path` reached, if an earlier process left some.
        keep_last: Save it after every epoch, the best or not.
    """

    def __init__(
        self,
        network: keras.Model,
        path: Path,
        best_accuracy: float | None = None,
        keep_last: bool = False,
    ) -> None:
        super().__init__()
        self.network = network
        self.path = path
        self.best_accuracy = best_accuracy or 0.0
        self.kept = best_accuracy is not None and path.exists()
        self.keep_last = keep_last
        self._live: list[Any] = []

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Put the averages in place."""
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # under loss scaling
        if not optimizer.use_ema:
            return
        variables = self.model.trainable_variables
        self._live = [variable.numpy() for variable in variables]
        for variable, average in zip(
            variables, optimizer._model_variables_moving_average, strict=True
        ):
            # A copy: JAX would share the buffer, and give it away in the next step.
            variable.assign(np.array(average.numpy()))

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Save if best, then put the live weights back."""
        accuracy, loss = (float((logs or {})[name]) for name in ("accuracy", "loss"))
        # Weights that are not numbers still get the share of one class right.
        better = accuracy > self.best_accuracy or not self.kept
        if math.isfinite(loss) and (better or self.keep_last):
            self.best_accuracy, self.kept = max(accuracy, self.best_accuracy), True
            save_whole(self.network, self.path)
        for variable, value in zip(self.model.trainable_variables, self._live, strict=False):
            variable.assign(value)
        self._live = []


class LogRateAndTime(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Puts learning rate and seconds among an epoch's figures, for the callbacks after it."""

    def __init__(self) -> None:
        super().__init__()
        self._since = time.perf_counter()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._since = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Add the rate that the epoch ended with, and the seconds since the one before."""
        # What comes after an epoch's figures, as saving it, counts to the next; nothing is lost.
        now = time.perf_counter()
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
            logs[SECONDS] = now - self._since
        self._since = now


class TellProgress(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Calls back with an `EpochReport` after each epoch.

    Args:
        tell: Receives the report.
        keeper: Knows the best accuracy so far.
    """

    def __init__(self, tell: Callable[[EpochReport], None], keeper: KeepBestAverage) -> None:
        super().__init__()
        self.tell = tell
        self.keeper = keeper

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Report the epoch that ended."""
        metrics = {name: float(value) for name, value in (logs or {}).items()}
        self.tell(EpochReport(epoch + 1, self.params["epochs"], metrics, self.keeper.best_accuracy))


class EndWhenEnough(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Makes an epoch the last one.

    Args:
        is_enough: Asked after each epoch.
    """

    def __init__(self, is_enough: Callable[[], bool]) -> None:
        super().__init__()
        self.is_enough = is_enough

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Go on or not."""
        if self.is_enough():
            self.model.stop_training = True
