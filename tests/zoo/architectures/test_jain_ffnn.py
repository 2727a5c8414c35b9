"""The feed-forward baseline sees a vector of pixels, and is as large as counted by hand."""

from typing import Any

import keras
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.base import build
from fer_core.zoo.architectures.jain_ffnn import jain_ffnn

GREY_48 = (48, 48, 1)


def test_the_default_has_its_exact_number_of_weights() -> None:
    """2,304 pixels → 512 → 256 → 7, each with a bias for every unit."""
    by_hand = 2_304 * 512 + 512 + 512 * 256 + 256 + 256 * 7 + 7
    assert jain_ffnn(GREY_48, 7).count_params() == by_hand == 1_313_287


def test_widths_set_its_layers_and_none_convolves() -> None:
    network = jain_ffnn(GREY_48, 7, widths=(32, 16, 8), dropout=0.1)
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    rates = [layer.rate for layer in network.layers if isinstance(layer, keras.layers.Dropout)]
    assert [layer.units for layer in dense] == [32, 16, 8, 7]
    assert rates == [0.1] * 3
    assert not [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]


@pytest.mark.parametrize("settings", [{"dropout": 3.0}, {"widths": []}, {"widths": [0]}])
def test_a_setting_out_of_range_is_told_in_one_line(settings: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="'jain_ffnn' does not take these settings") as caught:
        build("jain_ffnn", GREY_48, 7, settings)
    assert "\n" not in str(caught.value)
