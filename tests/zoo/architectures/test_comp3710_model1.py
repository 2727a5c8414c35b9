"""Model 1 of the COMP3710 project has the published number of weights."""

import keras
import pytest

from fer_core.domain.errors import RecipeError
from fer_core.zoo.architectures.base import build
from fer_core.zoo.architectures.comp3710_model1 import comp3710_model1

COLOUR_128 = (128, 128, 3)


def test_it_has_the_published_number_of_weights() -> None:
    """The unpadded convolution leaves 60×60 of 64×64; 30×30×256 go into the dense layer."""
    network = comp3710_model1(COLOUR_128, 7)
    assert network.count_params() == 30_321_415
    (flat,) = [x for x in network.layers if isinstance(x, keras.layers.Flatten)]
    assert flat.output.shape == (None, 230_400)


def test_dropout_is_as_published_and_as_asked() -> None:
    def rates(network: keras.Model) -> list[float]:
        return [x.rate for x in network.layers if isinstance(x, keras.layers.Dropout)]

    assert rates(comp3710_model1((16, 16, 1), 7)) == [0.2]
    assert rates(comp3710_model1((16, 16, 1), 7, dropout=0.4)) == [0.4]


def test_kernels_start_as_keras_does_by_default() -> None:
    network = comp3710_model1((16, 16, 1), 7)
    kinds = [type(x.kernel_initializer) for x in network.layers if hasattr(x, "kernel_initializer")]
    assert set(kinds) == {keras.initializers.GlorotUniform}


def test_a_setting_out_of_range_is_told() -> None:
    with pytest.raises(RecipeError, match=r"'comp3710_model1' does not take these .*rate=3"):
        build("comp3710_model1", (16, 16, 1), 7, {"dropout": 3.0})
