import pytest

from fer_core.detection.base import detectors, largest_first, load_detector
from fer_core.detection.full_frame import FullFrameDetector
from fer_core.domain.errors import UnknownNameError
from fer_core.domain.faces import Face


def test_the_project_brings_four_detectors() -> None:
    assert {"full_frame", "haar", "skin_haar", "yunet"} <= set(detectors.names())


def test_load_detector_builds_by_name() -> None:
    assert isinstance(load_detector("full_frame"), FullFrameDetector)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown detector 'yolo'.*haar.*yunet"):
        load_detector("yolo")


def test_largest_first_goes_by_area() -> None:
    wide = Face((0, 0, 40, 10), 0.9)
    square = Face((0, 0, 25, 25), 0.8)
    tiny = Face((0, 0, 5, 5), 1.0)
    assert largest_first([tiny, wide, square]) == (square, wide, tiny)
