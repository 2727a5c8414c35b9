"""Votes become classes and distributions; every expected number is worked out by hand."""

import numpy as np
import pytest

from fer_core.datasets.crowd_votes import (
    VOTE_NAMES,
    Votes,
    majority_classes,
    vote_distribution,
)
from fer_core.datasets.label_sets import LABEL_SETS, find_label_set


def votes(**counts: int) -> Votes:
    """One picture's votes by name."""
    assert set(counts) <= set(VOTE_NAMES)
    return np.array([[counts.get(name, 0) for name in VOTE_NAMES]], np.uint8)


def shares(cast: Votes, label_set: str) -> dict[str, float]:
    row = vote_distribution(cast, label_set)[0]
    labels = find_label_set(label_set).labels
    return {label: float(share) for label, share in zip(labels, row, strict=True) if share}


def majority(cast: Votes, label_set: str) -> str | None:
    position = majority_classes(cast, label_set)[0]
    return find_label_set(label_set).labels[position] if position >= 0 else None


# --- Distribution ---


def test_a_single_vote_is_an_outlier() -> None:
    # The first row of fer2013new.csv: 4 neutral, 1 sadness, 3 anger, 2 disgust.
    cast = votes(neutral=4, sadness=1, anger=3, disgust=2)
    expected = {"neutral": 4 / 9, "angry": 3 / 9, "disgust": 2 / 9}
    assert shares(cast, "ferplus8") == pytest.approx(expected)


def test_votes_for_what_is_no_class_are_not_in_the_distribution() -> None:
    cast = votes(neutral=5, contempt=3, unknown=2)
    assert shares(cast, "ferplus8") == pytest.approx({"neutral": 5 / 8, "contempt": 3 / 8})
    assert shares(cast, "fer7") == {"neutral": 1.0}


@pytest.mark.parametrize(
    "cast",
    [
        votes(neutral=4, unknown=6),
        votes(happiness=4, sadness=1, NF=5),
        votes(NF=10),
        votes(**dict.fromkeys(VOTE_NAMES, 1)),
        votes(),
    ],
    ids=["unknown leads", "NF leads", "NF only", "outliers only", "nobody asked"],
)
def test_no_usable_vote_is_a_row_of_zeros(cast: Votes) -> None:
    assert shares(cast, "ferplus8") == {}


def test_an_emotion_outside_the_set_that_leads_leaves_nothing_to_use() -> None:
    cast = votes(neutral=4, contempt=6)
    assert shares(cast, "fer7") == {}
    assert shares(cast, "ferplus8") == pytest.approx({"neutral": 0.4, "contempt": 0.6})


def test_an_emotion_level_with_unknown_is_kept() -> None:
    assert shares(votes(sadness=5, unknown=5), "fer7") == {"sad": 1.0}


def test_merged_emotions_add_up_after_outliers_are_gone() -> None:
    cast = votes(anger=3, disgust=2, sadness=5)
    assert shares(cast, "fer6_merged") == pytest.approx({"angry": 0.5, "sad": 0.5})
    # A single vote for disgust stays an outlier, whatever disgust counts as.
    cast = votes(anger=4, disgust=1, sadness=5)
    assert shares(cast, "fer6_merged") == pytest.approx({"angry": 4 / 9, "sad": 5 / 9})


@pytest.mark.parametrize("label_set", LABEL_SETS)
def test_rows_are_distributions_or_zeros(label_set: str) -> None:
    cast = np.random.default_rng(8).multinomial(10, [0.1] * 10, 500)
    rows = vote_distribution(cast, label_set)
    assert rows.shape == (500, len(find_label_set(label_set).labels))
    assert rows.dtype == np.float32
    sums = rows.sum(axis=1)
    assert np.all(np.isclose(sums, 1, atol=1e-6) | (sums == 0))
    assert 0 < np.count_nonzero(sums) < 500
    assert vote_distribution(cast[:0], label_set).shape == (0, rows.shape[1])


# --- Majority ---


def test_a_majority_is_more_than_half_of_the_votes_that_are_left() -> None:
    assert majority(votes(happiness=5, surprise=5), "fer7") is None
    assert majority(votes(happiness=5, surprise=4, fear=1), "fer7") == "happy"
    assert majority(votes(happiness=4, surprise=3, fear=3), "fer7") is None


def test_unknown_and_other_emotions_count_towards_the_whole() -> None:
    assert majority(votes(happiness=5, unknown=5), "fer7") is None
    assert majority(votes(happiness=4, contempt=3, sadness=3), "fer5") is None
    assert majority(votes(happiness=6, contempt=4), "fer5") == "happy"


@pytest.mark.parametrize(
    "cast", [votes(unknown=8, sadness=2), votes(NF=10), votes(contempt=10), votes()]
)
def test_what_is_no_class_has_no_majority(cast: Votes) -> None:
    assert majority(cast, "fer7") is None


def test_merged_emotions_share_a_majority() -> None:
    cast = votes(anger=3, disgust=3, sadness=4)
    assert majority(cast, "fer7") is None
    assert majority(cast, "fer6_merged") == "angry"
