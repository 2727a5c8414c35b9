"""Dividing samples into parts: at random, class by class, or with whole groups kept together."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.domain.errors import DatasetError

Positions = npt.NDArray[np.int64]


def grouped_folds(groups: npt.NDArray[Any], k: int, seed: int) -> tuple[Positions, ...]:
    """Divide samples into k folds of about the same size, with no group in two of them.

    Larger groups are placed first, each into the fold that is smallest so far.

    Args:
        groups: (N,) names or numbers, such as the subject of each picture.
        k: Number of folds, 2 or more.
        seed: Of the order among groups of one size.

    Returns:
        The samples of each fold: k arrays of rising positions, (N,) in all.

    Raises:
        DatasetError: There are fewer groups than folds.
    """
    _, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if not 2 <= k <= len(sizes):
        raise DatasetError(f"Expected 2 to {len(sizes)} folds, one group or more each; got {k}.")
    order = np.random.default_rng(seed).permutation(len(sizes))
    fold_of, filled = np.empty(len(sizes), np.int64), np.zeros(k, np.int64)
    for group in order[np.argsort(-sizes[order], kind="stable")]:
        fold_of[group] = filled.argmin()
        filled[fold_of[group]] += sizes[group]
    return _parts(fold_of[group_of], k)


def random_split(n: int, sizes: Sequence[float], seed: int) -> tuple[Positions, ...]:
    """Divide n samples at random.

    Args:
        n: Number of samples.
        sizes: Of each part, as counts that add up to n or fractions that add up to 1.
        seed: Makes the split repeatable.

    Returns:
        Rising positions of the samples of each part, (n,) in all.

    Raises:
        DatasetError: The sizes add up to neither.
    """
    counts = _counts(n, sizes)
    drawn = np.random.default_rng(seed).permutation(n)
    part_of = np.empty(n, np.int64)
    part_of[drawn] = np.repeat(np.arange(len(counts)), counts)
    return _parts(part_of, len(counts))


def stratified_split(
    targets: npt.NDArray[np.int64], sizes: Sequence[float], seed: int
) -> tuple[Positions, ...]:
    """Divide samples at random so that every part has about the same share of each class.

    Args:
        targets: (N,) classes.
        sizes: Of each part, as counts that add up to N or fractions that add up to 1.
        seed: Makes the split repeatable.

    Returns:
        Rising positions of the samples of each part, (N,) in all; the sizes are met exactly.

    Raises:
        DatasetError: The sizes add up to neither.
    """
    counts = _counts(len(targets), sizes)
    drawn = np.random.default_rng(seed).permutation(len(targets))
    by_class = drawn[np.argsort(targets[drawn], kind="stable")]
    # Each part takes its places at even distances along the samples sorted by class.
    places = np.concatenate([(np.arange(count) + 0.5) / count for count in counts])
    part_of = np.empty(len(targets), np.int64)
    part_of[by_class] = np.repeat(np.arange(len(counts)), counts)[np.argsort(places, kind="stable")]
    return _parts(part_of, len(counts))


def evenly_spaced(targets: npt.NDArray[np.int64], limit: int | None) -> Positions:
    """Rising positions of at most `limit` samples, every class in about its share; no chance.

    Raises:
        DatasetError: The limit is below 1.
    """
    if limit is not None and limit < 1:
        raise DatasetError(f"Expected a limit of 1 picture or more, got {limit}.")
    count = len(targets) if limit is None else min(limit, len(targets))
    by_class = np.argsort(targets, kind="stable")
    return np.sort(by_class[np.arange(count) * len(targets) // max(count, 1)])


def _counts(n: int, sizes: Sequence[float]) -> npt.NDArray[np.int64]:
    """Sizes as counts that add up to n; fractions are rounded by largest remainder."""
    shares = np.asarray(sizes, np.float64)
    if len(shares) and (shares > 0).all():
        if shares.sum() == n and (shares == np.floor(shares)).all():
            return shares.astype(np.int64)
        if math.isclose(shares.sum(), 1.0):
            counts = np.floor(shares * n).astype(np.int64)
            rest = np.argsort(counts - shares * n, kind="stable")[: n - counts.sum()]
            counts[rest] += 1
            return counts
    raise DatasetError(
        f"Sizes of parts must be positive and add up to {n} (counts) or 1 (fractions), "
        f"got {', '.join(map(str, sizes))}."
    )


def _parts(part_of: npt.NDArray[np.int64], count: int) -> tuple[Positions, ...]:
    return tuple(np.flatnonzero(part_of == part) for part in range(count))
