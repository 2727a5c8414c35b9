"""Averaged weights are validated and the best kept, while the live ones train on untouched."""

import math
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.training.callbacks import (
    EpochReport,
    KeepBestAverage,
    LogRateAndTime,
    TellProgress,
)

Weights = list[npt.NDArray[np.float32]]

EMA = 0.8


def new_network() -> keras.Model:
    """Four numbers in, two logits out: ten weights."""
    keras.utils.set_random_seed(4)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])


def training_model(network: keras.Model, ema: float = EMA, loss_scale: bool = False) -> keras.Model:
    """A model around a network, as the engine makes one."""
    inputs = keras.Input((4,))
    model = keras.Model(inputs, network(inputs))
    optimizer = keras.optimizers.SGD(0.5, use_ema=ema > 0, ema_momentum=ema)
    if loss_scale:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=2.0)
    model.compile(
        optimizer,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def data(count: int = 32) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    random = np.random.default_rng(4)
    x = random.normal(size=(count, 4)).astype(np.float32)
    return x, (x[:, 0] > 0).astype(np.int64)


class Watch(keras.callbacks.Callback):
    """Writes down the weights after every step, while validating, and after it."""

    def __init__(self) -> None:
        super().__init__()
        self.after_steps: list[Weights] = []
        self.validated: list[Weights] = []
        self.at_epoch_ends: list[Weights] = []

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        self.after_steps.append(self.model.get_weights())

    def on_test_batch_end(self, batch: int, logs: object = None) -> None:
        self.validated.append(self.model.get_weights())

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.at_epoch_ends.append(self.model.get_weights())


def equal(one: Weights, other: Weights) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def fit(folder: Path, **model: Any) -> tuple[KeepBestAverage, Watch]:
    """Three epochs of four steps, each validated in one batch."""
    network = new_network()
    keeper, watch = KeepBestAverage(network, folder / "best.weights.h5"), Watch()
    training_model(network, **model).fit(
        *data(),
        validation_data=data(),
        batch_size=8,
        validation_batch_size=32,
        epochs=3,
        callbacks=[keeper, watch],
        verbose=0,
    )
    return keeper, watch


# --- The average ---


def test_the_average_stands_in_for_validation(tmp_path: Path) -> None:
    _, watch = fit(tmp_path)
    average = watch.after_steps[0]  # Keras starts it at the first step's weights
    averages = [average]
    for weights in watch.after_steps[1:]:
        average = [EMA * a + (1 - EMA) * w for a, w in zip(average, weights, strict=True)]
        averages.append(average)
    for validated, by_hand in zip(watch.validated, averages[3::4], strict=True):
        for received, expected in zip(validated, by_hand, strict=True):
            assert received == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("loss_scale", [False, True])
def test_the_live_weights_come_back_to_the_last_bit(tmp_path: Path, loss_scale: bool) -> None:
    _, watch = fit(tmp_path, loss_scale=loss_scale)
    for before, during, after in zip(
        watch.after_steps[3::4], watch.validated, watch.at_epoch_ends, strict=True
    ):
        assert equal(after, before)
        assert not equal(during, before)


def test_without_an_average_the_weights_themselves_are_validated(tmp_path: Path) -> None:
    _, watch = fit(tmp_path, ema=0)
    for before, during in zip(watch.after_steps[3::4], watch.validated, strict=True):
        assert equal(during, before)


# --- The best ---


@pytest.fixture
def keeper(tmp_path: Path) -> KeepBestAverage:
    """One without an average, to be walked through epochs by hand."""
    network = new_network()
    keeper = KeepBestAverage(network, tmp_path / "best.weights.h5")
    keeper.set_model(training_model(network, ema=0))
    return keeper


@pytest.mark.parametrize(
    ("keep_last", "epochs"),
    [(False, [0, 1, 1, 1, 4, 4]), (True, [0, 1, 2, 3, 4, 4])],
    ids=["the best", "the last"],
)
def test_one_epochs_weights_are_kept(
    keeper: KeepBestAverage, keep_last: bool, epochs: list[int]
) -> None:
    keeper.keep_last = keep_last
    # Accuracy and loss of each epoch, whose number is then every weight.
    outcomes = [(0.0, 2.0), (0.5, 1.0), (0.4, 0.5), (0.5, 0.9), (0.7, 0.8), (0.9, math.nan)]
    kept, best = [], []
    for number, (accuracy, loss) in enumerate(outcomes):
        keeper.network.set_weights([np.full((4, 2), number), np.full(2, number)])
        keeper.on_test_begin()
        keeper.on_test_end({"accuracy": accuracy, "loss": loss})
        fresh = new_network()
        fresh.load_weights(keeper.path)
        kept.append(int(fresh.get_weights()[0][0, 0]))
        best.append(keeper.best_accuracy)
    # None right is kept while it is all there is, ties keep the first, and a loss that is no
    # number counts for nothing.
    assert kept == epochs
    assert best == [0.0, 0.5, 0.5, 0.5, 0.7, 0.7]


def test_nothing_is_kept_of_a_loss_that_is_no_number(keeper: KeepBestAverage) -> None:
    keeper.on_test_begin()
    keeper.on_test_end({"accuracy": 0.5, "loss": math.nan})
    assert not keeper.kept
    assert not keeper.path.exists()


def test_the_file_holds_the_average_of_the_best_epoch(tmp_path: Path) -> None:
    keeper, watch = fit(tmp_path)
    kept = new_network()
    kept.load_weights(keeper.path)
    assert any(equal(kept.get_weights(), weights) for weights in watch.validated)
    x, y = data()
    right = kept.predict(x, verbose=0).argmax(axis=1) == y
    assert keeper.best_accuracy == pytest.approx(right.mean())


# --- Rate and time ---


def test_rate_and_seconds_are_among_an_epochs_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])
    log = LogRateAndTime()
    log.set_model(training_model(new_network()))
    log.on_train_begin()
    for seconds in (8.0, 5.0):
        clock[0] += seconds
        # A wall clock that is set back while an epoch runs changes nothing.
        monkeypatch.setattr(time, "time", lambda: -clock[0])
        figures = {"loss": 1.0}
        log.on_epoch_end(0, figures)
        assert figures == {"loss": 1.0, "learning_rate": 0.5, "seconds": seconds}
    log.on_epoch_end(0)


# --- Progress ---


def test_every_epoch_is_told_with_its_metrics(tmp_path: Path) -> None:
    network, told = new_network(), []
    keeper = KeepBestAverage(network, tmp_path / "best.weights.h5")
    training_model(network).fit(
        *data(),
        validation_data=data(),
        epochs=2,
        callbacks=[keeper, TellProgress(told.append, keeper)],
        verbose=0,
    )
    assert [(report.epoch, report.epochs) for report in told] == [(1, 2), (2, 2)]
    for report in told:
        assert isinstance(report, EpochReport)
        assert set(report.metrics) == {"accuracy", "loss", "val_accuracy", "val_loss"}
        assert all(type(value) is float for value in report.metrics.values())
    assert told[-1].best_accuracy == max(report.metrics["val_accuracy"] for report in told)
