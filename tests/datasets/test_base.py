"""What a data set is: labelled pictures that belong together, split by name."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset, dataset_forms, open_dataset
from fer_core.domain.errors import DatasetError


@pytest.fixture
def small() -> FaceDataset:
    """Four pictures of two classes in two splits."""
    return FaceDataset(
        "Small",
        ("happy", "sad"),
        np.arange(4 * 6 * 6, dtype=np.uint8).reshape(4, 6, 6),
        np.array([0, 1, 1, 0]),
        np.array(["Training", "Training", "PublicTest", "Training"]),
        "free",
    )


@pytest.fixture
def rich(small: FaceDataset) -> FaceDataset:
    """The same with votes, groups and soft targets."""
    return dataclasses.replace(
        small,
        votes=np.arange(40, dtype=np.uint8).reshape(4, 10),
        groups=np.array(["ann", "ann", "bo", "bo"]),
        soft_targets=np.array([[0.75, 0.25], [0, 1], [0.5, 0.5], [1, 0]], np.float32),
    )


# --- What belongs together ---


@pytest.mark.parametrize("count", [3, 5])
@pytest.mark.parametrize("name", ["targets", "splits"])
def test_other_numbers_of_targets_or_splits_are_refused(
    small: FaceDataset, name: str, count: int
) -> None:
    other = np.resize(getattr(small, name), count)
    with pytest.raises(DatasetError, match=rf"4 images, .*{count} .*do not belong together"):
        dataclasses.replace(small, **{name: other})


@pytest.mark.parametrize("target", [-1, 2])
def test_a_target_outside_the_labels_is_refused(small: FaceDataset, target: int) -> None:
    with pytest.raises(DatasetError, match="a target lies outside the labels"):
        dataclasses.replace(small, targets=np.array([0, 1, target, 0]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"votes": np.zeros((3, 10), np.uint8)}, r"votes as counts of shape \(4, 10\)"),
        ({"votes": np.zeros((4, 8), np.uint8)}, r"got uint8 of shape \(4, 8\)"),
        ({"votes": np.zeros((4, 10))}, "got float64"),
        ({"votes": np.full((4, 10), -1)}, "a count below 0"),
        ({"groups": np.array(["ann", "bo"])}, "the group of each of 4 images"),
        ({"groups": np.full((4, 1), "ann")}, r"of shape \(4, 1\)"),
        ({"soft_targets": np.full((4, 3), 1 / 3)}, r"soft targets of shape \(4, 2\)"),
        ({"soft_targets": np.full((4, 2), 0.4)}, "sum to 1"),
        ({"soft_targets": np.tile([-0.5, 1.5], (4, 1))}, "0 or more"),
        ({"soft_targets": np.full((4, 2), np.nan)}, "sum to 1"),
    ],
)
def test_votes_groups_and_soft_targets_must_fit(
    small: FaceDataset, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        dataclasses.replace(small, **changes)


# --- Splits ---


def test_a_split_is_the_part_of_that_name(small: FaceDataset) -> None:
    part = small.split("Training")
    assert np.array_equal(part.images, small.images[[0, 1, 3]])
    assert part.targets.tolist() == [0, 1, 0]
    assert set(part.splits) == {"Training"}
    assert (part.name, part.labels, part.licence) == ("Small", ("happy", "sad"), "free")
    assert (part.votes, part.groups, part.soft_targets) == (None, None, None)


def test_a_split_keeps_what_is_known_of_its_pictures(rich: FaceDataset) -> None:
    part = rich.split("Training")
    for name in ("votes", "groups", "soft_targets"):
        assert np.array_equal(getattr(part, name), getattr(rich, name)[[0, 1, 3]])


def test_an_unknown_split_is_answered_with_those_there_are(small: FaceDataset) -> None:
    with pytest.raises(DatasetError, match=r"no split 'Test': expected one of PublicTest, Train"):
        small.split("Test")


def test_a_data_set_without_pictures_has_no_split() -> None:
    nothing = FaceDataset(
        *("Nothing", ("a", "b"), np.empty((0, 6, 6), np.uint8)),
        *(np.empty(0, np.int64), np.empty(0, np.str_)),
    )
    assert nothing.counts() == {}
    with pytest.raises(DatasetError, match=r"no split 'Training': it has no pictures at all\."):
        nothing.split("Training")


def test_counts_tell_pictures_of_each_split_and_class(small: FaceDataset) -> None:
    assert small.counts() == {
        "PublicTest": {"happy": 0, "sad": 1},
        "Training": {"happy": 2, "sad": 1},
    }


# --- Fingerprints ---


def test_equal_data_has_an_equal_fingerprint(small: FaceDataset) -> None:
    copy = dataclasses.replace(
        small, images=np.asfortranarray(small.images), targets=small.targets.astype(np.int32)
    )
    assert copy.fingerprint() == small.fingerprint()
    assert len(small.fingerprint()) == 64


def test_any_change_of_the_data_changes_the_fingerprint(small: FaceDataset) -> None:
    pixels = small.images.copy()
    pixels[2, 3, 3] += 1
    order = [1, 0, 2, 3]
    changed = [
        dataclasses.replace(small, images=pixels),
        dataclasses.replace(small, targets=np.array([0, 1, 0, 0])),
        dataclasses.replace(small, splits=small.splits[[2, 0, 1, 3]]),
        dataclasses.replace(small, labels=("sad", "happy")),
        dataclasses.replace(small, images=small.images[order], targets=small.targets[order]),
        small.split("Training"),
    ]
    assert len({data.fingerprint() for data in [small, *changed]}) == 1 + len(changed)


def test_votes_and_soft_targets_count_where_there_are_any(
    small: FaceDataset, rich: FaceDataset
) -> None:
    assert rich.votes is not None
    assert rich.soft_targets is not None
    other_votes = dataclasses.replace(rich, votes=rich.votes[::-1])
    other_shares = dataclasses.replace(rich, soft_targets=rich.soft_targets[[0, 1, 2, 2]])
    without_shares = dataclasses.replace(rich, soft_targets=None)
    every = [small, rich, other_votes, other_shares, without_shares]
    assert len({data.fingerprint() for data in every}) == 5
    assert {data.fingerprint(votes=False) for data in every} == {small.fingerprint()}
    wide = dataclasses.replace(rich, votes=rich.votes.astype(np.int64))
    assert wide.fingerprint() == rich.fingerprint()


def test_groups_are_not_part_of_what_is_learned(rich: FaceDataset) -> None:
    assert dataclasses.replace(rich, groups=None).fingerprint() == rich.fingerprint()


def test_a_name_is_not_part_of_the_data(small: FaceDataset) -> None:
    renamed = dataclasses.replace(small, name="Other", licence="other")
    assert renamed.fingerprint() == small.fingerprint()


# --- Opening ---


def test_every_form_is_registered() -> None:
    assert set(dataset_forms.names()) >= {
        "array_npz",
        "drawn_faces",
        "fer2013_csv",
        "fer2013_npz",
        "image_folder",
        "image_zip",
    }


def test_data_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"No data at '.*nowhere\.csv': expected a file, a folder"
    ):
        open_dataset(str(tmp_path / "nowhere.csv"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("other.csv", b"name,age\nx,1\n"),
        ("empty.csv", b""),
        ("notes.txt", b"emotion,pixels,Usage\n"),
        ("junk.npz", b"junk"),
        ("cut.npz", b"PK\x03\x04" + bytes(50)),
        ("empty.npz", b""),
    ],
)
def test_data_of_another_kind_is_told_with_what_was_expected(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"expected fer2013\.csv .* folder or ZIP") as caught:
        open_dataset(str(path))
    assert str(path) in str(caught.value)


def test_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "fer2013.csv").mkdir()
    with pytest.raises(DatasetError, match="Cannot tell what data"):
        open_dataset(str(tmp_path / "fer2013.csv"))


def test_arrays_of_something_else_are_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", pixels=np.zeros(3))
    np.save(tmp_path / "single.npy", np.zeros(3))
    (tmp_path / "single.npy").rename(tmp_path / "single.npz")
    for name in ("other.npz", "single.npz"):
        with pytest.raises(DatasetError, match="Cannot tell what data"):
            open_dataset(str(tmp_path / name))


def test_the_fingerprint_is_pinned() -> None:
    # Cards and reports of shipped models quote fingerprints: a change here means new reports.
    data = FaceDataset(
        "x",
        ("a", "b"),
        np.arange(8, dtype=np.uint8).reshape(2, 2, 2),
        np.array([0, 1]),
        np.array(["Training", "PublicTest"]),
    )
    assert data.fingerprint()[:16] == "4622d90441b8607e"
