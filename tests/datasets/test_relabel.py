"""Pictures come under a label set's classes, by label or by vote, and no class is lost unseen."""

import dataclasses

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.crowd_votes import VOTE_NAMES, vote_distribution
from fer_core.datasets.label_sets import LABEL_SETS, find_label_set
from fer_core.datasets.relabel import relabel
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import DatasetError, UnknownNameError


def row(**counts: int) -> list[int]:
    return [counts.get(name, 0) for name in VOTE_NAMES]


@pytest.fixture
def seven() -> FaceDataset:
    """Two pictures of each of FER2013's classes, one in each split; image i is all i."""
    targets = np.repeat(np.arange(7), 2)
    return FaceDataset(
        *("Seven", FER7_LABELS, np.arange(14, dtype=np.uint8).repeat(4).reshape(14, 2, 2)),
        *(targets, np.array(["Training", "PublicTest"] * 7), "free"),
        groups=np.array([f"person {i}" for i in range(14)]),
    )


@pytest.fixture
def voted(seven: FaceDataset) -> FaceDataset:
    """The same; people mostly agree with the label, but say neutral of the first fear."""
    spoken = dict(
        zip(FER7_LABELS, ("anger", "disgust", "fear", "happiness", "sadness"), strict=False)
    )
    rows = [
        row(**{spoken.get(FER7_LABELS[target], FER7_LABELS[target]): 8, "unknown": 2})
        for target in seven.targets
    ]
    rows[4] = row(neutral=4, fear=3, sadness=3)
    rows[13] = row(NF=10)
    return dataclasses.replace(seven, votes=np.array(rows))


def shown(data: FaceDataset) -> list[int]:
    return [int(image[0, 0]) for image in data.images]


# --- Labels ---


def test_pictures_without_a_class_are_left_out(seven: FaceDataset) -> None:
    data = relabel(seven, "fer6")
    assert data.labels == find_label_set("fer6").labels
    assert shown(data) == [0, 1, *range(4, 14)]
    assert data.targets.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert data.groups is not None
    assert data.groups.tolist() == [f"person {i}" for i in shown(data)]
    assert (data.name, data.licence, data.soft_targets) == ("Seven", "free", None)


def test_merged_classes_keep_their_pictures(seven: FaceDataset) -> None:
    data = relabel(seven, "fer6_merged")
    assert len(data.images) == 14
    assert data.targets[:4].tolist() == [0, 0, 0, 0]


def test_the_order_is_the_sets(seven: FaceDataset) -> None:
    data = relabel(seven, "fer5")
    names = [data.labels[target] for target in data.targets]
    assert names == [FER7_LABELS[seven.targets[i]] for i in shown(data)]
    assert data.labels == ("angry", "happy", "neutral", "sad", "surprise")


def test_a_set_that_the_data_is_in_changes_nothing(seven: FaceDataset) -> None:
    assert relabel(seven, "fer7").fingerprint() == seven.fingerprint()


# --- Votes ---


def test_a_majority_of_votes_replaces_the_label(voted: FaceDataset) -> None:
    data = relabel(voted, "fer7", "majority")
    # On the first fear nobody agrees, and the last picture is no face.
    assert shown(data) == [0, 1, 2, 3, *range(5, 13)]
    assert data.targets.tolist() == [0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6]
    assert data.soft_targets is None
    assert data.name == "Seven with FER+ majority labels"
    assert data.licence == "free; FER+ labels: MIT"


def test_votes_become_soft_targets(voted: FaceDataset) -> None:
    data = relabel(voted, "fer7", "votes")
    assert shown(data) == list(range(13))
    assert data.soft_targets is not None
    assert data.soft_targets.dtype == np.float32
    expected = {"neutral": 0.4, "fear": 0.3, "sad": 0.3}
    assert data.soft_targets[4] == pytest.approx([expected.get(x, 0) for x in FER7_LABELS])
    assert np.array_equal(data.targets, data.soft_targets.argmax(axis=1))
    assert data.labels[data.targets[4]] == "neutral"
    assert data.name == "Seven with FER+ votes"


def test_votes_stay_for_a_distribution_beside_hard_labels(voted: FaceDataset) -> None:
    data = relabel(voted, "fer6_merged")
    assert data.votes is not None
    rows = vote_distribution(data.votes, "fer6_merged")
    assert rows.shape == (14, 6)
    assert np.flatnonzero(rows.sum(axis=1) == 0).tolist() == [13]


def test_what_is_relabelled_again_has_no_soft_targets_of_before(voted: FaceDataset) -> None:
    again = relabel(relabel(voted, "fer7", "votes"), "fer6")
    assert again.soft_targets is None
    assert again.labels == find_label_set("fer6").labels


# --- What is told ---


@pytest.mark.parametrize("targets", ["majority", "votes"])
def test_missing_votes_are_told(seven: FaceDataset, targets: str) -> None:
    with pytest.raises(DatasetError, match=r"Seven has no votes: expected FER\+'s fer2013new\.csv"):
        relabel(seven, "fer7", targets)


@pytest.mark.parametrize("label_set", ["ck7", "ferplus8"])
def test_a_class_without_pictures_is_told(seven: FaceDataset, label_set: str) -> None:
    with pytest.raises(DatasetError, match=f"no picture of contempt: label set {label_set} exp"):
        relabel(seven, label_set)


def test_a_class_that_votes_left_without_pictures_is_told(voted: FaceDataset) -> None:
    assert voted.votes is not None
    votes = voted.votes.copy()
    votes[2:4] = row(anger=10)
    with pytest.raises(DatasetError, match="no picture of disgust: label set fer7"):
        relabel(dataclasses.replace(voted, votes=votes), "fer7", "votes")


@pytest.mark.parametrize(("places", "left"), [([2, 4, 6], "happy"), ([2, 4], "none")])
def test_a_split_left_with_too_few_classes_is_told(
    seven: FaceDataset, places: list[int], left: str
) -> None:
    splits = np.full(14, "PublicTest")
    splits[places] = "Training"
    data = dataclasses.replace(seven, splits=splits)
    with pytest.raises(DatasetError, match=rf"split Training .* too few classes \({left}\)"):
        relabel(data, "fer5")


def test_unknown_names_are_answered_with_those_there_are(seven: FaceDataset) -> None:
    with pytest.raises(UnknownNameError, match=r"label set 'fer4'.* ck7"):
        relabel(seven, "fer4")
    with pytest.raises(UnknownNameError, match="'soft': expected one of labels, majority, votes"):
        relabel(seven, "fer7", "soft")


@pytest.mark.parametrize("label_set", sorted(set(LABEL_SETS) - {"ck7", "ferplus8"}))
def test_drawn_faces_come_under_every_set_of_their_classes(
    drawn_faces: FaceDataset, label_set: str
) -> None:
    counts = relabel(drawn_faces, label_set).counts()
    assert all(min(classes.values()) > 0 for classes in counts.values())
