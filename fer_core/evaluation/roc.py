"""Receiver operating characteristic of each class against the rest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.evaluation.metrics import Probabilities, Targets

Rates = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RocCurve:
    """One class against the rest.

    Attributes:
        label: The class.
        auc: Area under the whole curve: the chance that a sample of the class scores higher than
            one of the rest, where a tie counts as half (Fawcett 2006).
        false_positive_rate: (P,) rising from 0 to 1, thinned for drawing.
        true_positive_rate: (P,) rising from 0 to 1.
    """

    label: str
    auc: float
    false_positive_rate: Rates
    true_positive_rate: Rates


def roc_curves(
    probabilities: Probabilities, targets: Targets, labels: tuple[str, ...], points: int = 100
) -> tuple[RocCurve, ...]:
    """A curve for each class that some samples belong to and others do not.

    Args:
        probabilities: (N, K).
        targets: (N,) positions of the true classes.
        labels: The K class names.
        points: Most points of a curve, 2 or more.
    """
    curves = []
    for position, label in enumerate(labels):
        positive = targets == position
        if positive.any() and not positive.all():
            x, y = _curve(probabilities[:, position], positive)
            kept = _evenly_along(x + y, points)
            curves.append(RocCurve(label, float(np.trapezoid(y, x)), x[kept], y[kept]))
    return tuple(curves)


def roc_to_dict(curves: tuple[RocCurve, ...]) -> dict[str, Any]:
    """Plain values; the macro AUC is the plain mean, None without any curve."""
    return {
        "macro_auc": sum(curve.auc for curve in curves) / len(curves) if curves else None,
        "per_class": {
            curve.label: {
                "auc": curve.auc,
                "false_positive_rate": curve.false_positive_rate.tolist(),
                "true_positive_rate": curve.true_positive_rate.tolist(),
            }
            for curve in curves
        },
    }


def _curve(scores: Probabilities, positive: npt.NDArray[np.bool_]) -> tuple[Rates, Rates]:
    """False and true positive rates at each threshold, highest first."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    # Equal scores pass a threshold together: only the last of each run is a point of the curve.
    last = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    true_positives = np.cumsum(positive[order])[last]
    false_positives = last + 1 - true_positives
    return (
        np.append(0.0, false_positives / false_positives[-1]),
        np.append(0.0, true_positives / true_positives[-1]),
    )


def _evenly_along(length: Rates, points: int) -> npt.NDArray[np.int64]:
    """Positions of at most `points` values that are about evenly apart, both ends among them."""
    return np.unique(np.searchsorted(length, np.linspace(0.0, length[-1], points)))
