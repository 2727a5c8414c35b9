"""Frames of the live tab: each is read itself, and a face keeps its number."""

import time

import numpy as np

from fer_core.domain.emotions import colour_rgb
from tests.conftest import Image
from webapp.gradio_demo.live import read_frame
from webapp.live import LiveReader

CHOICES = ("default", "yunet", 0.5)


def test_each_frame_is_read_itself(astronaut: Image) -> None:
    reader: LiveReader | None = None
    for step in range(4):
        time.sleep(0.1)  # as the demo's camera sends them
        frame = np.roll(astronaut, 20 * step, axis=1)
        drawn, scores, reader = read_frame(frame, reader, *CHOICES)
        assert max(scores, key=scores.__getitem__) == "happy"
        columns = np.flatnonzero(np.all(drawn == colour_rgb("happy"), axis=2).sum(axis=0) > 60)
        assert abs((columns[0] + columns[-1]) / 2 - (223 + 20 * step)) < 20
    assert reader is not None
    assert reader.latest is not None
    assert [face.track_id for face in reader.latest.faces] == [1]
    assert not reader.is_reading  # no thread to forget


def test_no_face_and_no_frame_are_no_error() -> None:
    grey = np.full((480, 640, 3), 90, np.uint8)
    drawn, scores, reader = read_frame(grey, None, *CHOICES)
    assert np.array_equal(drawn, grey)
    assert scores is None
    assert read_frame(None, reader, *CHOICES) == (None, None, reader)


def test_another_model_takes_over(astronaut: Image) -> None:
    _, _, reader = read_frame(astronaut, None, *CHOICES)
    _, scores, _ = read_frame(astronaut, reader, "ferplus", "yunet", 0.5)
    assert "contempt" in scores
