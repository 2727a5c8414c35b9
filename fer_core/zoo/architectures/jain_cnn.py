"""Jain's wide net: four convolutions and two dense layers, all with batch norm and dropout.

"Facial Expression Recognition System" (California State University, Long Beach). The published
count holds at 48×48 grey and seven classes: 4,478,727 parameters, of which 4,474,759 are
trainable. Our choice, as the report does not say: the dropout rate.
"""

from typing import TYPE_CHECKING

from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.architectures.blocks import conv_pool, dense_relu

if TYPE_CHECKING:
    import keras


@architectures.register("jain_cnn")
def jain_cnn(
    input_shape: tuple[int, int, int], classes: int, *, dropout: float = 0.25
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels); four poolings halve the picture.
        classes: Number of logits.
        dropout: Share dropped while training after each pooling and each dense layer.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    import keras
    from keras import layers

    x = inputs = keras.Input(input_shape, name="face")
    for filters, kernel in ((64, 3), (128, 5), (512, 3), (512, 3)):
        x = conv_pool(x, filters, kernel, batch_norm=True, dropout=dropout)
    x = dense_relu(layers.Flatten()(x), 256, batch_norm=True)
    x = layers.Dropout(dropout)(x)
    x = dense_relu(x, 512, batch_norm=True, name="features")
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, dtype="float32", name="logits")(x))
