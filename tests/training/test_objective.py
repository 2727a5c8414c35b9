"""The loss is the cross-entropy against soft targets, of each head by its weight."""

import keras
import numpy as np
import pytest

from fer_core.training.objective import SoftTargetLoss

# Logits of ln 1, ln 2, ln 5 are probabilities of 1/8, 2/8 and 5/8.
LOGITS = np.log([[1.0, 2.0, 5.0]]).astype(np.float32)


def loss(targets: list[list[float]], weight: float = 1.0) -> float:
    layer = SoftTargetLoss([weight])
    passed = layer([np.repeat(LOGITS, len(targets), axis=0)], [np.array(targets, np.float32)])
    assert np.array_equal(keras.ops.convert_to_numpy(passed)[0], LOGITS[0])
    return float(sum(layer.losses))


def test_it_is_the_cross_entropy() -> None:
    assert loss([[0, 0, 1]]) == pytest.approx(-np.log(5 / 8))
    expected = -(0.5 * np.log(1 / 8) + 0.25 * np.log(2 / 8) + 0.25 * np.log(5 / 8))
    assert loss([[0.5, 0.25, 0.25]]) == pytest.approx(expected)


def test_a_row_weighs_what_it_sums_to() -> None:
    assert loss([[0, 0, 2]]) == pytest.approx(-2 * np.log(5 / 8))
    assert loss([[0, 0, 1], [0, 0, 0]]) == pytest.approx(-np.log(5 / 8) / 2)


def test_the_heads_losses_add_up_by_their_weights() -> None:
    layer = SoftTargetLoss([1.0, 0.5])
    one = np.array([[0.0, 0.0, 1.0]], np.float32)
    layer([LOGITS, LOGITS], [one, one])
    assert float(sum(layer.losses)) == pytest.approx(-1.5 * np.log(5 / 8))
