"""Something is done after each epoch, and training ends with the step in which it was asked to."""

from typing import Any

import keras
import numpy as np
import pytest

from fer_core.domain.errors import TrainingStopped
from fer_core.training.runs.callbacks import AfterEpoch, StopWhenAsked


def fit(*callbacks: keras.callbacks.Callback) -> None:
    """Two epochs of four steps, each validated."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.zeros((8, 4)), np.zeros((8, 1))
    model.fit(
        x, y, validation_data=(x, y), batch_size=2, epochs=2, callbacks=[*callbacks], verbose=0
    )


class Steps(keras.callbacks.Callback):
    """Counts steps and epochs that ended."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = self.epochs = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.steps += 1

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epochs += 1


@pytest.mark.parametrize(
    ("after", "steps", "epochs"), [(0, 0, 0), (1, 1, 0), (3, 3, 0), (4, 4, 0), (5, 5, 1)]
)
def test_training_stops_after_the_step_and_books_no_part_of_an_epoch(
    after: int, steps: int, epochs: int
) -> None:
    done = Steps()
    with pytest.raises(TrainingStopped):
        fit(done, StopWhenAsked(lambda: done.steps >= after))
    assert (done.steps, done.epochs) == (steps, epochs)


def test_unasked_it_trains_to_the_end() -> None:
    done = Steps()
    fit(done, StopWhenAsked(lambda: False))
    assert (done.steps, done.epochs) == (8, 2)


def test_after_each_epoch_something_is_done() -> None:
    done, seen = Steps(), []
    fit(done, AfterEpoch(lambda: seen.append((done.steps, done.epochs))))
    assert seen == [(4, 1), (8, 2)]
