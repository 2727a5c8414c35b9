"""Whether a probability means what it says: calibration error and temperature."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Targets = npt.NDArray[np.int64]

_GOLDEN = (math.sqrt(5) - 1) / 2


def expected_calibration_error(probabilities: Floats, targets: Targets, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017).

    Args:
        probabilities: (N, K), rows summing to 1.
        targets: (N,) positions of the true classes.
        bins: Number of bins of the confidence.

    Returns:
        0 (what is called 80 % is right 8 times in 10) to 1.
    """
    confidence, correct, index = _binned(probabilities, targets, bins)
    gaps = np.bincount(index, weights=confidence - correct, minlength=bins)
    return float(np.abs(gaps).sum() / len(targets))


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers of about one confidence.

    Attributes:
        low: The bin's lower edge, 0 to 1.
        high: Its upper edge.
        confidence: Mean confidence of the answers in it.
        accuracy: Share of them that are right.
        count: How many there are.
    """

    low: float
    high: float
    confidence: float
    accuracy: float
    count: int


def reliability_curve(
    probabilities: Floats, targets: Targets, bins: int = 15
) -> tuple[ReliabilityBin, ...]:
    """Accuracy at each confidence, over the bins of `expected_calibration_error`.

    Args:
        probabilities: (N, K), rows summing to 1.
        targets: (N,) positions of the true classes.
        bins: Number of equal-width bins of the confidence; empty ones are left out.
    """
    confidence, correct, index = _binned(probabilities, targets, bins)
    return tuple(
        ReliabilityBin(
            float(i / bins),
            float((i + 1) / bins),
            float(confidence[index == i].mean(dtype=np.float64)),
            float(correct[index == i].mean()),
            int((index == i).sum()),
        )
        for i in np.unique(index)
    )


def softmax(logits: Floats) -> Floats:
    """Probabilities of (N, K) logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(logits: Floats, targets: Targets) -> float:
    """The divisor of the logits that makes the true classes most likely (Guo et al. 2017).

    The negative log-likelihood is convex in 1 / T, so a golden-section search finds its minimum.

    Args:
        logits: (N, K).
        targets: (N,) positions of the true classes.

    Returns:
        A temperature of 0.1 to 10; above 1 makes the model less sure.
    """
    logits = np.asarray(logits, np.float64)
    # How far each class lies above the true one; no likelihood is formed, so none can underflow.
    margins = logits - logits[np.arange(len(targets)), targets][:, np.newaxis]

    def loss(inverse: float) -> float:
        scaled = margins * inverse
        top = scaled.max(axis=1)
        return float((np.log(np.exp(scaled - top[:, np.newaxis]).sum(axis=1)) + top).mean())

    low, high = 0.1, 10.0
    while high - low > 1e-4:
        span = _GOLDEN * (high - low)
        if loss(high - span) < loss(low + span):
            high = low + span
        else:
            low = high - span
    return 2.0 / (low + high)


def _binned(
    probabilities: Floats, targets: Targets, bins: int
) -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Confidence of each answer, whether it is right, and its bin."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == targets
    return confidence, correct, np.minimum((confidence * bins).astype(np.int64), bins - 1)
