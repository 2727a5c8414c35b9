"""Parts are disjoint, complete, of the sizes asked for, and repeatable."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from fer_core.domain.errors import DatasetError
from fer_core.evaluation.splits import (
    evenly_spaced,
    grouped_folds,
    random_split,
    stratified_split,
)

# CK+ as protocol and paper describe it: 981 pictures of 118 subjects, in a random 657 and 324.
SUBJECTS = np.random.default_rng(20).permutation(
    np.concatenate([np.arange(118), np.random.default_rng(21).integers(0, 118, 863)])
)
TARGETS = np.random.default_rng(22).choice(7, 981, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.08, 0.02])

Parts = tuple[np.ndarray, ...]


@pytest.mark.parametrize(
    "divide",
    [
        partial(grouped_folds, SUBJECTS, 10),
        partial(random_split, 981, (657, 324)),
        partial(stratified_split, TARGETS, (657, 324)),
    ],
    ids=["grouped", "random", "stratified"],
)
def test_parts_hold_every_sample_once_and_a_seed_repeats_them(
    divide: Callable[..., Parts],
) -> None:
    parts, again, other = divide(seed=3), divide(seed=3), divide(seed=4)
    assert np.sort(np.concatenate(parts)).tolist() == list(range(981))
    assert all((np.diff(part) > 0).all() for part in parts)
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(parts, other, strict=True))


# --- Groups ---


def test_no_subject_is_in_two_folds_and_folds_are_of_one_size() -> None:
    folds = grouped_folds(SUBJECTS, 10, seed=0)
    subjects = [set(SUBJECTS[fold].tolist()) for fold in folds]
    assert sum(map(len, subjects)) == len(set.union(*subjects)) == 118
    sizes = [len(fold) for fold in folds]
    assert max(sizes) - min(sizes) <= 3


def test_large_groups_are_balanced_by_small_ones() -> None:
    groups = np.array(["S1"] * 6 + ["S2"] * 3 + ["S3"] * 2 + ["S4"])
    one, two = grouped_folds(groups, 2, seed=5)
    assert sorted([one.tolist(), two.tolist()]) == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]


@pytest.mark.parametrize("k", [1, 4])
def test_every_fold_needs_a_group(k: int) -> None:
    with pytest.raises(DatasetError, match=f"Expected 2 to 3 folds, .*; got {k}"):
        grouped_folds(np.array([7, 7, 8, 9]), k, seed=0)


# --- Sizes ---


def test_counts_and_fractions_are_met() -> None:
    assert [len(part) for part in random_split(981, (657, 324), seed=1)] == [657, 324]
    # 8 : 1 : 1 of 25 is 20, 2.5 and 2.5; the first of equal remainders gets the one left over.
    assert [len(part) for part in random_split(25, (0.8, 0.1, 0.1), seed=1)] == [20, 3, 2]
    assert [len(part) for part in stratified_split(TARGETS, (657, 324), seed=1)] == [657, 324]


@pytest.mark.parametrize("sizes", [(657, 323), (0.8, 0.1), (981, 0), (1.5, -0.5), ()])
def test_sizes_that_do_not_add_up_are_refused(sizes: tuple[float, ...]) -> None:
    for divide in (partial(random_split, 981), partial(stratified_split, TARGETS)):
        with pytest.raises(DatasetError, match=r"add up to 981 \(counts\) or 1 \(fractions\)"):
            divide(sizes, seed=0)


# --- Classes ---


@pytest.mark.parametrize("seed", range(5))
def test_every_part_has_its_share_of_each_class(seed: int) -> None:
    sizes = (0.8, 0.1, 0.1)
    whole = np.bincount(TARGETS)
    for part, share in zip(stratified_split(TARGETS, sizes, seed), sizes, strict=True):
        assert np.abs(np.bincount(TARGETS[part], minlength=7) - share * whole).max() < 2


def test_an_evenly_spaced_part_keeps_the_classes() -> None:
    part = evenly_spaced(TARGETS, 100)
    assert len(part) == 100
    assert (np.diff(part) > 0).all()
    shares = np.bincount(TARGETS) * 100 / 981
    assert np.abs(np.bincount(TARGETS[part], minlength=7) - shares).max() < 1
    assert np.array_equal(part, evenly_spaced(TARGETS, 100))


@pytest.mark.parametrize("limit", [None, 981, 5000])
def test_without_a_limit_that_bites_all_are_kept(limit: int | None) -> None:
    assert evenly_spaced(TARGETS, limit).tolist() == list(range(981))


def test_a_limit_leaves_something() -> None:
    with pytest.raises(DatasetError, match="limit of 1 picture or more, got 0"):
        evenly_spaced(TARGETS, 0)
