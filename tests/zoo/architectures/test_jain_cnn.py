"""Jain's net has the published number of weights."""

import keras
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.base import build
from fer_core.zoo.architectures.jain_cnn import jain_cnn

GREY_48 = (48, 48, 1)


def test_it_has_the_published_number_of_weights() -> None:
    """The report's summary: 4,478,727 in all, 3,968 not trainable.

    It prints 4,474,799 trainable, a misprint of the difference.
    """
    network = jain_cnn(GREY_48, 7)
    assert network.count_params() == 4_478_727
    assert sum(int(keras.ops.size(v)) for v in network.trainable_variables) == 4_474_759


def test_the_dense_layers_see_4608_values() -> None:
    (flat,) = [x for x in jain_cnn(GREY_48, 7).layers if isinstance(x, keras.layers.Flatten)]
    assert flat.output.shape == (None, 4_608)


def test_dropout_is_as_asked_after_every_step() -> None:
    network = jain_cnn(GREY_48, 7, dropout=0.4)
    rates = [layer.rate for layer in network.layers if isinstance(layer, keras.layers.Dropout)]
    assert rates == [0.4] * 6


def test_a_setting_out_of_range_is_told() -> None:
    with pytest.raises(RecipeError, match=r"'jain_cnn' does not take these settings: .*rate=3"):
        build("jain_cnn", GREY_48, 7, {"dropout": 3.0})
