"""Averaged weights get the statistics of what they themselves see."""

import keras
import numpy as np
import pytest

from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.normalization import settle_statistics

SPEC = PreprocessSpec((8, 8), scale=1 / 64, offset=-2.0)


def pictures(count: int = 96) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, 8, 8, 1), np.uint8)


def network() -> keras.Model:
    """A batch norm that sees the input itself, and another within a network within."""
    inner = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.BatchNormalization(center=False, scale=False)]
    )
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.BatchNormalization(momentum=0.9)(inputs)
    return keras.Model(inputs, inner(x))


def test_the_statistics_become_those_of_the_pictures() -> None:
    model, images = network(), pictures()
    scaled = images * SPEC.scale + SPEC.offset
    settle_statistics(model, images, SPEC, seed=1)
    first = model.layers[1]
    assert float(first.moving_mean[0]) == pytest.approx(scaled.mean(), abs=1e-4)
    assert float(first.moving_variance[0]) == pytest.approx(scaled.var(), rel=1e-3)
    second = model.layers[2].layers[0]
    assert float(second.moving_mean[0]) == pytest.approx(0.0, abs=1e-4)
    assert float(second.moving_variance[0]) == pytest.approx(1.0, rel=2e-3)
    assert first.momentum == 0.9


def test_it_is_the_same_each_time_and_leaves_the_weights() -> None:
    model, images = network(), pictures(700)  # three batches, the last one short
    before = [w.numpy() for w in model.trainable_variables]
    settle_statistics(model, images, SPEC, seed=1)
    once = model.get_weights()
    settle_statistics(model, images, SPEC, seed=1)
    for now, then in zip(model.get_weights(), once, strict=True):
        assert now == pytest.approx(then, abs=1e-6)
    for now, then in zip(model.trainable_variables, before, strict=True):
        assert np.array_equal(now.numpy(), then)
