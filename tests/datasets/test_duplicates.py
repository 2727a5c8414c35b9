"""Equal pictures are found within and across splits, with the labels that they disagree on."""

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.duplicates import Overlap, duplicates


@pytest.fixture
def copied() -> FaceDataset:
    """Nine images of five pictures; a letter is a picture, as told below."""
    #          a  b  a  c  a  b  d  c  e
    shown = [0, 1, 0, 2, 0, 1, 3, 2, 4]
    labels = [0, 0, 0, 1, 0, 1, 1, 1, 0]
    splits = ["Train", "Train", "Train", "Train", "Test", "Test", "Test", "Train", "Val"]
    images = np.random.default_rng(3).integers(0, 256, (5, 6, 6), np.uint8)[shown]
    return FaceDataset("Copied", ("happy", "sad"), images, np.array(labels), np.array(splits))


def test_images_of_one_picture_are_told_by_position(copied: FaceDataset) -> None:
    found = duplicates(copied)
    assert found.groups == ((0, 2, 4), (1, 5), (3, 7))
    assert found.copies == 4
    # b is happy in one split and sad in the other.
    assert found.conflicting == 1


def test_overlaps_are_told_for_each_pair_of_splits(copied: FaceDataset) -> None:
    across = Overlap(("Test", "Train"), pictures=2, images=(2, 3), conflicting=1)
    within = Overlap(("Train", "Train"), pictures=2, images=(4, 4), conflicting=0)
    found = duplicates(copied)
    assert found.overlaps == (across, within)
    assert found.across_splits() == (across,)


def test_one_changed_pixel_makes_another_picture(copied: FaceDataset) -> None:
    copied.images[2, 5, 5] ^= 1
    assert duplicates(copied).groups == ((0, 4), (1, 5), (3, 7))


def test_figures_are_plain_values(copied: FaceDataset) -> None:
    assert duplicates(copied).to_dict() == {
        "pictures": 3,
        "copies": 4,
        "conflicting": 1,
        "overlaps": [
            {"splits": ["Test", "Train"], "pictures": 2, "images": [2, 3], "conflicting": 1},
            {"splits": ["Train", "Train"], "pictures": 2, "images": [4, 4], "conflicting": 0},
        ],
    }


def test_drawn_faces_have_none(drawn_faces: FaceDataset) -> None:
    found = duplicates(drawn_faces)
    assert (found.groups, found.copies, found.conflicting, found.overlaps) == ((), 0, 0, ())
