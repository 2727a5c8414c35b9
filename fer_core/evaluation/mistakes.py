"""The wrong answers that a model was surest of."""

from dataclasses import dataclass

import numpy as np

from fer_core.evaluation.metrics import Probabilities, Targets


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer.

    Attributes:
        index: The sample's row.
        true: Its class.
        predicted: What the model said.
        confidence: The predicted class's probability.
        true_probability: The true class's probability.
    """

    index: int
    true: str
    predicted: str
    confidence: float
    true_probability: float


def worst_mistakes(
    probabilities: Probabilities, targets: Targets, labels: tuple[str, ...], n: int = 25
) -> tuple[Mistake, ...]:
    """The `n` wrong answers of highest confidence, the surest first.

    Args:
        probabilities: (N, K).
        targets: (N,) positions of the true classes.
        labels: The K class names.
        n: Most to give.
    """
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != targets)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")[:n]]
    return tuple(
        Mistake(
            int(row),
            labels[targets[row]],
            labels[predicted[row]],
            float(confidence[row]),
            float(probabilities[row, targets[row]]),
        )
        for row in surest
    )
