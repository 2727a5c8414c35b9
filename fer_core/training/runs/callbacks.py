"""What a run adds to training: a look after each epoch, and stopping when asked (needs Keras)."""

from collections.abc import Callable
from typing import Any

import keras

from fer_core.domain.errors import TrainingStopped


class AfterEpoch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Does something whenever an epoch has ended.

    Args:
        do: What to do; the epoch's figures and checkpoint are on the disk by then.
    """

    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__()
        self.do = do

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Do it."""
        self.do()


class StopWhenAsked(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Ends training after the step in which it was asked to.

    The epoch that is cut short leaves nothing behind: `model.stop_training` would validate it
    and book it as a whole one.

    Args:
        asked: Whether to stop.
    """

    def __init__(self, asked: Callable[[], bool]) -> None:
        super().__init__()
        self.asked = asked

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Stop before an epoch is begun in vain."""
        self._stop_if_asked()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Stop after a step."""
        self._stop_if_asked()

    def _stop_if_asked(self) -> None:
        if self.asked():
            raise TrainingStopped("Training was stopped on request.")
