"""A data set's pictures under the classes of a label set, from its own labels or from votes."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.crowd_votes import Votes, majority_classes, vote_distribution
from fer_core.datasets.label_sets import LabelSet, find_label_set
from fer_core.domain.errors import DatasetError, UnknownNameError

TARGETS = ("labels", "majority", "votes")
"""Where targets come from: the data's own labels, or FER+'s majority or distribution of votes."""

_ORIGINS = {"majority": "FER+ majority labels", "votes": "FER+ votes"}


def relabel(data: FaceDataset, label_set: str, targets: str = "labels") -> FaceDataset:
    """Give pictures the classes of a label set; those that have none are left out.

    Args:
        data: Labelled faces; with votes, unless the targets are "labels".
        label_set: Name of a label set.
        targets: One of `TARGETS`. With "votes" the result has soft targets as
            `vote_distribution` makes them, and its targets are the most-voted classes, the first
            of several; with "majority" only pictures on which more than half agree are kept.

    Returns:
        The remaining pictures in their order, with the set's labels. Targets that come from votes
        are named in its name and licence.

    Raises:
        UnknownNameError: There is no such label set, or no such kind of targets.
        DatasetError: There are no votes to take, a class is left without any picture, or a split
            with fewer than two classes.
    """
    chosen = find_label_set(label_set)
    if targets not in TARGETS:
        raise UnknownNameError("kind of targets", targets, TARGETS)
    soft = None
    if targets == "labels":
        classes = chosen.classes_of(data.labels)[data.targets]
    elif targets == "majority":
        classes = majority_classes(_votes_of(data), label_set)
    else:
        soft = vote_distribution(_votes_of(data), label_set)
        classes = np.where(soft.any(axis=1), soft.argmax(axis=1), -1)
    _check_whole(data, chosen, classes)
    kept = classes >= 0
    return replace(
        replace(data, soft_targets=None).part(kept),
        name=f"{data.name} with {_ORIGINS[targets]}" if targets in _ORIGINS else data.name,
        labels=chosen.labels,
        targets=classes[kept],
        licence=f"{data.licence}; FER+ labels: MIT" if targets in _ORIGINS else data.licence,
        soft_targets=None if soft is None else soft[kept],
    )


def _votes_of(data: FaceDataset) -> Votes:
    if data.votes is None:
        raise DatasetError(
            f"{data.name} has no votes: expected FER+'s fer2013new.csv beside fer2013.csv, or "
            "beside class folders whose files are named as in FER+ or after their row "
            "(Training_12.png)."
        )
    return data.votes


def _check_whole(data: FaceDataset, chosen: LabelSet, classes: npt.NDArray[np.int64]) -> None:
    """Tell of a class or split that would be lost: a model must not be trained without it."""
    there = set(classes.tolist()) - {-1}
    missing = [label for i, label in enumerate(chosen.labels) if i not in there]
    if missing:
        raise DatasetError(
            f"{data.name} has no picture of {', '.join(missing)}: label set {chosen.name} expects "
            f"{', '.join(chosen.labels)}. Choose another label set or add pictures."
        )
    for split in sorted(set(data.splits.tolist())):
        left = set(classes[data.splits == split].tolist()) - {-1}
        if len(left) < 2:
            only = ", ".join(chosen.labels[i] for i in left) or "none"
            raise DatasetError(
                f"{data.name}: split {split} is left with too few classes ({only}): expected two "
                f"or more of label set {chosen.name}. Choose another label set or add pictures."
            )
