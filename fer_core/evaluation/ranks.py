"""How far down a model's list the true class stands: when wrong, it is often second."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.evaluation.metrics import Probabilities, Targets


@dataclass(frozen=True, slots=True, eq=False)
class RankCounts:
    """How often the true class had which rank.

    Attributes:
        labels: The K class names.
        counts: (K, K) int64; row is the true class, column its rank less 1.
    """

    labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]

    @property
    def second_when_wrong(self) -> float | None:
        """Share of the wrong answers whose second guess was right; None without a wrong one."""
        overall = self.counts.sum(axis=0)
        wrong = int(overall[1:].sum())
        return int(overall[1]) / wrong if wrong else None

    def to_dict(self) -> dict[str, Any]:
        """Counts of rank 1 to K, of all samples and of those of each true class."""
        return {
            "overall": self.counts.sum(axis=0).tolist(),
            "per_class": dict(zip(self.labels, self.counts.tolist(), strict=True)),
            "second_when_wrong": self.second_when_wrong,
        }


def count_ranks(
    probabilities: Probabilities, targets: Targets, labels: tuple[str, ...]
) -> RankCounts:
    """Count the ranks of the true classes; of equal probabilities the first label ranks first.

    Args:
        probabilities: (N, K).
        targets: (N,) positions of the true classes.
        labels: The K class names.
    """
    classes = len(labels)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranks = (order == targets[:, np.newaxis]).argmax(axis=1)
    counts = np.bincount(targets * classes + ranks, minlength=classes**2)
    return RankCounts(labels, counts.reshape(classes, classes))
