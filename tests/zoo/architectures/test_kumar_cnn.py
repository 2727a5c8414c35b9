"""Kumar's net is as large as counted by hand, and takes the paper's options."""

from itertools import pairwise
from typing import Any

import keras
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.base import build
from fer_core.zoo.architectures.kumar_cnn import kumar_cnn

GREY_48 = (48, 48, 1)


def layers(network: keras.Model, kind: type) -> list[Any]:
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_the_default_has_its_exact_number_of_weights() -> None:
    """Counted by hand; five poolings leave 1×1 of 48×48.

    Convolutions v → w: 9·v·w + w. Dense layers v → w: v·w + w. Batch norms: 4 a channel, on
    all of them but the logits.
    """
    channels, units = (1, 32, 64, 128, 128, 256), (256, 256, 128, 6)
    by_hand = sum(9 * v * w + w for v, w in pairwise(channels))
    by_hand += sum(v * w + w for v, w in pairwise(units))
    without = kumar_cnn(GREY_48, 6, batch_norm=False)
    assert without.count_params() == by_hand == 634_886
    assert kumar_cnn(GREY_48, 6).count_params() == by_hand + 4 * (608 + 384)


def test_five_convolutions_are_each_pooled() -> None:
    network = kumar_cnn(GREY_48, 6)
    convolutions = layers(network, keras.layers.Conv2D)
    assert [layer.filters for layer in convolutions] == [32, 64, 128, 128, 256]
    assert {layer.kernel_size for layer in convolutions} == {(3, 3)}
    assert len(layers(network, keras.layers.MaxPooling2D)) == 5
    assert len(layers(network, keras.layers.Dense)) == 3  # eight layers with the convolutions


def test_filters_and_units_set_its_size() -> None:
    network = kumar_cnn(GREY_48, 6, filters=(4, 8), units=(16, 12))
    assert network.get_layer("features").output.shape == (None, 12)
    assert network.count_params() < 22_000


def test_l2_weighs_on_every_kernel() -> None:
    assert len(kumar_cnn(GREY_48, 6, l2=1e-4).losses) == 8
    assert not kumar_cnn(GREY_48, 6).losses


def test_dropout_is_as_asked_after_both_dense_layers() -> None:
    network = kumar_cnn(GREY_48, 6, dropout=0.5)
    assert [layer.rate for layer in layers(network, keras.layers.Dropout)] == [0.5, 0.5]


@pytest.mark.parametrize(
    "settings",
    [
        {"dropout": 3.0},
        {"l2": -1.0},
        {"filters": [0] * 5},
        {"filters": [8] * 6},  # a sixth pooling leaves nothing of 48 pixels
        {"units": [256]},
        {"batch_norm": "no"},
    ],
)
def test_a_setting_out_of_range_is_told_in_one_line(settings: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="'kumar_cnn' does not take these settings") as caught:
        build("kumar_cnn", GREY_48, 6, settings)
    assert "\n" not in str(caught.value)
