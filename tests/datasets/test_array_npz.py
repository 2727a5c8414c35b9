"""A user's own arrays are read as they are, and a wrong value is told by its index."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_core.datasets.base import open_dataset
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import DatasetError

IMAGES = np.random.default_rng(1).integers(0, 256, (4, 20, 30), np.uint8)
RGB = np.random.default_rng(2).integers(0, 256, (4, 20, 30, 3), np.uint8)
LABELS = np.array(["Happiness", "sad", "sad", "angry"])

WritePack = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> WritePack:
    """Write `IMAGES` and `LABELS`, with arrays changed or added as asked; returns the path."""

    def save(**changes: Any) -> str:
        path = tmp_path / "mine.npz"
        np.savez(path, **({"images": IMAGES, "labels": LABELS} | changes))
        return str(path)

    return save


# --- What is read ---


def test_images_and_labels_are_enough(write: WritePack) -> None:
    data = open_dataset(write())
    assert np.array_equal(data.images, IMAGES)
    assert data.labels == ("angry", "happy", "sad")
    assert data.targets.tolist() == [1, 2, 2, 0]
    assert data.splits.tolist() == ["All"] * 4
    assert (data.name, data.licence) == ("mine", "unknown: the user's own data")
    assert data.groups is None


def test_numbers_are_positions_in_the_names(write: WritePack) -> None:
    names = np.array(["sad", "Happiness", "bored"])
    data = open_dataset(write(labels=np.array([1, 0, 0, 1], np.uint8), label_names=names))
    assert data.labels == ("sad", "happy", "bored")
    assert data.targets.tolist() == [1, 0, 0, 1]


def test_names_set_the_order_of_texts_too(write: WritePack) -> None:
    data = open_dataset(write(label_names=np.array(["sad", "happy", "bored", "anger"])))
    assert data.labels == ("sad", "happy", "bored", "angry")
    assert data.targets.tolist() == [1, 0, 0, 3]


def test_fer2013s_seven_have_its_order(write: WritePack) -> None:
    labels = np.array(sorted(FER7_LABELS))
    data = open_dataset(write(images=np.zeros((7, 5, 5), np.uint8), labels=labels))
    assert data.labels == FER7_LABELS
    assert [FER7_LABELS[target] for target in data.targets] == labels.tolist()


def test_splits_and_groups_are_kept(write: WritePack) -> None:
    splits, groups = ["Training", "Training", "Test", "Test"], ["ann", "bo", "cy", "cy"]
    data = open_dataset(write(splits=np.array(splits), groups=np.array(groups)))
    assert data.splits.tolist() == splits
    assert data.groups is not None
    assert data.groups.tolist() == groups


def test_colour_becomes_grey(write: WritePack) -> None:
    grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in RGB]
    assert np.array_equal(open_dataset(write(images=RGB)).images, grey)
    assert np.array_equal(open_dataset(write(images=IMAGES[..., np.newaxis])).images, IMAGES)


# --- What is told ---


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": IMAGES / 255}, r"images of dtype uint8 .* got float64 \(4, 20, 30\)"),
        ({"images": RGB[..., :2]}, r"got uint8 \(4, 20, 30, 2\)"),
        ({"images": IMAGES[0]}, r"got uint8 \(20, 30\)"),
        ({"images": IMAGES[:0], "labels": LABELS[:0]}, "at least one image"),
        ({"images": IMAGES[:, :0]}, r"with pixels, got shape \(4, 0, 30\)"),
        ({"labels": LABELS[:3]}, r"labels of shape \(4,\), one for each image, got \(3,\)"),
        ({"labels": np.eye(4, dtype=int)}, r"labels of shape \(4,\).* got \(4, 4\)"),
        ({"labels": np.arange(4)}, "expected label_names, the name of each number"),
        (
            {"labels": np.array([0, 1, 2, 1]), "label_names": LABELS[:2]},
            r"labels\[2\] to be 0 to 1",
        ),
        ({"labels": np.array([0, -1, 2, 1]), "label_names": LABELS[:2]}, r"labels\[1\] .*got -1"),
        ({"labels": np.ones(4), "label_names": LABELS[:2]}, "integers or texts, got float64"),
        ({"label_names": np.array(["sad", "happy"])}, r"labels\[3\] to be one of sad, happy, got"),
        ({"label_names": np.array([1, 2])}, "label_names as texts, got int64"),
        ({"label_names": np.array("sad")}, r"label_names of shape \(K,\), got \(\)"),
        (
            {"label_names": np.array(["a", "anger", "angry"])},
            r"\[1\] and label_names\[2\] both mean",
        ),
        ({"labels": np.array(["a", " ", "a", ""])}, r"labels\[1\] to be a text .* got ' '"),
        ({"splits": np.array(["x", "x", "x", ""])}, r"splits\[3\] to be a text that is not empty"),
        ({"splits": np.zeros(4)}, "splits as texts, got float64"),
        ({"groups": np.array(["x"])}, r"groups of shape \(4,\)"),
        ({"labels": np.array(["a", None, "b", "c"])}, "is damaged"),
    ],
)
def test_a_wrong_array_is_told(write: WritePack, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=rf"mine\.npz.*{message}"):
        open_dataset(write(**changes))
