"""What every registered detector promises, whatever it is: a new one is tested by being there."""

import math
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.detection.base import FaceDetector, detectors, load_detector
from fer_core.domain.faces import Face

Image = npt.NDArray[np.uint8]


@pytest.fixture(scope="module", params=detectors.names())
def detector(request: pytest.FixtureRequest) -> FaceDetector:
    return load_detector(request.param)


def noise(height: int, width: int) -> Image:
    grey = np.random.default_rng(0).integers(0, 256, (height, width, 1), np.uint8)
    return np.repeat(grey, 3, axis=2)


def assert_valid(faces: tuple[Face, ...], image: Image) -> None:
    """Check the order, and that boxes and landmarks are pixels of this very image."""
    assert isinstance(faces, tuple)
    areas = [face.box_xywh[2] * face.box_xywh[3] for face in faces]
    assert areas == sorted(areas, reverse=True)
    height, width = image.shape[:2]
    for face in faces:
        assert isinstance(face, Face)  # which checks that numbers are finite, scores 0 to 1
        assert 0 <= face.centre_xy[0] <= width
        assert 0 <= face.centre_xy[1] <= height
        assert face.side_px <= 2 * max(height, width)
        x, y, w, h = face.box_xywh
        for px, py in face.landmarks_xy:
            assert math.hypot(px - (x + w / 2), py - (y + h / 2)) < face.side_px


def test_finds_the_face_of_a_portrait(detector: FaceDetector, astronaut: Image) -> None:
    faces = detector.detect(astronaut)
    assert_valid(faces, astronaut)
    assert len(faces) == 1


@pytest.mark.parametrize("factor", [0.5, 3])
def test_boxes_are_in_pixels_of_the_given_image(
    detector: FaceDetector, astronaut: Image, factor: float
) -> None:
    face = detector.detect(astronaut)[0]
    resized = cv2.resize(astronaut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    faces = detector.detect(np.asarray(resized, np.uint8))
    assert len(faces) == 1
    assert faces[0].box_xywh == pytest.approx([v * factor for v in face.box_xywh], abs=12 * factor)


@pytest.mark.parametrize(
    ("height", "width"), [(1, 1), (1, 9), (3, 2000), (2000, 3), (9, 9), (31, 33), (20, 3000)]
)
@pytest.mark.parametrize("kind", ["black", "white", "noise"])
def test_takes_any_size(detector: FaceDetector, height: int, width: int, kind: str) -> None:
    image = noise(height, width)
    if kind != "noise":
        image[:] = 0 if kind == "black" else 255
    assert_valid(detector.detect(image), image)


def test_takes_a_large_image(detector: FaceDetector) -> None:
    image = noise(2000, 3000)
    assert_valid(detector.detect(image), image)


@pytest.mark.parametrize("name", sorted({*detectors.names()} - {"full_frame"}))
def test_finds_nothing_in_black(name: str) -> None:
    # full_frame takes every image as a face, by design
    assert load_detector(name).detect(np.zeros((480, 640, 3), np.uint8)) == ()


def test_does_not_write_into_the_image(detector: FaceDetector, astronaut: Image) -> None:
    image = astronaut.copy()
    detector.detect(image)
    np.testing.assert_array_equal(image, astronaut)


@pytest.mark.parametrize(
    "view",
    [np.s_[:, ::-1], np.s_[::2, ::2], np.s_[:, :, ::-1], np.s_[20:250, 100:350]],
    ids=["mirrored", "every second pixel", "channels reversed", "part"],
)
def test_takes_views_of_other_arrays(
    detector: FaceDetector, astronaut: Image, view: tuple[slice, ...]
) -> None:
    part = astronaut[view]
    assert not part.flags.c_contiguous
    assert detector.detect(part) == detector.detect(np.ascontiguousarray(part))


def test_gives_the_same_answer_from_several_threads(
    detector: FaceDetector, astronaut: Image
) -> None:
    part = np.ascontiguousarray(astronaut[:240, 100:340])
    pair = np.ascontiguousarray(np.concatenate([part, part[:, ::-1]]))
    images = [part, noise(90, 120), part[::2, ::2], pair] * 3
    alone = [detector.detect(image) for image in images]
    assert alone[:4] == alone[4:8]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(detector.detect, images)) == alone
