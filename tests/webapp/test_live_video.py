"""A viewer's frames come back at once, with what was read drawn on them."""

import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from fer_core import load_analyzer
from fer_core.inference.overlay import Overlay
from tests.conftest import Image
from webapp.live_video import LiveVideo


@pytest.fixture
def video() -> Iterator[LiveVideo]:
    live = LiveVideo(load_analyzer(), 0.5)
    yield live
    live.on_ended()


def frame(image: Image, number: int = 0) -> av.VideoFrame:
    made = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
    made.pts, made.time_base = number, Fraction(1, 30)
    return made


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_frame_comes_back_mirrored_and_with_its_time(video: LiveVideo, astronaut: Image) -> None:
    video.overlay = Overlay(boxes=False, names=False, bars=False)
    back = video.recv(frame(astronaut, 7))
    assert (back.pts, back.time_base) == (7, Fraction(1, 30))
    assert np.array_equal(back.to_ndarray(format="rgb24"), astronaut[:, ::-1])
    video.mirrored = False
    assert np.array_equal(video.recv(frame(astronaut)).to_ndarray(format="rgb24"), astronaut)


def test_what_was_read_is_drawn_and_told(video: LiveVideo, astronaut: Image) -> None:
    video.recv(frame(astronaut))
    wait(lambda: video.latest)
    assert video.latest is not None
    (face,) = video.latest.faces
    assert face.scores.emotion == "happy"
    assert face.face.centre_xy[0] == pytest.approx(512 - 226, abs=12)  # mirrored
    back = video.recv(frame(astronaut, 1)).to_ndarray(format="rgb24")
    assert not np.array_equal(back, astronaut[:, ::-1])
    assert [moment.track_id for moment in video.timeline()][:1] == [1]


def test_results_are_kept_only_while_recorded(video: LiveVideo, astronaut: Image) -> None:
    video.recv(frame(astronaut))
    wait(lambda: video.latest)
    assert video.kept() == []
    video.records = True
    before = video.figures().analysed
    video.recv(frame(astronaut, 1))
    wait(lambda: video.figures().analysed > before and video.kept())
    video.records = False
    kept = len(video.kept())
    before = video.figures().analysed
    video.recv(frame(astronaut, 2))
    wait(lambda: video.figures().analysed > before)
    assert len(video.kept()) == kept


def test_doubtful_faces_are_left_out(astronaut: Image) -> None:
    live = LiveVideo(load_analyzer(), 1.0)
    live.recv(frame(astronaut))
    wait(lambda: live.latest)
    assert live.latest is not None
    assert live.latest.faces == ()
    assert live.timeline() == ()
    live.on_ended()


def test_nothing_is_written_and_nothing_stays(
    astronaut: Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    threads = threading.active_count()
    live = LiveVideo(load_analyzer(), 0.5)
    live.records = True
    for number in range(10):
        live.recv(frame(astronaut, number))
    wait(lambda: live.latest)
    live.on_ended()
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads
