"""A face is valid or not made; moving it moves its landmarks along."""

import dataclasses
import math

import pytest

from fer_core.domain.faces import LANDMARK_NAMES, Face

LANDMARKS = ((30.0, 40.0), (50.0, 40.0), (40.0, 50.0), (33.0, 60.0), (47.0, 60.0))


def test_a_face_with_and_without_landmarks() -> None:
    assert Face((1, 2, 3, 4), 0.5).landmarks_xy == ()
    assert len(Face((20, 20, 40, 60), 1.0, LANDMARKS).landmarks_xy) == len(LANDMARK_NAMES)


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((0, 0, 0, 5), "positive size"),
        ((0, 0, 5, -1), "positive size"),
        ((math.nan, 0, 5, 5), "finite"),
        ((0, 0, math.inf, 5), "finite"),
        ((0, 0, 5), "four finite"),
    ],
)
def test_bad_boxes(box: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Face(box, 0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("score", [-0.01, 1.01, math.nan])
def test_bad_scores(score: float) -> None:
    with pytest.raises(ValueError, match="score"):
        Face((0, 0, 5, 5), score)


def test_landmarks_are_five_or_none() -> None:
    with pytest.raises(ValueError, match="0 or 5 points, got 4"):
        Face((0, 0, 5, 5), 0.5, LANDMARKS[:4])


def test_a_box_may_leave_the_image() -> None:
    assert Face((-10, -5, 20, 20), 0.5).centre_xy == (0, 5)


def test_centre_and_side() -> None:
    face = Face((20, 20, 40, 60), 1.0)
    assert face.centre_xy == (40, 50)
    assert face.side_px == 60


def test_mapped_scales_and_then_shifts() -> None:
    moved = Face((20, 20, 40, 60), 0.75, LANDMARKS).mapped(0.5, dx=100, dy=-3)
    assert moved.box_xywh == (110, 7, 20, 30)
    assert moved.score == 0.75
    assert moved.landmarks_xy[0] == (115, 17)
    assert moved.landmarks_xy[-1] == (123.5, 27)


def test_mapping_back_gives_the_face_again() -> None:
    face = Face((20, 20, 40, 60), 0.75, LANDMARKS)
    assert face.mapped(2.0, 8, 4).mapped(0.5, -4, -2) == face


def test_a_face_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Face((0, 0, 5, 5), 0.5).score = 1.0  # type: ignore[misc]
