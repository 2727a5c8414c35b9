"""A small residual net with channel attention: the project's own line.

Residual blocks after He et al., "Deep Residual Learning" (2016), each with the
squeeze-and-excitation of Hu et al. (2018). The stem already halves the picture, which buys
three times the width for the same time on a CPU.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fer_core.zoo.architectures.base import architectures

if TYPE_CHECKING:
    import keras


@architectures.register("se_resnet")
def se_resnet(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    widths: Sequence[int] = (32, 64, 128),
    blocks: int = 2,
    border: int = 2,
    dropout: float = 0.3,
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels).
        classes: Number of logits.
        widths: Channels of each stage; every stage after the first halves the picture.
        blocks: Residual blocks in a stage.
        border: Pixels dropped at each edge, where augmentation leaves its seams.
        dropout: Share of pooled features dropped while training.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    import keras
    from keras import layers

    inputs = keras.Input(input_shape, name="face")
    x = layers.Cropping2D(border)(inputs)
    x = layers.ReLU()(_conv_bn(x, widths[0], kernel=3, stride=2))
    for stage, width in enumerate(widths):
        for block in range(blocks):
            x = _block(x, width, stride=2 if stage > 0 and block == 0 else 1)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, dtype="float32", name="logits")(x))


def _block(x: Any, width: int, stride: int) -> Any:
    from keras import layers

    y = layers.ReLU()(_conv_bn(x, width, kernel=3, stride=stride))
    y = _squeeze_excite(_conv_bn(y, width, kernel=3))
    if stride > 1 or x.shape[-1] != width:
        x = _conv_bn(x, width, kernel=1, stride=stride)
    return layers.ReLU()(layers.Add()([x, y]))


def _squeeze_excite(x: Any, reduction: int = 8) -> Any:
    from keras import layers

    width = x.shape[-1]
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Conv2D(width // reduction, 1, activation="relu")(gate)
    gate = layers.Conv2D(width, 1, activation="sigmoid")(gate)
    return layers.Multiply()([x, gate])


def _conv_bn(x: Any, width: int, kernel: int, stride: int = 1) -> Any:
    from keras import layers

    x = layers.Conv2D(
        width,
        kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    return layers.BatchNormalization()(x)
