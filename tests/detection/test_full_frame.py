import numpy as np

from fer_core.detection.full_frame import FullFrameDetector, whole_image


def test_the_whole_image_is_one_sure_face() -> None:
    (face,) = FullFrameDetector().detect(np.zeros((30, 50, 3), np.uint8))
    assert face.box_xywh == (0, 0, 50, 30)
    assert face.score == 1
    assert face.landmarks_xy == ()


def test_whole_image_takes_width_first() -> None:
    assert whole_image(7, 9).box_xywh == (0, 0, 7, 9)
