"""How far the pixels of a face can be trusted."""

import cv2
import numpy as np
import pytest

from fer_core.detection.full_frame import whole_image
from fer_core.domain.faces import Face
from fer_core.inference.quality import face_quality

NOISE = np.random.default_rng(0).integers(0, 256, (96, 96), np.uint8)


def test_the_size_is_the_boxs_shorter_side() -> None:
    assert face_quality(NOISE, Face((5, 5, 40, 60), 1.0)).size_px == 40


def test_blur_lowers_sharpness() -> None:
    sharp, soft = (
        face_quality(image, whole_image(96, 96)).sharpness
        for image in (NOISE, cv2.GaussianBlur(NOISE, (0, 0), 2))
    )
    assert sharp > 100 * soft


def test_sharpness_is_the_variance_of_the_laplacian() -> None:
    picture = np.zeros((96, 96), np.uint8)
    picture[40, 40] = 10
    # OpenCV's 3×3 kernel is 1 beside and -4 on the pixel: one -40 and four 10 among 96 · 96.
    expected = (40**2 + 4 * 10**2) / 96**2
    sharpness = face_quality(picture, whole_image(96, 96)).sharpness
    assert sharpness == pytest.approx(expected, rel=1e-4)


def test_sharpness_does_not_depend_on_the_faces_size() -> None:
    large = NOISE.repeat(4, axis=0).repeat(4, axis=1)
    one = face_quality(NOISE, whole_image(96, 96)).sharpness
    assert face_quality(large, whole_image(384, 384)).sharpness == pytest.approx(one)


@pytest.mark.parametrize(("grey", "brightness"), [(0, 0.0), (255, 1.0), (51, 0.2)])
def test_brightness_is_the_mean_of_full_scale(grey: int, brightness: float) -> None:
    picture = np.full((50, 60, 3), grey, np.uint8)
    quality = face_quality(picture, whole_image(60, 50))
    assert quality.brightness == pytest.approx(brightness)
    assert quality.sharpness == 0


def test_only_the_face_counts() -> None:
    picture = NOISE.copy()
    picture[20:60, 20:60] = 204
    quality = face_quality(picture, Face((24, 24, 32, 32), 1.0))
    assert (quality.brightness, quality.sharpness) == (pytest.approx(0.8), 0)


def test_roll_comes_from_the_landmarks() -> None:
    eyes = ((30.0, 40.0), (40.0, 50.0))  # 10 right, 10 down: 45 degrees clockwise
    face = Face((20, 20, 50, 50), 1.0, (*eyes, (40, 50), (40, 60), (50, 60)))
    assert face_quality(NOISE, face).roll_deg == pytest.approx(45)
    assert face_quality(NOISE, whole_image(96, 96)).roll_deg is None
