"""Akhila's two-layer net: two pooled convolutions and one hidden dense layer, for 32×32 pixels.

"Facial Emotion Recognition Using Deep Learning". Our choice, as the paper does not say: the
filter counts, the kernel's size, the hidden layer's units and the dropout rate. Filters and units
are few because of the paper's Adam rate, 0.01: on FER2013 a net of four times the filters and
twice the units gives one answer to all faces from its first epoch on.
"""

from typing import TYPE_CHECKING

from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.architectures.blocks import conv_pool, dense_relu

if TYPE_CHECKING:
    import keras


@architectures.register("akhila_dcnn")
def akhila_dcnn(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    filters: tuple[int, int] = (8, 16),
    hidden: int = 64,
    dropout: float = 0.25,
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels); two poolings halve the picture.
        classes: Number of logits.
        filters: Channels of the two 3×3 convolutions.
        hidden: Units of the dense layer.
        dropout: Share dropped while training after each pooling.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    import keras
    from keras import layers

    first, second = filters
    inputs = keras.Input(input_shape, name="face")
    x = conv_pool(inputs, first, dropout=dropout)
    x = conv_pool(x, second, dropout=dropout)
    x = dense_relu(layers.Flatten()(x), hidden, name="features")
    return keras.Model(inputs, layers.Dense(classes, dtype="float32", name="logits")(x))
