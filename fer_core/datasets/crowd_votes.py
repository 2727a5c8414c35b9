"""From the votes of several people on a face to a class or a distribution (Barsoum et al. 2016).

Source: E. Barsoum, C. Zhang, C. Canton Ferrer, Z. Zhang, "Training Deep Networks for Facial
Expression Recognition with Crowd-Sourced Label Distribution", ICMI 2016. An option that a single
person chose is an outlier and counts as not chosen. "Unknown" and "not a face" (NF) are answers,
but no emotions: they can outvote the emotions and never become a class.
"""

import numpy as np
import numpy.typing as npt

from fer_core.datasets.label_sets import find_label_set

VOTE_NAMES = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
"""What each column of votes stands for, in FER+'s order."""

Votes = npt.NDArray[np.int64] | npt.NDArray[np.uint8]


def vote_distribution(votes: Votes, label_set: str) -> npt.NDArray[np.float32]:
    """The share of each class in the votes, once outliers are gone.

    A row has no usable vote if every option was an outlier, or if an answer that is no class of
    the set (unknown, NF, contempt in `fer7`) has more votes than every class.

    Args:
        votes: (N, 10) counts in the order of `VOTE_NAMES`.
        label_set: Name of a label set of K classes.

    Returns:
        (N, K) float32; a row sums to 1, or is all zeros where there is no usable vote.

    Raises:
        UnknownNameError: There is no such label set.
    """
    inside, outside = _by_class(votes, label_set)
    top = inside.max(axis=1)
    usable = (top > 0) & (top >= outside.max(axis=1))
    shares = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)
    return np.where(usable[:, np.newaxis], shares, 0.0).astype(np.float32)


def majority_classes(votes: Votes, label_set: str) -> npt.NDArray[np.int64]:
    """The class with more than half of all votes, once outliers are gone.

    Votes for unknown, NF and emotions outside the set count towards the whole.

    Args:
        votes: (N, 10) counts in the order of `VOTE_NAMES`.
        label_set: Name of a label set of K classes.

    Returns:
        (N,) int64, 0 to K - 1, or -1 where no class has the majority.

    Raises:
        UnknownNameError: There is no such label set.
    """
    inside, outside = _by_class(votes, label_set)
    cast = inside.sum(axis=1) + outside.sum(axis=1)
    return np.where(2 * inside.max(axis=1) > cast, inside.argmax(axis=1), -1)


def _by_class(votes: Votes, label_set: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Votes that are no outliers: (N, K) for the set's classes, and the columns of the others.

    Outliers go before classes are merged: whether one person chose an option does not depend on
    what the options are used for.
    """
    chosen = find_label_set(label_set)
    counts = np.where(votes > 1, votes, 0).astype(np.int64)
    classes = chosen.classes_of(VOTE_NAMES)
    to_class = (classes[:, np.newaxis] == np.arange(len(chosen.labels))).astype(np.int64)
    return counts @ to_class, counts[:, classes < 0]
