"""Steps that several published nets repeat; registers no architecture."""

from typing import Any


def conv_pool(
    x: Any,
    filters: int,
    kernel: int = 3,
    *,
    padding: str = "same",
    batch_norm: bool = False,
    dropout: float = 0.0,
    l2: float = 0.0,
    initializer: str = "he_normal",
) -> Any:
    """Convolution, batch norm if wanted, ReLU, 2×2 max pooling, dropout if any.

    Args:
        x: (N, height, width, channels) tensor.
        filters: Channels of the result.
        kernel: Side of the square kernel, in pixels.
        padding: "same" keeps the picture's size before pooling, "valid" trims it.
        batch_norm: Normalise between the convolution and its ReLU.
        dropout: Share of pooled values dropped while training.
        l2: Factor of the penalty on the kernel's squares.
        initializer: How the kernel starts; by default as He et al. (2015) propose for ReLU.

    Returns:
        (N, height // 2, width // 2, filters) tensor, for "same" padding.
    """
    from keras import layers, regularizers

    x = layers.Conv2D(
        filters,
        kernel,
        padding=padding,
        kernel_initializer=initializer,
        kernel_regularizer=regularizers.L2(l2) if l2 else None,
    )(x)
    if batch_norm:
        x = layers.BatchNormalization()(x)
    x = layers.MaxPooling2D(2)(layers.ReLU()(x))
    return layers.Dropout(dropout)(x) if dropout else x


def dense_relu(
    x: Any,
    units: int,
    *,
    batch_norm: bool = False,
    l2: float = 0.0,
    initializer: str = "he_normal",
    name: str | None = None,
) -> Any:
    """Dense layer, batch norm if wanted, ReLU.

    Args:
        x: (N, features) tensor.
        units: Length of the result.
        batch_norm: Normalise between the dense layer and its ReLU.
        l2: Factor of the penalty on the kernel's squares.
        initializer: How the kernel starts; by default as He et al. (2015) propose for ReLU.
        name: Name of the last layer, the ReLU.

    Returns:
        (N, units) tensor.
    """
    from keras import layers, regularizers

    x = layers.Dense(
        units,
        kernel_initializer=initializer,
        kernel_regularizer=regularizers.L2(l2) if l2 else None,
    )(x)
    if batch_norm:
        x = layers.BatchNormalization()(x)
    return layers.ReLU(name=name)(x)
