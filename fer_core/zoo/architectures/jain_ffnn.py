"""Jain's classical baseline: a feed-forward net on the face as one long vector.

"Facial Expression Recognition System" (California State University, Long Beach). It sees no
neighbourhood of pixels, and shows what convolutions are worth. Our choice, as the report does
not say: the layers' widths, the dropout rate and ReLU.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.architectures.blocks import dense_relu

if TYPE_CHECKING:
    import keras


@architectures.register("jain_ffnn")
def jain_ffnn(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    widths: Sequence[int] = (512, 256),
    dropout: float = 0.25,
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels).
        classes: Number of logits.
        widths: Units of each hidden layer, one or more.
        dropout: Share dropped while training after each hidden layer.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    import keras
    from keras import layers

    *hidden, last = widths
    inputs = keras.Input(input_shape, name="face")
    x = layers.Flatten()(inputs)
    for width in hidden:
        x = layers.Dropout(dropout)(dense_relu(x, width))
    x = layers.Dropout(dropout)(dense_relu(x, last, name="features"))
    return keras.Model(inputs, layers.Dense(classes, dtype="float32", name="logits")(x))
