"""What a person's time adds up to, against numbers worked out by hand."""

import numpy as np
import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.faces import Face
from fer_core.inference.session import LONGEST_STEP_S, SessionRecord
from fer_core.video.people import People
from fer_core.video.record import RecordHeader, VideoRecord
from fer_core.video.summary import (
    Peak,
    PersonSeries,
    Smoothing,
    group_moods,
    person_series,
    stress,
    summarize_person,
    thinned_stretches,
    valence,
)
from fer_core.video.view import LEAST_S, VideoView

LABELS = ("sad", "happy", "neutral")
HEADER = RecordHeader("clip.mp4", LABELS, (640, 480), "m", "d")

SAD, HAPPY, CALM = (0.75, 0.125, 0.125), (0.125, 0.75, 0.125), (0.25, 0.25, 0.5)

Frames = dict[float, dict[int, tuple[float, ...]]]


def analyses(frames: Frames, labels: tuple[str, ...] = LABELS) -> list[FrameAnalysis]:
    """Frames by their times, each with the probabilities of faces by their numbers."""
    quality = FaceQuality(50, 100, 0.5)
    return [
        FrameAnalysis(
            "clip.mp4",
            (640, 480),
            tuple(
                AnalyzedFace(
                    Face((10, 10, 90, 90), 0.9), EmotionScores(labels, shares), quality, number
                )
                for number, shares in faces.items()
            ),
            time_s=time_s,
        )
        for time_s, faces in frames.items()
    ]


def record_of(frames: Frames) -> VideoRecord:
    return VideoRecord.of(HEADER, iter(analyses(frames)))


def raw_series(frames: Frames, person: int = 1) -> PersonSeries:
    return person_series(record_of(frames), person, Smoothing.none)


# Each row stands for the time since the one before: 0.5 s sad, 1 s happy, 0.5 s neutral.
FOUR: Frames = {
    0.0: {1: SAD},
    0.5: {1: SAD},
    1.0: {1: HAPPY},
    1.5: {1: HAPPY},
    2.0: {1: CALM},
}


def test_a_persons_time_adds_up() -> None:
    summary = summarize_person(raw_series(FOUR), LABELS)
    assert (summary.person, summary.seconds) == (1, 2.0)
    assert (summary.first_s, summary.last_s) == (0.0, 2.0)
    assert summary.shares == pytest.approx({"sad": 0.25, "happy": 0.5, "neutral": 0.25})
    assert summary.happiness_ratio == pytest.approx(0.5)
    assert summary.stress_ratio == pytest.approx(0.25)  # sad alone, 0.75 > 0.5
    assert not summary.is_stressed  # which needs more than a quarter
    # p(happy) - p(sad): -0.625 for 0.5 s, 0.625 for 1 s, 0 for 0.5 s.
    assert summary.valence == pytest.approx((-0.625 * 0.5 + 0.625 * 1.0) / 2)
    assert summary.transitions.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_it_is_what_a_live_session_says() -> None:
    session = SessionRecord()
    for analysis in analyses(FOUR):
        session.add(analysis)
    live, summary = session.summary(), summarize_person(raw_series(FOUR), LABELS)
    assert live.shares == pytest.approx(summary.shares)
    assert (live.seconds, live.happiness_ratio, live.stress_ratio) == pytest.approx(
        (summary.seconds, summary.happiness_ratio, summary.stress_ratio)
    )


def test_a_stress_threshold_is_the_users() -> None:
    frames: Frames = {0.0: {1: SAD}, 0.5: {1: SAD}, 1.0: {1: CALM}}
    for threshold, ratio, is_stressed in ((0.2, 1.0, True), (0.5, 0.5, True), (0.75, 0.0, False)):
        summary = summarize_person(raw_series(frames), LABELS, threshold)
        assert (summary.stress_ratio, summary.is_stressed) == (ratio, is_stressed)


def test_stress_and_valence_know_labels_by_any_name() -> None:
    labels = ("anger", "disgust", "fearful", "happiness", "sadness", "surprise", "contempt")
    probabilities = np.array([[0.1, 0.05, 0.15, 0.3, 0.2, 0.15, 0.05]])
    series = PersonSeries(1, np.zeros(1), probabilities, np.zeros(1, np.intp), np.zeros(1))
    assert stress(series, labels) == pytest.approx([0.5])
    assert -0.3 < float(valence(series, labels)[0]) < 0.1
    plain = PersonSeries(1, np.zeros(1), np.eye(7)[3:4], np.zeros(1, np.intp), np.zeros(1))
    assert valence(plain, FER7_LABELS) == pytest.approx([1.0])


