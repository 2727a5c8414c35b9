from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.detection import haar
from fer_core.detection.geometry import iou
from fer_core.detection.haar import HaarDetector
from fer_core.domain.errors import ModelError
from fer_core.domain.faces import Face

Image = npt.NDArray[np.uint8]


def test_box_score_and_no_landmarks(astronaut: Image, astronaut_face: Face) -> None:
    (face,) = HaarDetector().detect(astronaut)
    assert iou(face, astronaut_face) > 0.65
    assert 0.9 < face.score < 1
    assert face.landmarks_xy == ()


def test_finds_a_face_that_fills_the_image(astronaut: Image, astronaut_face: Face) -> None:
    x, y, w, h = (round(v) for v in astronaut_face.box_xywh)
    (face,) = HaarDetector().detect(astronaut[y - 10 : y + h, x - 17 : x + w + 18])
    assert face.side_px == pytest.approx(h, rel=0.25)


def test_finds_each_of_a_group(
    group_photo: Callable[..., tuple[Image, list[Face]]],
) -> None:
    places = [(300, 300, 150), (800, 350, 200), (1300, 300, 120)]
    photo, truth = group_photo((1600, 700), places)
    faces = HaarDetector().detect(photo)
    assert len(faces) == 3
    assert all(any(iou(face, true) > 0.55 for face in faces) for true in truth)


def test_a_face_under_the_least_size_is_left_out(astronaut: Image) -> None:
    detector = HaarDetector()
    assert any(80 < face.side_px < 120 for face in detector.find(astronaut, 60))
    assert not any(face.side_px < 195 for face in detector.find(astronaut, 200))


def test_scores_rise_with_the_cascades_sum() -> None:
    scores = [haar._score(s) for s in (-5, 0, 2, 5, 20)]
    assert scores == sorted(scores)
    assert scores[2] == 0.5
    assert 0 < scores[0] < 0.01
    assert scores[-1] <= 1


def test_a_missing_cascade_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(haar, "_CASCADE", "gone.xml")
    with pytest.raises(ModelError, match=r"gone\.xml.*opencv-python-headless"):
        HaarDetector()
