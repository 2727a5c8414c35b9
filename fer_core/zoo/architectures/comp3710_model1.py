"""Model 1 of the COMP3710 project: two 5×5 convolutions and one dense layer.

"Facial Emotion Recognition … Using TensorFlow and Keras". The published count holds at 128×128
RGB and seven classes: 30,321,415 parameters, nearly all of them in the dense layer. Our choice,
as the report does not say: ReLU, and kernels that start as Keras starts them by default (Glorot
and Bengio 2010), with which Adam settles sooner than with He's larger ones.
"""

from typing import TYPE_CHECKING

from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.architectures.blocks import conv_pool, dense_relu

if TYPE_CHECKING:
    import keras


@architectures.register("comp3710_model1")
def comp3710_model1(
    input_shape: tuple[int, int, int], classes: int, *, dropout: float = 0.2
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels); two poolings halve the picture.
        classes: Number of logits.
        dropout: Share dropped while training after the dense layer.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    return comp3710_net(input_shape, classes, dropout, second_convolution=True)


def comp3710_net(
    input_shape: tuple[int, int, int], classes: int, dropout: float, *, second_convolution: bool
) -> "keras.Model":
    """Build either of the project's two networks, as `comp3710_model1` describes them."""
    import keras
    from keras import layers

    inputs = keras.Input(input_shape, name="face")
    x = conv_pool(inputs, 128, kernel=5, initializer="glorot_uniform")
    if second_convolution:
        x = conv_pool(x, 256, kernel=5, padding="valid", initializer="glorot_uniform")
    x = dense_relu(layers.Flatten()(x), 128, initializer="glorot_uniform", name="features")
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, dtype="float32", name="logits")(x))
