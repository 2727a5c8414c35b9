"""One view of each picture, or ten."""

from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.evaluation.views import predict_views, ten_views
from fer_core.zoo.classifier import load_classifier


def test_the_first_views_are_the_picture_and_its_mirror_image(drawn_faces: FaceDataset) -> None:
    images = drawn_faces.images[:3]
    views = ten_views(images)
    assert len(views) == 10
    assert all(view.shape == images.shape for view in views)
    assert np.array_equal(views[0], images)
    assert np.array_equal(views[1], images[:, :, ::-1])


def test_the_others_are_shifts_to_the_corners_that_repeat_the_edge() -> None:
    (image,) = images = np.arange(36, dtype=np.uint8).reshape(1, 6, 6)
    shifted = [view[0] for view in ten_views(images, shift_px=2)[2::2]]
    down_right, down_left, up_right, up_left = shifted
    assert np.array_equal(down_right[2:, 2:], image[:4, :4])
    assert np.array_equal(down_left[2:, :4], image[:4, 2:])
    assert np.array_equal(up_right[:4, 2:], image[2:, :4])
    assert np.array_equal(up_left[:4, :4], image[2:, 2:])
    assert (down_right[:2, :2] == image[0, 0]).all()
    mirrored = [view[0] for view in ten_views(images, shift_px=2)[3::2]]
    assert all(np.array_equal(m, s[:, ::-1]) for m, s in zip(mirrored, shifted, strict=True))


def test_a_picture_and_its_mirror_image_have_the_same_ten_views(
    served_models: Path, drawn_faces: FaceDataset
) -> None:
    classifier, images = load_classifier(), drawn_faces.images[:20]
    mirrored = images[:, :, ::-1]
    ten = predict_views(classifier, images, tta=True)
    assert ten == pytest.approx(predict_views(classifier, mirrored, tta=True), abs=1e-5)
    one = predict_views(classifier, images)
    assert np.array_equal(one, classifier.predict(images))
    assert np.abs(one - predict_views(classifier, mirrored)).max() > 1e-3
