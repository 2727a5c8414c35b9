"""The net of nine convolutions is as large as counted by hand, and pools after every third."""

from itertools import pairwise
from typing import Any

import keras
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.base import build
from fer_core.zoo.architectures.nine_conv import nine_conv

GREY_48 = (48, 48, 1)


def test_the_default_has_its_exact_number_of_weights() -> None:
    """Counted by hand; three poolings leave 6×6 of 48×48.

    Convolutions v → w: 9·v·w + w. Dense: 6·6·128·256 + 256, 256·256 + 256, 256·6 + 6.
    """
    widths = (1, 32, 32, 32, 64, 64, 64, 128, 128, 128)
    by_hand = sum(9 * v * w + w for v, w in pairwise(widths))
    by_hand += 6 * 6 * 128 * 256 + 256 + 256 * 256 + 256 + 256 * 6 + 6
    assert nine_conv(GREY_48, 6).count_params() == by_hand == 1_727_430


def test_three_convolutions_stand_before_each_pooling() -> None:
    network = nine_conv(GREY_48, 6, filters=(2, 4, 6), dropout=0.3)
    kinds = "".join(type(layer).__name__[0] for layer in network.layers)
    assert kinds == "I" + "CCCM" * 3 + "F" + "DRD" * 2 + "D"
    convolutions = [x for x in network.layers if isinstance(x, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [2] * 3 + [4] * 3 + [6] * 3
    rates = [x.rate for x in network.layers if isinstance(x, keras.layers.Dropout)]
    assert rates == [0.3, 0.3]


@pytest.mark.parametrize(
    "settings", [{"dropout": 3.0}, {"filters": [32, 64]}, {"filters": [0] * 3}]
)
def test_a_setting_out_of_range_is_told_in_one_line(settings: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="'nine_conv' does not take these settings") as caught:
        build("nine_conv", GREY_48, 6, settings)
    assert "\n" not in str(caught.value)
