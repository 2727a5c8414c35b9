"""The shared steps keep their order, and do what their options say."""

from typing import Any

import keras
import numpy as np
import pytest

from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.architectures.blocks import conv_pool, dense_relu


def network(step: Any, shape: tuple[int, ...], *args: Any, **options: Any) -> keras.Model:
    inputs = keras.Input(shape)
    return keras.Model(inputs, step(inputs, *args, **options))


def kinds(model: keras.Model) -> list[str]:
    return [type(layer).__name__ for layer in model.layers[1:]]


def test_a_plain_convolution_is_pooled_after_its_relu() -> None:
    model = network(conv_pool, (8, 8, 3), 4)
    assert kinds(model) == ["Conv2D", "ReLU", "MaxPooling2D"]
    assert model.output_shape == (None, 4, 4, 4)


def test_a_full_convolution_is_normalised_before_and_dropped_after() -> None:
    model = network(conv_pool, (9, 9, 1), 4, 5, padding="valid", batch_norm=True, dropout=0.4)
    assert kinds(model) == ["Conv2D", "BatchNormalization", "ReLU", "MaxPooling2D", "Dropout"]
    assert model.output_shape == (None, 2, 2, 4)  # 9 - 5 + 1 = 5, halved
    assert model.layers[-1].rate == 0.4


def test_a_dense_step_bears_its_name_on_the_last_layer() -> None:
    model = network(dense_relu, (6,), 4, batch_norm=True, name="features")
    assert kinds(model) == ["Dense", "BatchNormalization", "ReLU"]
    assert model.get_layer("features") is model.layers[-1]


@pytest.mark.parametrize(("step", "shape"), [(conv_pool, (8, 8, 3)), (dense_relu, (6,))])
def test_l2_is_the_factor_on_the_kernels_squares(step: Any, shape: tuple[int, ...]) -> None:
    model = network(step, shape, 4, l2=0.1)
    squares = np.square(model.layers[1].kernel.numpy()).sum()
    assert [float(loss) for loss in model.losses] == pytest.approx([0.1 * squares])
    assert not network(step, shape, 4).losses


@pytest.mark.parametrize(("step", "shape"), [(conv_pool, (8, 8, 50)), (dense_relu, (450,))])
def test_kernels_start_with_the_spread_he_et_al_propose(step: Any, shape: tuple[int, ...]) -> None:
    """sqrt(2 / fan-in), where the fan-in is 3·3·50 = 450; Glorot's would be under 0.054."""
    keras.utils.set_random_seed(1)
    kernel = network(step, shape, 256).layers[1].kernel.numpy()
    assert kernel.std() == pytest.approx((2 / 450) ** 0.5, rel=0.02)


@pytest.mark.parametrize(("step", "shape"), [(conv_pool, (8, 8, 3)), (dense_relu, (6,))])
def test_kernels_start_as_asked(step: Any, shape: tuple[int, ...]) -> None:
    model = network(step, shape, 4, initializer="zeros")
    assert not model.layers[1].kernel.numpy().any()


def test_it_is_no_architecture() -> None:
    assert "blocks" not in architectures.names()
