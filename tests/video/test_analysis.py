"""Faces of a video keep their numbers, in the part and at the pace that was asked for."""

import threading
import weakref
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.errors import VideoError
from fer_core.domain.faces import Face
from fer_core.inference.analyzer import EmotionAnalyzer, load_analyzer
from fer_core.video.analysis import VideoChoices, analyze_video
from fer_core.video.reading import Frame, VideoReader
from fer_core.zoo.classifier import EmotionClassifier, load_classifier
from tests.conftest import GroupPhoto, Image
from tests.video.clips import FPS, two_people, write_clip

Square = tuple[float, float, float, int]  # centre x and y, side, grey

WIDTH, HEIGHT = 320, 240


class SquareDetector:
    """Takes light squares for faces, the lighter the surer; counts how often it looked."""

    def __init__(self, fails_at: int = -1) -> None:
        self.sizes: list[tuple[int, ...]] = []
        self._fails_at = fails_at

    def detect(self, image_rgb: Image) -> tuple[Face, ...]:
        self.sizes.append(image_rgb.shape[:2])
        if len(self.sizes) == self._fails_at:
            raise cv2.error("the detector's own")
        grey = image_rgb[:, :, 1]
        parts = cv2.connectedComponentsWithStats((grey > 110).astype(np.uint8))[2][1:]
        return tuple(
            Face(
                (float(x), float(y), float(w), float(h)),
                int(grey[y + h // 2, x + w // 2]) / 255,
            )
            for x, y, w, h, area in parts
            if area > 30
        )


def squares(frames: Sequence[Sequence[Square]]) -> Iterator[Image]:
    for places in frames:
        image = np.full((HEIGHT, WIDTH, 3), 20, np.uint8)
        for x, y, side, grey in places:
            left, top = round(x - side / 2), round(y - side / 2)
            image[max(0, top) : round(y + side / 2), max(0, left) : round(x + side / 2)] = grey
        yield image


def moving(count: int = 50) -> list[list[Square]]:
    """A large square that goes right by 4 pixels a frame, and a small one that stays."""
    return [[(60 + 4 * n, 70, 60, 250), (160, 190, 30, 250)] for n in range(count)]


@pytest.fixture
def classifier(served_models: Path) -> EmotionClassifier:
    return load_classifier()


def analysed(
    analyzer: EmotionAnalyzer, path: Path, **choices: Any
) -> tuple[list[Image], list[FrameAnalysis]]:
    with VideoReader(path) as reader:
        pairs = list(analyze_video(analyzer, reader, VideoChoices(**choices)))
    for frame, analysis in pairs:
        assert frame.time_s == analysis.time_s
    return [frame.image_rgb for frame, _ in pairs], [analysis for _, analysis in pairs]


def test_every_frame_is_read_with_its_faces_numbered_and_the_largest_first(
    classifier: EmotionClassifier, tmp_path: Path
) -> None:
    path = write_clip(tmp_path / "clip.mp4", squares(moving()))
    detector = SquareDetector()
    images, analyses = analysed(EmotionAnalyzer(detector, classifier), path)
    assert [round((a.time_s or 0.0) * FPS) for a in analyses] == list(range(50))
    assert {analysis.source for analysis in analyses} == {"clip.mp4"}
    for number, (image, analysis) in enumerate(zip(images, analyses, strict=True)):
        assert analysis.size_wh == (WIDTH, HEIGHT)
        large, small = analysis.faces
        assert (large.track_id, small.track_id) in [(1, 2), (2, 1)]
        assert large.track_id == analyses[0].faces[0].track_id
        # Between two looks too, it lies where it is in that very frame.
        assert large.face.centre_xy == pytest.approx((60 + 4 * number, 70), abs=2)
        assert small.face.centre_xy == pytest.approx((160, 190), abs=2)
        # Its expression is that of this frame alone.
        again = EmotionAnalyzer(detector, classifier).read(image, [large.face, small.face])
        assert large.scores.to_dict() == pytest.approx(again.faces[0].scores.to_dict(), abs=1e-4)
    # A look each 0.12 seconds, and at each frame behind the last.
    assert 17 <= len(detector.sizes) <= 19


def test_two_who_cross_keep_their_numbers_and_their_faces(
    group_photo: GroupPhoto, served_models: Path, tmp_path: Path
) -> None:
    path = write_clip(tmp_path / "two.mp4", two_people(group_photo))
    _, analyses = analysed(load_analyzer(), path)
    assert len(analyses) == 200
    ids = [{face.track_id for face in analysis.faces} for analysis in analyses]
    assert set.union(*map(set, ids)) == {1, 2}
    # The nearer one has the larger face: number and size go together before and after.
    sides = {
        track_id: [
            face.face.side_px
            for analysis in analyses
            if not 1.8 < (analysis.time_s or 0.0) < 3.0
            for face in analysis.faces
            if face.track_id == track_id
        ]
        for track_id in (1, 2)
    }
    near, far = sorted(sides, key=lambda track_id: -float(np.median(sides[track_id])))
    assert float(np.median(sides[near])) > 1.15 * float(np.median(sides[far]))

    def x_of(track_id: int, number: int) -> float:
        (face,) = (f for f in analyses[number].faces if f.track_id == track_id)
        return face.face.centre_xy[0]

    assert x_of(near, 10) < x_of(far, 10)
    assert x_of(near, 110) > x_of(far, 110)
    # Where the clip puts them: crossing done after 60 % of the time.
    assert x_of(near, 135) == pytest.approx(500, abs=15)
    assert x_of(far, 135) == pytest.approx(140, abs=15)
    assert ids[-1] == {near}


def test_only_the_region_is_looked_at(classifier: EmotionClassifier, tmp_path: Path) -> None:
    frames: list[list[Square]] = [[(60, 60, 40, 250), (250, 180, 40, 250)]] * 10
    path = write_clip(tmp_path / "clip.mp4", squares(frames))
    detector = SquareDetector()
    _, analyses = analysed(EmotionAnalyzer(detector, classifier), path, region=(0.5, 0.5, 0.5, 0.5))
    assert set(detector.sizes) == {(120, 160)}
    for analysis in analyses:
        assert analysis.size_wh == (WIDTH, HEIGHT)
        (face,) = analysis.faces
        assert face.face.centre_xy == pytest.approx((250, 180), abs=1)


@pytest.mark.parametrize(
    "region", [(0.9999, 0.9999, 0.0001, 0.0001), (0.5, 0.0, 1e-6, 1.0)], ids=str
)
def test_the_smallest_region_is_no_trouble(
    classifier: EmotionClassifier, tmp_path: Path, region: tuple[float, ...]
) -> None:
    path = write_clip(tmp_path / "clip.mp4", squares(moving(3)))
    detector = SquareDetector()
    _, analyses = analysed(EmotionAnalyzer(detector, classifier), path, region=region)
    assert [analysis.faces for analysis in analyses] == [()] * 3
    assert all(min(size) == 1 for size in detector.sizes)


def test_large_frames_are_looked_at_smaller_unless_told_otherwise(
    classifier: EmotionClassifier, tmp_path: Path
) -> None:
    image = np.full((600, 960, 3), 20, np.uint8)
    image[200:300, 400:500] = 250
    path = write_clip(tmp_path / "clip.mp4", [image] * 2)
    for side, size in ((480, (300, 480)), (None, (600, 960))):
        detector = SquareDetector()
        _, analyses = analysed(EmotionAnalyzer(detector, classifier), path, detection_side=side)
        assert set(detector.sizes) == {size}
        (face,) = analyses[0].faces
        assert face.face.box_xywh == pytest.approx((400, 200, 100, 100), abs=3)


def test_a_part_is_read_at_the_pace_that_was_asked_for(
    classifier: EmotionClassifier, tmp_path: Path
) -> None:
    path = write_clip(tmp_path / "clip.mp4", squares(moving()))
    analyzer = EmotionAnalyzer(SquareDetector(), classifier)
    _, analyses = analysed(analyzer, path, start_s=0.5, end_s=1.5, most_fps=5)
    assert [round(a.time_s or 0.0, 2) for a in analyses] == [0.52, 0.72, 0.92, 1.12, 1.32]
    assert [{f.track_id for f in a.faces} for a in analyses] == [{1, 2}] * 5
    assert analysed(analyzer, path, start_s=60.0) == ([], [])


def test_who_is_seen_once_in_seconds_keeps_a_number(
    classifier: EmotionClassifier, tmp_path: Path
) -> None:
    frames: list[list[Square]] = [[(100 + n % 3, 100, 80, 250)] for n in range(6)]
    path = write_clip(tmp_path / "slow.mp4", squares(frames), times_s=lambda n: 4.0 * n)
    _, analyses = analysed(EmotionAnalyzer(SquareDetector(), classifier), path)
    assert [[face.track_id for face in a.faces] for a in analyses] == [[1]] * 6


def test_unsure_faces_are_left_out(classifier: EmotionClassifier, tmp_path: Path) -> None:
    frames: list[list[Square]] = [[(60, 60, 40, 240), (250, 180, 40, 150)]] * 4
    path = write_clip(tmp_path / "clip.mp4", squares(frames))
    analyzer = EmotionAnalyzer(SquareDetector(), classifier)
    for least, count in ((0.5, 2), (0.7, 1), (1.0, 0)):
        _, analyses = analysed(analyzer, path, min_score=least)
        assert [len(analysis.faces) for analysis in analyses] == [count] * 4


@pytest.mark.parametrize("fails_at", [1, 6])
def test_what_goes_wrong_in_a_thread_reaches_the_caller_and_no_thread_stays(
    classifier: EmotionClassifier, tmp_path: Path, fails_at: int
) -> None:
    path = write_clip(tmp_path / "clip.mp4", squares(moving()))
    with pytest.raises(cv2.error, match="the detector's own"):
        analysed(EmotionAnalyzer(SquareDetector(fails_at), classifier), path)
    assert not [t for t in threading.enumerate() if t.name.startswith("video")]


def test_who_stops_asking_leaves_no_thread(classifier: EmotionClassifier, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", squares(moving()))
    with VideoReader(path) as reader:
        results = analyze_video(EmotionAnalyzer(SquareDetector(), classifier), reader)
        next(results)
        results.close()  # type: ignore[attr-defined]  # a generator
    assert not [t for t in threading.enumerate() if t.name.startswith("video")]


class _CountingReader(VideoReader):
    """Counts the frames that somebody still holds."""

    alive = most = 0

    def frames(self, *part: Any, **choices: Any) -> Iterator[Frame]:
        for frame in super().frames(*part, **choices):
            self.alive += 1
            self.most = max(self.most, self.alive)
            weakref.finalize(frame.image_rgb, self._gone)
            yield frame

    def _gone(self) -> None:
        self.alive -= 1


def test_frames_in_memory_are_few_however_many_come_in_a_second(
    classifier: EmotionClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    path = write_clip(
        tmp_path / "slow motion.mp4", squares([[]] * 300), times_s=lambda n: n / 1000, fps=1000
    )
    with _CountingReader(path) as reader:
        analyzer = EmotionAnalyzer(SquareDetector(), classifier)
        assert sum(1 for _ in analyze_video(analyzer, reader)) == 300
        assert 10 < reader.most < 150


def test_a_look_follows_another_soon(classifier: EmotionClassifier, tmp_path: Path) -> None:
    """A face that comes in is there within an eighth of a second."""
    frames = [[] if n < 20 else [(100.0, 100.0, 60.0, 250)] for n in range(40)]
    path = write_clip(tmp_path / "clip.mp4", squares(frames))
    _, analyses = analysed(EmotionAnalyzer(SquareDetector(), classifier), path)
    found = [len(analysis.faces) for analysis in analyses]
    assert found[:20] == [0] * 20
    assert found[23:] == [1] * 17
    assert all(a <= b for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"start_s": -1.0}, "start must be 0 seconds or later, got -1"),
        ({"start_s": float("nan")}, "start must be"),
        ({"start_s": float("inf")}, "start must be"),
        ({"start_s": 2.0, "end_s": 2.0}, "end must be after the start, got 2 to 2"),
        ({"end_s": float("nan")}, "end must be after"),
        ({"most_fps": 0.0}, "must be more than 0"),
        ({"most_fps": float("nan")}, "must be more than 0"),
        ({"region": (0.5, 0.0, 0.6, 1.0)}, "must lie within the picture"),
        ({"region": (-0.1, 0.0, 0.6, 1.0)}, "must lie within the picture"),
        ({"region": (0.0, 0.0, 0.0, 1.0)}, "must lie within the picture"),
        ({"region": (0.0, 0.0, float("nan"), 1.0)}, "must lie within the picture"),
        ({"region": (float("nan"), 0.0, 1.0, 1.0)}, "must lie within the picture"),
        ({"detection_side": 10}, "64 pixels or more, got 10"),
    ],
    ids=str,
)
def test_choices_that_are_none_are_told(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(VideoError, match=words):
        VideoChoices(**choices)
