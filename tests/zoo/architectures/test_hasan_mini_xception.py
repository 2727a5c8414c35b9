"""Hasan's mini-XCEPTION is as large as Arriaga's, and ends in means over maps."""

import keras
import numpy as np
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.base import build
from fer_core.zoo.architectures.hasan_mini_xception import hasan_mini_xception

GREY_64 = (64, 64, 1)


def test_it_has_the_number_of_weights_of_arriagas_net() -> None:
    """Counted by hand; only the last convolution has biases, batch norms have 4 a channel.

    Base: 9·1·8 + 9·8·8 and two batch norms.
    A module v → w: shortcut v·w; separable 9·v + v·w and 9·w + w·w; three batch norms.
    Class maps: 9·128·7 + 7.
    """

    def module(v: int, w: int) -> int:
        return v * w + 9 * v + v * w + 9 * w + w * w + 3 * 4 * w

    base = 72 + 576 + 2 * 4 * 8
    modules = sum(module(*vw) for vw in ((8, 16), (16, 32), (32, 64), (64, 128)))
    by_hand = base + modules + 9 * 128 * 7 + 7
    network = hasan_mini_xception(GREY_64, 7)
    assert network.count_params() == by_hand == 58_423
    # Half of the batch norms' weights are running means, which no gradient moves.
    trainable = sum(int(keras.ops.size(v)) for v in network.trainable_variables)
    assert trainable == by_hand - 2 * (8 + 8 + 3 * (16 + 32 + 64 + 128))


def test_the_base_trims_the_border_and_four_modules_halve() -> None:
    network = hasan_mini_xception(GREY_64, 7)
    sums = [layer for layer in network.layers if isinstance(layer, keras.layers.Add)]
    assert [layer.output.shape[1:] for layer in sums] == [
        (30, 30, 16),  # of 60: 64 less 2 for each of two convolutions
        (15, 15, 32),
        (8, 8, 64),
        (4, 4, 128),
    ]


def test_shortcuts_take_every_second_pixel_before_their_convolution() -> None:
    """With a stride in the convolution, a training step at 64×64 ends the process (TF 2.21)."""
    network = hasan_mini_xception(GREY_64, 7)
    shortcuts = [
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.Conv2D) and layer.kernel_size == (1, 1)
    ]
    assert [layer.output.shape[1] for layer in shortcuts] == [30, 15, 8, 4]
    assert {layer.strides for layer in shortcuts} == {(1, 1)}


def test_a_logit_is_the_mean_of_its_map() -> None:
    network = hasan_mini_xception(GREY_64, 7)
    maps = keras.Model(network.input, network.get_layer("class_maps").output)
    faces = np.random.default_rng(0).normal(size=(3, *GREY_64)).astype(np.float32)
    means = maps.predict(faces, verbose=0).mean(axis=(1, 2))
    assert network.predict(faces, verbose=0) == pytest.approx(means, abs=1e-5)


def test_a_face_too_small_for_its_base_is_told() -> None:
    with pytest.raises(RecipeError, match="'hasan_mini_xception' does not take these settings"):
        build("hasan_mini_xception", (4, 4, 1), 7, {})
