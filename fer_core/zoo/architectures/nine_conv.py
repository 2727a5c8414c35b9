"""Hasan's net of nine convolutions, pooled after every third, with two dense layers of 256.

"Facial Expression Recognition Through Image Processing and Deep CNN" (2021). Our choice, as the
paper does not say: the filter counts, the kernel's size, two dense layers ("256s"), the dropout
rate, ReLU, and kernels that start by He et al. (2015), without which nine layers and no batch
norm learn slowly.
"""

from typing import TYPE_CHECKING

from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.architectures.blocks import dense_relu

if TYPE_CHECKING:
    import keras


@architectures.register("nine_conv")
def nine_conv(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    filters: tuple[int, int, int] = (32, 64, 128),
    dropout: float = 0.5,
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels); three poolings halve the picture.
        classes: Number of logits.
        filters: Channels of the three convolutions before each pooling.
        dropout: Share dropped while training after each dense layer.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    import keras
    from keras import layers

    low, middle, high = filters
    x = inputs = keras.Input(input_shape, name="face")
    for width in (low, middle, high):
        for _ in range(3):
            x = layers.Conv2D(
                width, 3, padding="same", activation="relu", kernel_initializer="he_normal"
            )(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dropout(dropout)(dense_relu(layers.Flatten()(x), 256))
    x = layers.Dropout(dropout)(dense_relu(x, 256, name="features"))
    return keras.Model(inputs, layers.Dense(classes, dtype="float32", name="logits")(x))
