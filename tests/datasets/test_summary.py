"""A data set in figures, as plain values."""

import dataclasses
import json

import numpy as np

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.summary import summarize
from fer_core.domain.emotions import FER7_LABELS


def test_plain_data_is_summed_up(drawn_faces: FaceDataset) -> None:
    table = summarize(drawn_faces).to_dict()
    assert json.loads(json.dumps(table)) == {
        "name": drawn_faces.name,
        "licence": drawn_faces.licence,
        "labels": list(FER7_LABELS),
        "images": 1400,
        "size_hw": [48, 48],
        "counts": drawn_faces.counts(),
        "fingerprint": drawn_faces.fingerprint(),
        "duplicates": {"pictures": 0, "copies": 0, "conflicting": 0, "overlaps": []},
        "voted": None,
        "groups": None,
        "soft_targets": False,
    }


def test_votes_groups_and_copies_are_counted(drawn_faces: FaceDataset) -> None:
    part = drawn_faces.part(np.array([0, 1, 0]))
    votes = np.zeros((3, 10), np.int64)
    votes[1, 4] = 10
    data = dataclasses.replace(
        part,
        votes=votes,
        groups=np.array(["ann", "bo", "ann"]),
        soft_targets=np.eye(7, dtype=np.float32)[part.targets],
    )
    summary = summarize(data)
    assert (summary.voted, summary.groups, summary.soft_targets) == (1, 2, True)
    assert summary.duplicates.copies == 1
    assert summary.fingerprint == data.fingerprint()
