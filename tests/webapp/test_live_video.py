"""A viewer's frames come back at once, with what was read drawn on them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from fer_core import load_analyzer
from fer_core.domain.images import decode_image
from fer_core.inference.overlay import Overlay
from tests.conftest import Image
from webapp.live_places import LivePlaces
from webapp.live_video import LiveChoices, LiveVideo

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def video() -> Iterator[LiveVideo]:
    live = LiveVideo(LiveChoices(load_analyzer()), LivePlaces(1))
    yield live
    live.on_ended()


def choose(video: LiveVideo, **changes: Any) -> None:
    video.choices = replace(video.choices, **changes)


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
    choose(video, overlay=Overlay(boxes=False, names=False, bars=False, pace=False))
    back = video.recv(frame(astronaut, 7))
    assert (back.pts, back.time_base) == (7, Fraction(1, 30))
    assert np.array_equal(back.to_ndarray(format="rgb24"), astronaut[:, ::-1])
    choose(video, is_mirrored=False)
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
    choose(video, is_recorded=True)
    before = video.figures().analysed
    video.recv(frame(astronaut, 1))
    wait(lambda: video.figures().analysed > before and video.kept())
    choose(video, is_recorded=False)
    kept = len(video.kept())
    before = video.figures().analysed
    video.recv(frame(astronaut, 2))
    wait(lambda: video.figures().analysed > before)
    assert len(video.kept()) == kept


def test_doubtful_faces_are_left_out(video: LiveVideo, astronaut: Image) -> None:
    choose(video, min_score=1.0)
    video.recv(frame(astronaut))
    wait(lambda: video.latest)
    assert video.latest is not None
    assert video.latest.faces == ()
    assert video.timeline() == ()


def test_a_snapshot_is_what_is_shown(video: LiveVideo, astronaut: Image) -> None:
    assert video.snapshot() is None
    back = video.recv(frame(astronaut)).to_ndarray(format="rgb24")
    picture = video.snapshot()
    assert picture is not None
    assert np.array_equal(decode_image(picture, "snapshot"), back)
    video.on_ended()
    assert video.snapshot() is None


def test_a_new_session_begins_empty(video: LiveVideo, astronaut: Image) -> None:
    choose(video, is_recorded=True)
    for number in range(2):
        before = video.figures().analysed
        video.recv(frame(astronaut, number))
        wait(lambda before=before: video.figures().analysed > before and video.kept())
    wait(lambda: video.summary().seconds)
    video.forget()
    assert (video.summary().seconds, video.timeline(), video.kept()) == (0, (), [])


def test_what_was_told_outlives_the_video(video: LiveVideo, astronaut: Image) -> None:
    choose(video, is_recorded=True)
    video.recv(frame(astronaut))
    wait(lambda: video.kept())
    video.on_ended()
    assert not video.is_reading
    assert len(video.kept()) == len(video.timeline()) == 1


def test_nothing_is_written_and_nothing_stays(astronaut: Image, tmp_path: Path) -> None:
    """A process of its own, watched by the interpreter: nothing is opened to be written."""
    program = tmp_path / "watched.py"
    program.write_text(_WATCHED)
    result = subprocess.run(
        [sys.executable, str(program)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["happy", "written:", "0", "sent:", "0", "threads:", "0"]


_WATCHED = """
import sys, threading, time
from fractions import Fraction
sys.path.insert(0, ".")
import av
from fer_core import load_analyzer
from fer_core.domain.images import decode_image
from fer_core.domain.settings import sample_photo
from webapp.live_places import LivePlaces
from webapp.live_video import LiveChoices, LiveVideo

image = decode_image(sample_photo().read_bytes(), "sample")
video = LiveVideo(LiveChoices(load_analyzer(), is_recorded=True), LivePlaces(1))
written, sent, threads = [], [], threading.active_count()

def watch(event, arguments):
    if event == "open" and any(letter in str(arguments[1]) for letter in "wax+"):
        written.append(arguments[0])
    if event in ("os.mkdir", "os.rename", "os.open", "shutil.copyfile"):
        written.append(arguments[0])
    if event.startswith("socket.") or event == "subprocess.Popen":
        sent.append(event)

sys.addaudithook(watch)
for number in range(20):
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, 30)
    video.recv(frame)
    time.sleep(0.02)
while not video.latest:
    time.sleep(0.05)
video.snapshot()
video.on_ended()
print(video.latest.faces[0].scores.emotion, "written:", len(written), "sent:", len(sent),
      "threads:", threading.active_count() - threads)
"""