def test_peaks_are_the_strongest_moments_apart_from_each_other() -> None:
    height = {0.0: 0.6, 0.5: 0.9, 1.0: 0.8, 1.5: 0.7, 2.5: 0.85, 3.0: 0.7, 4.5: 0.75, 5.0: 0.7}
    frames: Frames = {at: {1: (0.0, p, 1 - p)} for at, p in height.items()}
    frames[5.5] = {1: (0.0, 0.25, 0.75)}
    frames[6.0] = {1: (0.0, 0.45, 0.55)}
    peaks = summarize_person(raw_series(frames), LABELS).peaks
    assert set(peaks) == {"happy", "neutral"}
    assert [(peak.label, peak.time_s) for peak in peaks["happy"]] == [
        ("happy", 0.5),
        ("happy", 2.5),
        ("happy", 4.5),
    ]
    assert [peak.probability for peak in peaks["happy"]] == pytest.approx([0.9, 0.85, 0.75])
    # Only while it led: at 6.0 neutral is below others' peaks and still its own second one.
    assert [peak.time_s for peak in peaks["neutral"]] == [5.5]


def test_who_was_away_was_not_tracked_meanwhile() -> None:
    frames: Frames = {0.0: {1: SAD}, 0.5: {1: SAD}, 9.0: {1: HAPPY}, 9.5: {1: HAPPY}}
    frames |= {number / 2: {} for number in range(2, 18)}
    series = raw_series(dict(sorted(frames.items())))
    assert series.weights_s.tolist() == [0.0, 0.5, 0.0, 0.5]
    summary = summarize_person(series, LABELS)
    assert summary.seconds == pytest.approx(1.0)
    assert summary.shares == pytest.approx({"sad": 0.5, "happy": 0.5, "neutral": 0.0})
    assert not summary.transitions.any()  # nobody saw one give way to the other


def test_smoothing_begins_anew_after_an_absence() -> None:
    frames: Frames = {k / 10: {1: SAD} for k in range(10)}
    frames |= {5 + k / 10: {1: HAPPY} for k in range(10)}
    for smoothing in (Smoothing.exponential, Smoothing.path):
        series = person_series(record_of(frames), 1, smoothing, 3.0)
        np.testing.assert_allclose(series.probabilities[10:], [HAPPY] * 10, atol=1e-6)
        assert series.leading.tolist() == [0] * 10 + [1] * 10


def test_smoothing_takes_out_a_flicker_and_the_path_follows_a_change() -> None:
    frames: Frames = {k / 25: {1: HAPPY if k == 20 or k >= 50 else SAD} for k in range(100)}
    record = record_of(frames)
    raw = person_series(record, 1, Smoothing.none)
    assert raw.leading.tolist() == [int(k == 20 or k >= 50) for k in range(100)]
    smooth = person_series(record, 1)
    assert not smooth.leading[:50].any()
    # 63 % of the way after the time constant, which is 0.3 s.
    assert smooth.probabilities[57, 1] == pytest.approx(0.125 + 0.625 * 0.656, abs=0.01)
    path = person_series(record, 1, Smoothing.path)
    assert path.leading.tolist() == [int(k >= 50) for k in range(100)]
    for series in (raw, smooth, path):
        np.testing.assert_allclose(series.probabilities.sum(axis=1), 1.0)
    assert summarize_person(raw, LABELS).transitions.sum() == 3
    assert summarize_person(path, LABELS).transitions.sum() == 1


def test_one_frame_lasts_no_time_and_still_shows_something() -> None:
    for smoothing in Smoothing:
        series = person_series(record_of({3.0: {1: HAPPY}}), 1, smoothing)
        summary = summarize_person(series, LABELS)
        assert (summary.seconds, summary.first_s, summary.last_s) == (0.0, 3.0, 3.0)
        assert summary.shares == {"sad": 0.0, "happy": 1.0, "neutral": 0.0}
        assert (summary.happiness_ratio, summary.stress_ratio) == (1.0, 0.0)
        assert summary.peaks == {"happy": (Peak("happy", 3.0, pytest.approx(0.75)),)}
        assert summary.valence == pytest.approx(0.625)


def test_an_emotion_that_led_in_the_first_frame_only_has_its_peak() -> None:
    """The first frame stands for no time: its share is 0."""
    summary = summarize_person(raw_series({0.0: {1: SAD}, 0.5: {1: HAPPY}}), LABELS)
    assert summary.shares["sad"] == 0.0
    assert summary.peaks["sad"][0].time_s == 0.0


