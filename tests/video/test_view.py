"""A view: the same record under names, with smoothing, and without passing glimpses."""

from collections.abc import Callable

import numpy as np

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.faces import Face
from fer_core.video.people import People
from fer_core.video.record import RecordHeader, VideoRecord
from fer_core.video.summary import Smoothing
from fer_core.video.view import VideoView

LABELS = ("happy", "sad")
HEADER = RecordHeader("clip.mp4", LABELS, (640, 480), "default", "yunet")


def record(present: Callable[[int], list[int]], frames: int = 50) -> VideoRecord:
    """Two seconds; person 1 is happy, all others are sad."""

    def face(track_id: int) -> AnalyzedFace:
        happy = 0.9 if track_id == 1 else 0.1
        scores = EmotionScores(LABELS, (happy, 1 - happy))
        box = (100.0 * track_id, 100.0, 80.0, 80.0)
        return AnalyzedFace(Face(box, 0.9), scores, FaceQuality(80, 100, 0.5), track_id)

    return VideoRecord.of(
        HEADER,
        (
            FrameAnalysis("clip.mp4", (640, 480), tuple(map(face, present(n))), time_s=n / 25)
            for n in range(frames)
        ),
    )


def test_a_glimpse_is_left_out_of_lists_but_not_of_tables() -> None:
    view = VideoView(record(lambda n: [1, 2] if 10 < n < 15 else [1]))
    assert view.persons == [1]
    assert list(view.series) == [1, 2]
    assert VideoView(view.raw, People({2: "Ann"})).persons == [1, 2]


def test_everybody_is_shown_where_all_are_glimpses() -> None:
    view = VideoView(record(lambda n: [1, 2] if n < 3 else []))
    assert sorted(view.persons) == [1, 2]


def test_the_longest_comes_first() -> None:
    assert VideoView(record(lambda n: [1] if n > 25 else [2, 3][: 1 + (n > 8)])).persons[0] == 2


def test_merged_people_are_one() -> None:
    view = VideoView(record(lambda n: [2] if n < 25 else [3]), People().joined(3, 2))
    assert view.persons == [2]
    assert view.summaries[2].shares["sad"] == 1.0
    assert view.raw.track_ids() == [2, 3]


def test_those_of_one_name_are_told_apart_where_one_is_chosen() -> None:
    view = VideoView(record(lambda n: [1, 2, 3]), People({1: "Ann", 3: "Ann"}))
    assert [view.choice_of(person) for person in (1, 2, 3)] == ["Ann (1)", "Person 2", "Ann (3)"]
    assert view.name_of(1) == "Ann"


def test_who_is_seen_beside_another_is_counted() -> None:
    view = VideoView(record(lambda n: [1, 2] if n < 7 else [3]))
    assert view.side_by_side([1, 2]) == 7
    assert view.side_by_side([1, 2, 3]) == 7
    assert view.side_by_side([1, 3]) == view.side_by_side([1]) == view.side_by_side([]) == 0


def test_raw_values_stay_beside_the_smoothed_ones() -> None:
    raw = record(lambda n: [1 if n < 25 else 2])
    one = People().joined(2, 1)
    view = VideoView(raw, one, Smoothing.exponential, 0.5)
    smooth = view.series[1].probabilities[:, 0]
    assert smooth[26] > 0.7
    assert view.record.faces["probabilities"][26, 0] < 0.2
    none = VideoView(raw, one, Smoothing.none)
    assert np.allclose(none.series[1].probabilities, raw.faces["probabilities"], atol=1e-6)
