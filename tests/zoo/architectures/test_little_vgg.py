"""The little VGG is as large as counted by hand, and as published otherwise."""

from itertools import pairwise
from typing import Any

import keras
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.base import build
from fer_core.zoo.architectures.little_vgg import little_vgg

GREY_48 = (48, 48, 1)


def layers(network: keras.Model, kind: type) -> list[Any]:
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_it_has_its_exact_number_of_weights() -> None:
    """Counted by hand; four poolings leave 3×3 of 48×48.

    Convolutions v → w: 9·v·w + w, each with a batch norm of 4·w. Dense: 3·3·256·64 + 64 and
    64·64 + 64, with a batch norm each, and 64·7 + 7.
    """
    widths = (1, 32, 32, 64, 64, 128, 128, 256, 256)
    by_hand = sum(9 * v * w + 5 * w for v, w in pairwise(widths))
    by_hand += 3 * 3 * 256 * 64 + 64 * 64 + 2 * 5 * 64 + 64 * 7 + 7
    assert little_vgg(GREY_48, 7).count_params() == by_hand == 1_328_167


def test_each_pair_has_elu_and_he_and_is_pooled() -> None:
    network = little_vgg(GREY_48, 7)
    convolutions = layers(network, keras.layers.Conv2D)
    assert {layer.activation.__name__ for layer in convolutions} == {"elu"}
    assert {type(x.kernel_initializer) for x in convolutions} == {keras.initializers.HeNormal}
    pools = layers(network, keras.layers.MaxPooling2D)
    assert [pool.output.shape[1:] for pool in pools] == [
        (24, 24, 32),
        (12, 12, 64),
        (6, 6, 128),
        (3, 3, 256),
    ]


def test_dropout_is_as_published_and_as_asked() -> None:
    rates = [x.rate for x in layers(little_vgg(GREY_48, 7), keras.layers.Dropout)]
    assert rates == [0.2] * 4 + [0.5] * 2
    other = little_vgg(GREY_48, 7, dropout=0.1, dense_dropout=0.3)
    assert [x.rate for x in layers(other, keras.layers.Dropout)] == [0.1] * 4 + [0.3] * 2


@pytest.mark.parametrize("setting", ["dropout", "dense_dropout"])
def test_a_setting_out_of_range_is_told(setting: str) -> None:
    with pytest.raises(RecipeError, match=r"'little_vgg' does not take these settings: .*rate=3"):
        build("little_vgg", GREY_48, 7, {setting: 3.0})
