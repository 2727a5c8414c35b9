"""Whether one model is better than another on the same pictures, or only luckier."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.evaluation.metrics import Probabilities, Targets

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models, paired picture by picture; each difference is the first less the second.

    Attributes:
        n: Number of pictures.
        accuracy: Of the first and of the second.
        accuracy_difference: -1 to 1.
        accuracy_difference_ci95: Percentile bootstrap interval (Efron 1979).
        macro_f1: Of the first and of the second, over the classes that occur.
        macro_f1_difference: -1 to 1.
        macro_f1_difference_ci95: Percentile bootstrap interval.
        only_first_right: Pictures that only the first reads right.
        only_second_right: Pictures that only the second reads right.
        mcnemar_p: Chance of a split at least as uneven between two equally good models.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.
    """

    n: int
    accuracy: tuple[float, float]
    accuracy_difference: float
    accuracy_difference_ci95: tuple[float, float]
    macro_f1: tuple[float, float]
    macro_f1_difference: float
    macro_f1_difference_ci95: tuple[float, float]
    only_first_right: int
    only_second_right: int
    mcnemar_p: float
    resamples: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
        }


def compare(
    first: Probabilities,
    second: Probabilities,
    targets: Targets,
    resamples: int = 10_000,
    seed: int = 0,
) -> Comparison:
    """Compare two models' answers to the same pictures.

    Args:
        first: (N, K) probabilities of one model; N is 1 or more.
        second: (N, K) of the other, over the same classes in the same order.
        targets: (N,) positions of the true classes.
        resamples: Number of bootstrap samples.
        seed: Makes the intervals repeatable.
    """
    n, classes = first.shape
    answers = first.argmax(axis=1), second.argmax(axis=1)
    shape = (classes, classes, classes)
    # Figures depend on a picture only through its true class and the two answers. So resampling
    # pictures is resampling the counts of these triples: the same distribution, without indices.
    cells, counts = np.unique(np.ravel_multi_index((targets, *answers), shape), return_counts=True)
    true, *said = (np.eye(classes)[axis] for axis in np.unravel_index(cells, shape))
    drawn = np.random.default_rng(seed).multinomial(n, counts / n, size=resamples)
    accuracy, macro_f1 = _figures(counts[np.newaxis].astype(np.float64), true, said)
    accuracies, macro_f1s = _figures(drawn.astype(np.float64), true, said)
    right = [answer == targets for answer in answers]
    only_first, only_second = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    return Comparison(
        n,
        _pair(accuracy),
        float(accuracy[0, 0] - accuracy[0, 1]),
        _interval(accuracies),
        _pair(macro_f1),
        float(macro_f1[0, 0] - macro_f1[0, 1]),
        _interval(macro_f1s),
        only_first,
        only_second,
        mcnemar_p(only_first, only_second),
        resamples,
        seed,
    )


def mcnemar_p(only_first_right: int, only_second_right: int) -> float:
    """Two-sided exact test of McNemar (1947): the binomial tail of the discordant pairs, doubled.

    Args:
        only_first_right: Pictures that only the first model reads right.
        only_second_right: Pictures that only the second reads right.
    """
    n, term, tail = only_first_right + only_second_right, 1, 0
    for k in range(min(only_first_right, only_second_right) + 1):
        tail += term
        term = term * (n - k) // (k + 1)
    return min(1.0, 2 * tail / (1 << n))


def _figures(counts: Floats, true: Floats, said: list[Floats]) -> tuple[Floats, Floats]:
    """Accuracies and macro F1s of both models: two arrays (R, 2) for R rows of cell counts."""
    support = counts @ true
    accuracies, macro_f1s = [], []
    for answer in said:
        hits = counts @ (true * answer)
        either = support + counts @ answer
        f1 = np.divide(2 * hits, either, out=np.zeros_like(hits), where=either > 0)
        accuracies.append(hits.sum(axis=1) / support.sum(axis=1))
        # A class without support has no hits either, so that its F1 adds nothing to the sum.
        macro_f1s.append(f1.sum(axis=1) / (support > 0).sum(axis=1))
    return np.stack(accuracies, axis=1), np.stack(macro_f1s, axis=1)


def _pair(figures: Floats) -> tuple[float, float]:
    return float(figures[0, 0]), float(figures[0, 1])


def _interval(figures: Floats) -> tuple[float, float]:
    low, high = np.quantile(figures[:, 0] - figures[:, 1], [0.025, 0.975])
    return float(low), float(high)
