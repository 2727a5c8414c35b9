"""The project's own residual net is as large as it says, and takes its settings."""

from typing import Any

import keras
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.base import build
from fer_core.zoo.architectures.se_resnet import se_resnet

GREY_48 = (48, 48, 1)


def layers(network: keras.Model, kind: type) -> list[Any]:
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_the_default_has_its_exact_number_of_weights() -> None:
    """Counted by hand; batch norms have 4 weights a channel, kernels no bias.

    Stem: 9·32 + 4·32 = 416.
    A block w → w: 2·9·w² + 2·4·w, and the gate w·w/8 + w/8 + w/8·w + w.
    A first block of stage v → w: 9·v·w + 9·w² + v·w + 3·4·w, and the same gate.
    Head: 128·7 + 7 = 903.
    """

    def gate(w: int) -> int:
        return w * w // 8 + w // 8 + w // 8 * w + w

    def block(v: int, w: int) -> int:
        shortcut = v * w + 4 * w if v != w else 0
        return 9 * v * w + 9 * w * w + 8 * w + shortcut + gate(w)

    by_hand = 416 + sum(block(*vw) for vw in ((32, 32), (32, 32), (32, 64), (64, 64), (64, 128)))
    by_hand += block(128, 128) + 903
    assert by_hand == 709_151
    assert se_resnet(GREY_48, 7).count_params() == 709_151


def test_widths_and_blocks_set_its_size() -> None:
    network = se_resnet(GREY_48, 7, widths=(8, 16), blocks=3)
    assert len(layers(network, keras.layers.Add)) == 6  # one for each block
    assert network.get_layer("features").output.shape == (None, 16)


def test_the_border_is_dropped_first() -> None:
    (crop,) = layers(se_resnet(GREY_48, 7, border=4), keras.layers.Cropping2D)
    assert crop.output.shape == (None, 40, 40, 1)


def test_dropout_is_as_asked() -> None:
    (dropout,) = layers(se_resnet(GREY_48, 7, dropout=0.5), keras.layers.Dropout)
    assert dropout.rate == 0.5


@pytest.mark.parametrize("settings", [{"dropout": 3.0}, {"border": 100}, {"widths": [0]}])
def test_a_setting_out_of_range_is_told_in_one_line(settings: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="'se_resnet' does not take these settings") as caught:
        build("se_resnet", GREY_48, 7, settings)
    assert "\n" not in str(caught.value)
