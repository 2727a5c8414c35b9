"""Kumar's plain net: five convolutions, each pooled, and two dense layers.

"Facial Expression Recognition Using Python Using CNN Model" (2021). Published: eight layers, all
convolutions 3×3; batch norm, dropout, L2 and He initialisation as options. Our choice, as the
paper does not say: the filter counts, the dense layers' units, where batch norm and dropout
stand, and the dropout rate.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.architectures.blocks import conv_pool, dense_relu

if TYPE_CHECKING:
    import keras


@architectures.register("kumar_cnn")
def kumar_cnn(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    filters: Sequence[int] = (32, 64, 128, 128, 256),
    units: tuple[int, int] = (256, 128),
    batch_norm: bool = True,
    dropout: float = 0.3,
    l2: float = 0.0,
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels); each of `filters` halves the picture.
        classes: Number of logits.
        filters: Channels of each convolution; the paper has five.
        units: Units of the two dense layers.
        batch_norm: Normalise after each convolution and dense layer, before its ReLU.
        dropout: Share dropped while training after each dense layer.
        l2: Factor of the penalty on the squares of all kernels.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    import keras
    from keras import layers, regularizers

    if not isinstance(batch_norm, bool):
        raise TypeError(f"batch_norm must be true or false, got {batch_norm!r}")
    first, second = units
    x = inputs = keras.Input(input_shape, name="face")
    for width in filters:
        x = conv_pool(x, width, batch_norm=batch_norm, l2=l2)
    x = dense_relu(layers.Flatten()(x), first, batch_norm=batch_norm, l2=l2)
    x = layers.Dropout(dropout)(x)
    x = dense_relu(x, second, batch_norm=batch_norm, l2=l2, name="features")
    x = layers.Dropout(dropout)(x)
    penalty = regularizers.L2(l2) if l2 else None
    logits = layers.Dense(classes, kernel_regularizer=penalty, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits)
