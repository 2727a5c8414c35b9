"""Akhila's net is as large as counted by hand at its own 32×32, and takes its settings."""

from typing import Any

import keras
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.akhila_dcnn import akhila_dcnn
from fer_core.zoo.architectures.base import build

GREY_32 = (32, 32, 1)


def test_the_default_has_its_exact_number_of_weights() -> None:
    """Counted by hand; two poolings leave 8×8 of 32×32.

    Convolutions: 9·1·8 + 8 and 9·8·16 + 16. Dense: 8·8·16·64 + 64 and 64·5 + 5.
    """
    by_hand = 80 + 1_168 + 65_600 + 325
    assert akhila_dcnn(GREY_32, 5).count_params() == by_hand == 67_173


def test_it_takes_its_settings() -> None:
    network = akhila_dcnn(GREY_32, 5, filters=(4, 6), hidden=10, dropout=0.4)
    convolutions = [x for x in network.layers if isinstance(x, keras.layers.Conv2D)]
    rates = [x.rate for x in network.layers if isinstance(x, keras.layers.Dropout)]
    assert [layer.filters for layer in convolutions] == [4, 6]
    assert network.get_layer("features").output.shape == (None, 10)
    assert rates == [0.4, 0.4]


@pytest.mark.parametrize(
    "settings", [{"dropout": 3.0}, {"filters": [8]}, {"filters": [0, 1]}, {"hidden": 0}]
)
def test_a_setting_out_of_range_is_told_in_one_line(settings: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="'akhila_dcnn' does not take these settings") as caught:
        build("akhila_dcnn", GREY_32, 5, settings)
    assert "\n" not in str(caught.value)
