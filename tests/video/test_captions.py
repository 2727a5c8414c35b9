"""Captions stay long enough to be read, and tell what was seen most."""

from fer_core.video.captions import Cue, cues
from fer_core.video.summary import Smoothing
from tests.video.views import Shows, view_of


def told(*shown: Shows, seconds: float = 6.0) -> list[tuple[float, float, list[str]]]:
    """Start, end and emotions of each caption, without smoothing."""
    people = dict(enumerate(shown, start=1))
    found = cues(view_of(people, seconds, smoothing=Smoothing.none))
    return [(round(cue.start_s, 2), round(cue.end_s, 2), words(cue)) for cue in found]


def words(cue: Cue) -> list[str]:
    return [f"{one.person} {one.label}" for one in cue.shown]


def test_a_caption_lasts_as_long_as_all_stay_the_same() -> None:
    assert told(lambda t: "happy" if t < 2 else "sad", lambda t: None if t < 4 else "fear") == [
        (0, 2, ["1 happy"]),
        (2, 4, ["1 sad"]),
        (4, 6, ["1 sad", "2 fear"]),
    ]


def test_nobody_no_caption() -> None:
    assert told(lambda t: None if 2 <= t < 4 else "happy") == [
        (0, 2, ["1 happy"]),
        (4, 6, ["1 happy"]),
    ]


def test_a_short_change_is_not_told() -> None:
    assert told(lambda t: "sad" if 2 <= t < 2.2 else "happy") == [(0, 6, ["1 happy"])]


def test_a_face_that_is_missed_for_a_moment_is_still_there() -> None:
    assert told(lambda t: None if 2 <= t < 2.2 else "happy") == [(0, 6, ["1 happy"])]


def test_what_changes_all_the_time_is_told_by_halves_of_a_second() -> None:
    # One emotion in three of four frames, another in between; then the other way round.
    def flickers(t: float) -> str:
        is_fourth = round(t * 25) % 4 == 3
        return "happy" if is_fourth == (t >= 3) else "sad"

    found = told(flickers)
    assert [emotions for _, _, emotions in found] == [["1 happy"], ["1 sad"]]
    assert abs(found[0][1] - 3) < 0.5


def test_a_short_end_joins_what_was_before_and_not_the_absence() -> None:
    assert told(lambda t: ("happy" if t < 2 else "sad") if t < 2.2 else None) == [
        (0, 2.2, ["1 happy"])
    ]


def test_who_is_seen_only_for_a_moment_has_a_caption() -> None:
    assert told(lambda t: "happy" if 2 <= t < 2.44 else None) == [(2, 2.44, ["1 happy"])]


def test_a_probability_is_the_mean_of_its_frames() -> None:
    (cue,) = cues(view_of({1: lambda _: "happy"}, 2.0, share=0.7))
    assert round(cue.shown[0].probability, 4) == 0.7


def test_one_frame_is_a_video_too() -> None:
    assert told(lambda _: "happy", seconds=0.04) == [(0, 0.04, ["1 happy"])]
