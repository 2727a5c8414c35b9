"""Batch normalisation's means and variances, estimated anew for weights that were averaged."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from fer_core.preprocessing.crop import to_tensor
from fer_core.preprocessing.spec import PreprocessSpec

_BATCH, _BATCHES = 256, 32


def settle_statistics(
    network: keras.Model, pixels: npt.NDArray[np.uint8], spec: PreprocessSpec, seed: int
) -> None:
    """Replace the moving statistics by exact means over batches of training pictures.

    While training they follow the live weights; the averages of those weights, which are what
    is kept, see other activations (Izmailov et al. 2018, section 3.2). The pictures are taken as
    serving sees them: without augmentation.

    Args:
        network: Scaled pixels to logits, of one head or two; changed in place.
        pixels: (N, height, width, channels) uint8 crops; N is 2 or more.
        spec: Their scaling.
        seed: Of the choice of pictures.
    """
    layers = [part for part in _flat(network) if isinstance(part, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    order = np.random.default_rng(seed).permutation(len(pixels))
    batches = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)][:_BATCHES]
    for number, chosen in enumerate((b for b in batches if len(b) > 1), start=1):
        for layer in layers:
            layer.momentum = 1.0 - 1.0 / number  # the mean of all batches so far
        network(to_tensor(pixels[chosen], spec), training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum


def _flat(network: keras.Model) -> list[Any]:
    """All layers, those of networks within it too."""
    return list(network._flatten_layers(include_self=False))
