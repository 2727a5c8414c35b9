"""Figures of a classifier, from its probabilities and the true classes; numpy only."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.evaluation.calibration import expected_calibration_error

Probabilities = npt.NDArray[np.floating[Any]]
Targets = npt.NDArray[np.int64]

# Two-sided 95 % quantile of the normal distribution.
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """The figures of one model on one split.

    Attributes:
        labels: Class names, in the order of rows and columns of `confusion`.
        confusion: (K, K) int64; row is the true class, column the predicted one.
        top2_accuracy: Share of samples whose true class is among the two most probable.
        ece: Expected calibration error, 0 to 1.
    """

    labels: tuple[str, ...]
    confusion: npt.NDArray[np.int64]
    top2_accuracy: float
    ece: float

    @property
    def n(self) -> int:
        """Number of samples."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share of samples whose most probable class is the true one."""
        return float(np.trace(self.confusion)) / self.n

    @property
    def macro_f1(self) -> float:
        """Mean of the classes' F1, over the classes that occur."""
        return self.averages()["macro"]["f1"]

    def per_class(self) -> dict[str, dict[str, float]]:
        """One-vs-rest figures of each class; a figure with an empty denominator is 0."""
        table = {}
        for i, label in enumerate(self.labels):
            true_positive = float(self.confusion[i, i])
            support, predicted = (
                float(self.confusion[i].sum()),
                float(self.confusion[:, i].sum()),
            )
            true_negative = self.n - support - predicted + true_positive
            precision = _ratio(true_positive, predicted)
            recall = _ratio(true_positive, support)
            table[label] = {
                "precision": precision,
                "recall": recall,
                "specificity": _ratio(true_negative, self.n - support),
                "f1": _ratio(2 * precision * recall, precision + recall),
                "accuracy": _ratio(true_positive + true_negative, self.n),
                "support": int(support),
            }
        return table

    def averages(self) -> dict[str, dict[str, float]]:
        """Means of `per_class` over the classes that occur: plain, and weighted by support."""
        rows = [row for row in self.per_class().values() if row["support"]]
        weights = {"macro": [1.0] * len(rows), "weighted": [row["support"] for row in rows]}
        return {
            kind: {
                name: float(np.average([row[name] for row in rows], weights=weight))
                for name in ("precision", "recall", "specificity", "f1", "accuracy")
            }
            | {"support": self.n}
            for kind, weight in weights.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """All figures, as `evaluate --json` and `report.json` give them."""
        return {
            "n": self.n,
            "accuracy": self.accuracy,
            "accuracy_ci95": list(wilson_interval(int(np.trace(self.confusion)), self.n)),
            "macro_f1": self.macro_f1,
            "top2_accuracy": self.top2_accuracy,
            # With one label a sample, Hamming loss is the share of wrong samples.
            "hamming_loss": 1.0 - self.accuracy,
            "ece": self.ece,
            "per_class": self.per_class(),
            "averages": self.averages(),
            "confusion": self.confusion.tolist(),
            "labels": list(self.labels),
        }


def measure(probabilities: Probabilities, targets: Targets, labels: tuple[str, ...]) -> Metrics:
    """Compute the figures.

    Args:
        probabilities: (N, K), rows summing to 1; N is 1 or more.
        targets: (N,) positions of the true classes.
        labels: The K class names.
    """
    classes = len(labels)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    cells = targets * classes + order[:, 0]
    return Metrics(
        labels,
        np.bincount(cells, minlength=classes**2).reshape(classes, classes),
        float((order[:, :2] == targets[:, None]).any(axis=1).mean()),
        expected_calibration_error(probabilities, targets),
    )


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a proportion (Wilson 1927)."""
    share = successes / n
    centre = share + _Z95**2 / (2 * n)
    reach = _Z95 * math.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    scale = 1 + _Z95**2 / n
    return (centre - reach) / scale, (centre + reach) / scale


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
