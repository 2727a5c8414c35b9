"""What training makes small: cross-entropy against soft targets, of one head or two."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


class SoftTargetLoss(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Adds the mean cross-entropy of each head's logits against its targets to the model's loss.

    Takes a list of (N, K) logits and one of (N, K) targets, and passes the first logits through.
    A row of targets may sum to less or more than 1, which weighs the picture: zeros leave it out.
    Being a layer, it sees the targets after augmentation mixed them, on any backend.

    Args:
        weights: Factor of each head's loss in the sum.
    """

    def __init__(self, weights: Sequence[float], **kwargs: Any) -> None:
        super().__init__(dtype="float32", **kwargs)
        self.weights_of_heads = tuple(weights)

    def call(self, logits: list[Any], targets: list[Any]) -> Any:
        """Add the losses."""
        for weight, answer, wanted in zip(self.weights_of_heads, logits, targets, strict=False):
            losses = -ops.sum(wanted * ops.log_softmax(answer, axis=-1), axis=-1)
            self.add_loss(weight * ops.mean(losses))
        return logits[0]

    def compute_output_shape(self, logits_shape: Any, targets_shape: Any) -> Any:
        """The first logits' own."""
        return logits_shape[0]
