from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.detection.geometry import iou
from fer_core.detection.yunet import YuNetDetector, _refined, _tile_spans
from fer_core.domain.faces import LANDMARK_NAMES, Face

Image = npt.NDArray[np.uint8]
GroupPhoto = Callable[..., tuple[Image, list[Face]]]


@pytest.fixture(scope="module")
def yunet() -> YuNetDetector:
    return YuNetDetector()


def assert_same_faces(found: tuple[Face, ...], truth: list[Face]) -> None:
    """Each true face once, centred to an eighth of its height and as tall to a quarter."""
    assert len(found) == len(truth)
    for true in truth:
        x, y = true.centre_xy
        face = min(found, key=lambda f: np.hypot(f.centre_xy[0] - x, f.centre_xy[1] - y))
        assert face.centre_xy == pytest.approx((x, y), abs=max(3.0, true.side_px / 8))
        assert face.side_px == pytest.approx(true.side_px, rel=0.25)


def test_box_landmarks_and_score(
    yunet: YuNetDetector, astronaut: Image, astronaut_face: Face
) -> None:
    (face,) = yunet.detect(astronaut)
    assert iou(face, astronaut_face) > 0.8
    assert face.score > 0.9
    for name, found, marked in zip(
        LANDMARK_NAMES, face.landmarks_xy, astronaut_face.landmarks_xy, strict=True
    ):
        assert found == pytest.approx(marked, abs=7), name


@pytest.mark.parametrize("degrees", [-30, 30])
def test_finds_a_tilted_head(yunet: YuNetDetector, astronaut: Image, degrees: float) -> None:
    turn = cv2.getRotationMatrix2D((225, 120), degrees, 1)
    turned = cv2.warpAffine(astronaut, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    (face,) = yunet.detect(np.asarray(turned, np.uint8))
    assert face.centre_xy == pytest.approx((225, 120), abs=14)


@pytest.mark.parametrize("side", [48, 64, 224, 300, 900, 2400])
def test_finds_a_face_that_fills_the_image(
    yunet: YuNetDetector, astronaut: Image, side: int
) -> None:
    crop = cv2.resize(astronaut[62:180, 166:284], (side, side), interpolation=cv2.INTER_AREA)
    (face,) = yunet.detect(np.asarray(crop, np.uint8))
    assert face.box_xywh[3] == pytest.approx(side, rel=0.15)
    assert face.centre_xy == pytest.approx((side / 2, side / 2), abs=0.1 * side)


@pytest.mark.parametrize("place", [(700, 400), (2048, 1500), (3900, 2900), (891, 900)])
def test_finds_a_face_of_24_pixels_in_a_4000_pixel_photo(
    yunet: YuNetDetector, group_photo: GroupPhoto, place: tuple[int, int]
) -> None:
    photo, truth = group_photo((4000, 3000), [(*place, 24)])
    assert_same_faces(yunet.detect(photo), truth)


@pytest.mark.parametrize("width", [400, 640, 1024, 1920, 2600, 4000])
def test_finds_exactly_the_faces_of_a_group(
    yunet: YuNetDetector, group_photo: GroupPhoto, width: int
) -> None:
    rows = [(0.1, 0.25), (0.35, 0.22), (0.6, 0.27), (0.85, 0.24), (0.22, 0.6), (0.5, 0.7)]
    sides = (0.07, 0.08, 0.1, 0.12, 0.14, 0.18)
    places = [
        (x * width, y * width * 0.7, s * width) for (x, y), s in zip(rows, sides, strict=True)
    ]
    photo, truth = group_photo((width, round(width * 0.7)), places)
    assert_same_faces(yunet.detect(photo), truth)


def test_near_and_far_faces_are_found_together(
    yunet: YuNetDetector, group_photo: GroupPhoto
) -> None:
    sides = (1000, 450, 230, 120, 90, 60, 40, 28)
    lefts = np.cumsum([800, 1100, 500, 260, 180, 140, 110, 90])
    places = [(float(x), 900, side) for x, side in zip(lefts, sides, strict=True)]
    photo, truth = group_photo((3300, 1900), places)
    assert_same_faces(yunet.detect(photo), truth)


@pytest.mark.parametrize("side", [40, 70, 100, 125, 180])
def test_a_face_on_the_border_of_tiles_is_found_once(
    yunet: YuNetDetector, group_photo: GroupPhoto, side: int
) -> None:
    # A grid that is out of step with the tiles puts faces at every distance from their borders.
    step = 2 * side + 17
    places = [
        (x, y, side) for y in range(step, 1300 - step, step) for x in range(step, 2500 - step, step)
    ]
    photo, truth = group_photo((2500, 1300), places)
    assert_same_faces(yunet.detect(photo), truth)


@pytest.mark.parametrize("length", [1, 128, 1024, 1025, 1921, 4000, 4096])
def test_tiles_cover_a_side_and_overlap(length: int) -> None:
    spans = list(_tile_spans(length))
    assert spans[0][0] == 0
    assert spans[-1][1] == length
    assert all(stop - start <= 1024 for start, stop in spans)
    assert all(left[1] - right[0] >= 128 for left, right in pairwise(spans))


def test_refined_prefers_the_finer_view_and_drops_parts() -> None:
    coarse = Face((0, 0, 100, 100), 0.95)
    finer = Face((4, 3, 97, 98), 0.8)
    part = Face((0, 50, 40, 40), 0.9)
    new = Face((300, 0, 30, 30), 0.9)
    assert _refined([coarse], [part, finer, new]) == [finer, new]
    assert _refined([coarse], [part]) == [coarse]


def test_textures_are_no_faces(yunet: YuNetDetector) -> None:
    random = np.random.default_rng(0)
    for cell in (1, 4, 16, 64):
        coarse = random.integers(0, 256, (1600 // cell, 2400 // cell, 3), np.uint8)
        image = cv2.resize(coarse, (2400, 1600), interpolation=cv2.INTER_CUBIC)
        assert yunet.detect(np.asarray(image, np.uint8)) == ()
