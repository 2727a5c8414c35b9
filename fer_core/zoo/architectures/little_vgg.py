"""Hasan's little VGG: pairs of 3×3 convolutions with ELU and batch norm, then two dense layers.

"Facial Expression Recognition Through Image Processing and Deep CNN" (2021), in the manner of
Simonyan and Zisserman (2015). Our choice, as the paper does not say: the dense layers start as
the convolutions do, by He et al. (2015).
"""

from typing import TYPE_CHECKING

from fer_core.zoo.architectures.base import architectures

if TYPE_CHECKING:
    import keras


@architectures.register("little_vgg")
def little_vgg(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    dropout: float = 0.2,
    dense_dropout: float = 0.5,
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels); four poolings halve the picture.
        classes: Number of logits.
        dropout: Share dropped while training after each pooling.
        dense_dropout: Share dropped while training after each dense layer.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    import keras
    from keras import layers

    elu = {"activation": "elu", "kernel_initializer": "he_normal"}
    x = inputs = keras.Input(input_shape, name="face")
    for filters in (32, 64, 128, 256):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", **elu)(x)
            x = layers.BatchNormalization()(x)
        x = layers.Dropout(dropout)(layers.MaxPooling2D(2)(x))
    x = layers.BatchNormalization()(layers.Dense(64, **elu)(layers.Flatten()(x)))
    x = layers.Dropout(dense_dropout)(x)
    x = layers.BatchNormalization(name="features")(layers.Dense(64, **elu)(x))
    x = layers.Dropout(dense_dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, dtype="float32", name="logits")(x))
