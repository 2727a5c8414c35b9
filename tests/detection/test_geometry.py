import numpy as np
import pytest

from fer_core.detection.geometry import belongs, carried, covered, distinct, iou
from fer_core.domain.faces import Face

WHOLE = Face((0, 0, 10, 10), 0.9)
PART = Face((5, 0, 5, 10), 0.8)
APART = Face((20, 20, 10, 10), 0.7)


def test_iou_is_shared_over_joint_area() -> None:
    assert iou(WHOLE, WHOLE) == 1
    assert iou(WHOLE, PART) == pytest.approx(50 / 100)
    assert iou(WHOLE, Face((5, 5, 10, 10), 1)) == pytest.approx(25 / 175)
    assert iou(WHOLE, APART) == 0


def test_covered_is_shared_over_smaller_area() -> None:
    assert covered(WHOLE, PART) == covered(PART, WHOLE) == 1
    assert covered(WHOLE, Face((5, 5, 20, 20), 1)) == pytest.approx(25 / 100)
    assert covered(WHOLE, APART) == 0


def test_distinct_keeps_the_best_of_each_group() -> None:
    assert distinct([APART, PART, WHOLE]) == [WHOLE, APART]
    assert distinct([]) == []


def test_carried_follows_each_axis() -> None:
    face = Face((10, 10, 20, 20), 0.5, ((12.0, 14.0),) * 5)
    small, large = np.zeros((50, 100, 3), np.uint8), np.zeros((100, 300, 3), np.uint8)
    there = carried(face, small, large)
    assert there.box_xywh == (30, 20, 60, 40)
    assert there.landmarks_xy[0] == (36, 28)
    assert carried(there, large, small) == face


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((2, 2, 4, 4), True),
        ((-4, 0, 10, 10), True),
        ((-6, 0, 10, 10), False),
        ((0, 5, 10, 12), False),
        ((-6, -6, 22, 22), False),
    ],
    ids=["inside", "mostly inside", "centre left of it", "centre below it", "too large"],
)
def test_belongs(box: tuple[float, float, float, float], expected: bool) -> None:
    assert belongs(Face(box, 1), np.zeros((10, 12, 3), np.uint8)) is expected
