"""The live reader never keeps a viewer waiting, whatever the network and the camera do."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core import load_analyzer
from fer_core.domain.analysis import FrameAnalysis
from fer_core.inference.analyzer import EmotionAnalyzer
from tests.conftest import GroupPhoto, Image
from webapp.live import LiveReader
from webapp.live_places import LivePlaces

PATIENCE_S = 30.0
ROOT = Path(__file__).resolve().parents[2]

Open = Callable[..., LiveReader]


class Hampered(EmotionAnalyzer):
    """The real one, slowed down, or failing on some frames.

    Args:
        takes_s: How much longer each reading takes.
        fails: Asked for each frame that is read, by its number from 1.
    """

    def __init__(
        self, takes_s: float = 0.0, fails: Callable[[int], bool] = lambda _: False
    ) -> None:
        whole = load_analyzer()
        super().__init__(whole.detector, whole.classifier)
        self._takes_s, self._fails = takes_s, fails
        self.read_frames = 0

    def read(self, *args: Any, **kwargs: Any) -> FrameAnalysis:
        self.read_frames += 1
        time.sleep(self._takes_s)
        if self._fails(self.read_frames):
            raise RuntimeError("no such luck\nat all")
        return super().read(*args, **kwargs)


@pytest.fixture
def opened() -> Iterator[Open]:
    """Open a reader that is closed in the end."""
    readers = []

    def start(analyzer: EmotionAnalyzer | None = None, **choices: Any) -> LiveReader:
        readers.append(LiveReader(analyzer or load_analyzer(), **choices))
        return readers[-1]

    yield start
    for reader in readers:
        reader.close()


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def read_one(reader: LiveReader, frame: Image) -> FrameAnalysis:
    """Show a frame, and wait for a result that is newer than all before."""
    before = reader.figures().analysed
    reader.show(frame)
    wait(lambda: reader.figures().analysed > before)
    assert reader.latest is not None
    return reader.latest


def moved(frame: Image, pixels: int) -> Image:
    return np.roll(frame, pixels, axis=1)


# --- What it reads ---


def test_a_face_is_read_and_keeps_its_number(opened: Open, astronaut: Image) -> None:
    reader = opened()
    for step in range(6):
        time.sleep(0.05)  # as a camera would
        result = read_one(reader, moved(astronaut, 6 * step))
        (face,) = result.faces
        assert (face.track_id, face.scores.emotion) == (1, "happy")
        centre = face.face.box_xywh[0] + face.face.box_xywh[2] / 2
        assert centre == pytest.approx(226 + 6 * step, abs=20)
    assert result.size_wh == (512, 512)


def test_a_result_comes_along_with_later_frames(opened: Open, astronaut: Image) -> None:
    reader = opened()
    assert reader.show(astronaut) is None
    wait(lambda: reader.latest)
    shown = reader.show(astronaut)
    assert shown is not None
    assert len(shown.faces) == 1


def test_each_result_is_handed_on(opened: Open, astronaut: Image) -> None:
    results: list[FrameAnalysis] = []
    reader = opened(on_result=results.append)
    for _ in range(3):
        read_one(reader, astronaut)
    assert len(results) == 3
    times = [result.time_s for result in results]
    assert all(seconds is not None and seconds >= 0 for seconds in times)
    assert times == sorted(times)


def test_no_face_is_a_result(opened: Open) -> None:
    result = read_one(opened(), np.full((480, 640, 3), 90, np.uint8))
    assert result.faces == ()


def test_a_face_that_left_is_shown_no_more(opened: Open, astronaut: Image) -> None:
    reader, empty = opened(), np.full_like(astronaut, 90)
    read_one(reader, astronaut)
    deadline = time.monotonic() + PATIENCE_S
    while read_one(reader, empty).faces:
        assert time.monotonic() < deadline
    shown = reader.show(empty)
    assert shown is not None
    assert shown.faces == ()


def test_forty_faces_are_read(opened: Open, group_photo: GroupPhoto) -> None:
    places = [(80 + 115 * (i % 10), 90 + 150 * (i // 10), 90.0) for i in range(40)]
    crowd, _ = group_photo((1200, 640), places)
    result = read_one(opened(), crowd)
    assert len(result.faces) >= 38
    assert len({face.track_id for face in result.faces}) == len(result.faces)


def test_frames_that_change_size_lose_nobody(opened: Open, astronaut: Image) -> None:
    reader = opened()
    sizes = (astronaut, astronaut[::2, ::2], np.repeat(astronaut, 2, axis=1).repeat(2, axis=0))
    for frame in sizes:
        (face,) = read_one(reader, frame).faces
        assert face.track_id == 1
        assert face.face.side_px == pytest.approx(114 * frame.shape[0] / 512, rel=0.25)
        shown = reader.show(astronaut)  # an older size, before its result
        assert shown is not None
        assert shown.size_wh == (512, 512)
        assert shown.faces[0].face.side_px == pytest.approx(114, rel=0.25)
        wait(lambda: reader.figures().analysed % 2 == 0)


# --- What it does in trouble ---


def test_a_slow_network_keeps_nobody_waiting(opened: Open, astronaut: Image) -> None:
    reader = opened(Hampered(takes_s=0.5))
    longest = 0.0
    for _ in range(60):
        began = time.monotonic()
        reader.show(astronaut)
        longest = max(longest, time.monotonic() - began)
        time.sleep(0.03)
    assert longest < 0.4  # it did not wait for a reading
    wait(lambda: reader.figures().analysed >= 2)
    figures = reader.figures()
    assert figures.shown == 60
    assert figures.dropped >= 40
    assert figures.analysed + figures.dropped <= figures.shown
    assert figures.latency_ms is not None
    assert figures.latency_ms >= 500


def test_results_never_lag_further_behind(opened: Open, astronaut: Image) -> None:
    reader = opened(Hampered(takes_s=0.1))
    for _ in range(100):  # three times as many as it can read
        reader.show(astronaut)
        time.sleep(0.03)
    figures = reader.figures()
    assert figures.latency_p95_ms is not None
    # One reading under way, and its own: what waited longer was dropped.
    assert figures.latency_p95_ms < 1000


def test_an_error_on_some_frames_costs_those_frames(opened: Open, astronaut: Image) -> None:
    reader = opened(Hampered(fails=lambda number: number % 2 == 0))
    for _ in range(4):
        read_one(reader, astronaut)
        reader.show(astronaut)
        wait(lambda: reader.figures().analysed + reader.figures().failed == reader.figures().shown)
    figures = reader.figures()
    assert figures.analysed >= 4
    assert figures.failed >= 3
    assert figures.problem == "RuntimeError: no such luck"


def test_what_is_no_frame_is_an_error_of_that_frame(opened: Open, astronaut: Image) -> None:
    reader = opened()
    reader.show(np.zeros((10, 10, 4), np.uint8))
    wait(lambda: reader.figures().failed == 1)
    assert "RGB" in reader.figures().problem
    assert read_one(reader, astronaut).faces


def test_a_stream_that_ends_within_a_reading_ends(opened: Open, astronaut: Image) -> None:
    analyzer = Hampered(takes_s=0.3)
    reader = opened(analyzer)
    reader.show(astronaut)
    wait(lambda: analyzer.read_frames)
    reader.close()
    assert not reader.is_reading
    assert "live reading" not in {thread.name for thread in threading.enumerate()}
    assert read_one(reader, astronaut).faces  # a later frame begins anew


# --- Many viewers ---


def test_many_viewers_leave_nothing_behind(astronaut: Image) -> None:
    analyzer, places = load_analyzer(), LivePlaces(2)
    before = threading.active_count()
    for _ in range(20):
        reader = LiveReader(analyzer, places)
        read_one(reader, astronaut)
        assert places.taken == 1
        reader.close()
        reader.close()  # said twice
        assert places.taken == 0
    assert threading.active_count() == before


def test_a_viewer_who_vanishes_is_let_go_and_may_come_back(opened: Open, astronaut: Image) -> None:
    places = LivePlaces(1)
    reader = opened(places=places, vanished_s=0.2)
    read_one(reader, astronaut)
    wait(lambda: not reader.is_reading)
    assert places.taken == 0
    assert "live reading" not in {thread.name for thread in threading.enumerate()}
    assert read_one(reader, astronaut).faces
    assert places.taken == 1


def test_who_finds_no_place_is_shown_and_read_later(opened: Open, astronaut: Image) -> None:
    places = LivePlaces(1)
    first, second = opened(places=places), opened(places=places)
    read_one(first, astronaut)
    assert second.show(astronaut) is None
    assert (second.is_reading, second.figures().shown, second.figures().analysed) == (False, 1, 0)
    first.close()
    assert read_one(second, astronaut).faces


def test_viewers_read_each_for_itself_by_one_model(opened: Open, astronaut: Image) -> None:
    analyzer, places = load_analyzer(), LivePlaces(3)
    readers = [opened(analyzer, places=places) for _ in range(3)]
    for _ in range(3):
        results = [
            read_one(reader, moved(astronaut, 30 * number)) for number, reader in enumerate(readers)
        ]
    lefts = [result.faces[0].face.box_xywh[0] for result in results]
    assert lefts == sorted(lefts)
    assert lefts[2] - lefts[0] == pytest.approx(60, abs=20)
    assert [result.faces[0].track_id for result in results] == [1, 1, 1]


def test_another_model_may_take_over(opened: Open, astronaut: Image) -> None:
    reader = opened()
    read_one(reader, astronaut)
    reader.analyzer = load_analyzer("ferplus")
    (face,) = read_one(reader, astronaut).faces
    assert "contempt" in face.scores.labels
    assert (face.track_id, face.scores.emotion) == (1, "happy")


# --- What it tells ---


def test_before_the_first_frame_there_is_nothing_to_tell(opened: Open) -> None:
    figures = opened().figures()
    assert (figures.shown, figures.analysed, figures.dropped, figures.failed) == (0, 0, 0, 0)
    assert figures.latency_ms is figures.latency_p95_ms is figures.detection_ms is None


def test_paces_are_of_late_and_counted_apart(opened: Open, astronaut: Image) -> None:
    now = [100.0]
    reader = opened(clock=lambda: now[0])
    for _ in range(30):
        now[0] += 0.1
        read_one(reader, astronaut)
    figures = reader.figures()
    assert figures.shown_fps == pytest.approx(10, abs=0.5)
    assert figures.analysed_fps == pytest.approx(10, abs=0.5)
    assert figures.latency_ms == 0.0  # by a clock that stood still
    now[0] += 10
    assert reader.figures().analysed_fps == 0.0


def test_detection_takes_turns_with_tracking(opened: Open, astronaut: Image) -> None:
    analyzer = Hampered()
    looks = []
    detect = analyzer.detector.detect

    class Slow:
        def detect(self, image_rgb: Image) -> Any:
            looks.append(image_rgb.shape)
            time.sleep(0.1)
            return detect(image_rgb)

    analyzer.detector = Slow()
    reader = opened(analyzer)
    for _ in range(40):
        assert len(read_one(reader, astronaut).faces) == 1
    assert 2 <= len(looks) <= 20
    assert max(max(shape) for shape in looks) <= 480  # and at a bounded size


def test_it_knows_nothing_of_streamlit() -> None:
    looks = "import sys, webapp.live; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looks], cwd=ROOT).returncode == 0