def test_frames_that_are_seconds_apart_are_no_absences() -> None:
    step_s = 2 * LONGEST_STEP_S
    frames: Frames = {step_s * k: {1: HAPPY} for k in range(10)}
    frames[step_s * 5] = {}  # missed once
    summary = summarize_person(raw_series(frames), LABELS)
    assert summary.seconds == pytest.approx(9 * step_s)
    del frames[step_s * 5], frames[step_s * 4], frames[step_s * 6]
    frames |= {step_s * k: {} for k in (4, 5, 6)}
    series = raw_series(dict(sorted(frames.items())))
    assert summarize_person(series, LABELS).seconds == pytest.approx(5 * step_s)


def test_nobody_of_that_number_is_told() -> None:
    with pytest.raises(KeyError):
        person_series(record_of(FOUR), 2)


def test_the_mood_of_all_together() -> None:
    record = record_of(
        {
            0.0: {1: SAD, 2: HAPPY},
            0.5: {1: SAD},
            1.0: {1: HAPPY, 2: HAPPY},
            1.5: {},
            2.5: {},
        }
    )
    moods, counts = group_moods(record, np.array([0.0, 1.0, 2.0, 3.0, 4.0]))
    # First bin: three faces, of which two are sad.
    assert moods["positive"] == pytest.approx([1.0 / 3, 0.75, np.nan, np.nan], nan_ok=True)
    assert moods["negative"] == pytest.approx([1.625 / 3, 0.125, np.nan, np.nan], nan_ok=True)
    assert moods["neutral"] == pytest.approx([0.125, 0.125, np.nan, np.nan], nan_ok=True)
    assert counts.tolist() == [1.5, 1.0, 0.0, 0.0]


def test_the_mood_of_nobody() -> None:
    moods, counts = group_moods(record_of({}), np.array([0.0, 1.0]))
    assert all(np.isnan(values).all() for values in moods.values())
    assert counts.tolist() == [0.0]


def test_fewer_points_say_the_same_and_keep_breaks() -> None:
    frames: Frames = {k / 10: {1: HAPPY if k % 2 else SAD} for k in range(100)}
    frames |= {30 + k / 10: {1: CALM} for k in range(50)}
    series = raw_series(frames)
    (all_first, end_s), (all_second, last_s) = thinned_stretches(series, 150)
    assert (end_s, last_s) == (9.9, 34.9)
    assert [*all_first.times_s, *all_second.times_s] == list(series.times_s)
    (first, end_s), (second, last_s) = thinned_stretches(series, 15)
    assert (end_s, last_s) == (9.9, 34.9)
    assert (len(first.times_s), len(second.times_s)) == (10, 5)
    assert second.times_s[0] == 30.0
    weights_s = first.weights_s.sum() + second.weights_s.sum()
    assert weights_s == pytest.approx(series.weights_s.sum())
    np.testing.assert_allclose(first.probabilities, [(0.4375, 0.4375, 0.125)] * 10, atol=1e-6)
    np.testing.assert_allclose(second.probabilities, [CALM] * 5, atol=1e-6)
    assert len(list(thinned_stretches(series, 15, unseen_s=25.0))) == 1


def test_points_far_apart_are_no_absences() -> None:
    """Of twenty minutes a page draws a point every two seconds."""
    (only, end_s), *others = thinned_stretches(
        raw_series({k / 2: {1: CALM} for k in range(2400)}), 600
    )
    assert (len(only.times_s), end_s, others) == (600, 1199.5, [])


def test_a_view_lists_who_was_there_for_long_enough_the_longest_first() -> None:
    frames: Frames = {k / 10: {2: SAD} | ({1: HAPPY} if k < 10 else {}) for k in range(30)}
    frames[2.9] = {2: SAD, 3: CALM}
    view = VideoView(record_of(frames))
    assert view.labels == LABELS
    assert view.persons == [2, 1]
    assert set(view.summaries) == {1, 2, 3}
    assert view.summaries[3].seconds < LEAST_S
    named = VideoView(record_of(frames), People().renamed(3, "Ada"))
    assert named.persons == [2, 1, 3]
    assert named.name_of(3) == "Ada"
    merged = VideoView(record_of(frames), People().joined(1, 3))
    assert merged.persons == [2, 3]
    assert VideoView(record_of({0.0: {5: SAD}})).persons == [5]
    assert VideoView(record_of({})).persons == []


def test_a_view_smooths_as_it_is_told() -> None:
    frames: Frames = {k / 25: {1: HAPPY if k == 20 else SAD} for k in range(40)}
    record = record_of(frames)
    shares = {
        smoothing: VideoView(record, smoothing=smoothing).summaries[1].shares["happy"]
        for smoothing in Smoothing
    }
    assert shares[Smoothing.none] > 0.0
    assert shares[Smoothing.exponential] == shares[Smoothing.path] == 0.0
    assert VideoView(record, stress_threshold=0.9).summaries[1].stress_ratio == 0.0
