"""Hasan's mini-XCEPTION: separable convolutions beside shortcuts, and no dense layer at all.

"Facial Expression Recognition Through Image Processing and Deep CNN" (2021), after the
mini-XCEPTION of Arriaga et al. (2017), "Real-time Convolutional Neural Networks for Emotion and
Gender Classification". Our choice, as the paper does not say: the base has 8 filters and trims
the border, and no convolution before a batch norm has a bias, all as in Arriaga's net; this
gives its 58,423 parameters at 64×64 grey and seven classes.
"""

from typing import TYPE_CHECKING, Any

from fer_core.zoo.architectures.base import architectures

if TYPE_CHECKING:
    import keras


@architectures.register("hasan_mini_xception")
def hasan_mini_xception(input_shape: tuple[int, int, int], classes: int) -> "keras.Model":
    """Build the network. The mean of each class's last map is its logit.

    No layer is named "features": the logits come from maps, not from one vector.

    Args:
        input_shape: (height, width, channels); four modules halve the picture.
        classes: Number of logits.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    import keras
    from keras import layers

    x = inputs = keras.Input(input_shape, name="face")
    for _ in range(2):
        x = layers.Conv2D(8, 3, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    for filters in (16, 32, 64, 128):
        x = _module(x, filters)
    x = layers.Conv2D(classes, 3, padding="same", dtype="float32", name="class_maps")(x)
    logits = layers.GlobalAveragePooling2D(dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits)


def _module(x: Any, filters: int) -> Any:
    """Two separable convolutions and a max pooling, added to a 1×1 convolution of stride 2."""
    from keras import layers

    # Every second pixel is taken beforehand, which is the same: TensorFlow 2.21's oneDNN kernels
    # overrun their memory in the float32 gradient of such a convolution of 8 channels to 16, where
    # the picture is larger than 44×44, and end the process.
    shortcut = layers.Conv2D(filters, 1, use_bias=False)(x[:, ::2, ::2])
    shortcut = layers.BatchNormalization()(shortcut)
    x = layers.ReLU()(_separable_bn(x, filters))
    x = _separable_bn(x, filters)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Add()([x, shortcut])


def _separable_bn(x: Any, filters: int) -> Any:
    from keras import layers

    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)
