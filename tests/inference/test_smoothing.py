"""Probabilities settle in the same time, however often they are told."""

import math

import numpy as np
import pytest

from fer_core.domain.analysis import EmotionScores
from fer_core.inference.smoothing import (
    TIME_CONSTANT_S,
    ScoreSmoother,
    exponential,
    most_likely_path,
)

SAD, HAPPY = (EmotionScores(("sad", "happy"), values) for values in ((1.0, 0.0), (0.0, 1.0)))


def test_the_first_frame_is_taken_as_it_is() -> None:
    assert ScoreSmoother().smoothed(SAD, 3.0) == SAD


@pytest.mark.parametrize("fps", [5, 15, 60])
def test_a_change_shows_to_two_thirds_after_the_time_constant(fps: int) -> None:
    smoother = ScoreSmoother(1.0)
    smoother.smoothed(SAD, 0.0)
    for frame in range(1, fps + 1):
        seen = smoother.smoothed(HAPPY, frame / fps)
    assert seen.probabilities[1] == pytest.approx(1 - math.exp(-1.0))


def test_one_frame_of_another_opinion_does_not_show() -> None:
    smoother = ScoreSmoother()
    for frame in range(30):
        seen = smoother.smoothed(HAPPY if frame == 20 else SAD, frame / 30)
        assert seen.emotion == "sad"


def test_a_pause_lets_the_past_go() -> None:
    smoother = ScoreSmoother()
    smoother.smoothed(SAD, 0.0)
    assert smoother.smoothed(HAPPY, 20 * TIME_CONSTANT_S).probabilities[1] == pytest.approx(1.0)


def test_without_a_time_constant_nothing_is_smoothed() -> None:
    smoother = ScoreSmoother(0.0)
    smoother.smoothed(SAD, 0.0)
    assert smoother.smoothed(HAPPY, 0.01) == HAPPY


def test_a_clock_that_jumps_back_keeps_what_was_known() -> None:
    smoother = ScoreSmoother(1.0)
    smoother.smoothed(SAD, 5.0)
    assert smoother.smoothed(HAPPY, 1.0) == SAD
    assert smoother.smoothed(HAPPY, 6.0).probabilities[1] == pytest.approx(1 - math.exp(-1.0))


def test_another_models_labels_begin_anew() -> None:
    smoother = ScoreSmoother()
    smoother.smoothed(SAD, 0.0)
    other = EmotionScores(("happy", "sad"), (0.4, 0.6))
    assert smoother.smoothed(other, 0.1) == other


@pytest.mark.parametrize("seconds", [-0.1, math.nan])
def test_a_time_constant_that_is_none_is_told(seconds: float) -> None:
    with pytest.raises(ValueError, match="must be 0 or more"):
        ScoreSmoother(seconds)


# --- Whole series ---


def two_emotions(happy: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Times a 25th of a second apart, and (N, 2) probabilities of sad and happy."""
    values = np.array(happy)
    return np.arange(len(values)) / 25, np.stack([1 - values, values], axis=1)


@pytest.mark.parametrize("time_constant_s", [0.0, 0.1, 0.3, 2.0])
def test_a_whole_series_is_smoothed_as_frame_by_frame(time_constant_s: float) -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.choice([0.0, 0.02, 0.04, 0.7], 60))
    values = rng.dirichlet(np.ones(3), 60)
    smoother = ScoreSmoother(time_constant_s)
    one_by_one = [
        smoother.smoothed(EmotionScores(("a", "b", "c"), tuple(row)), time_s).probabilities
        for time_s, row in zip(times.tolist(), values.tolist(), strict=True)
    ]
    before = values.copy()
    np.testing.assert_allclose(exponential(times, values, time_constant_s), one_by_one)
    np.testing.assert_array_equal(values, before)


def test_the_likeliest_path_takes_out_a_flicker_and_keeps_a_change() -> None:
    times, values = two_emotions([0.1] * 20 + [0.9] + [0.1] * 20 + [0.9] * 30)
    path = most_likely_path(times, values, mean_stay_s=0.6)
    assert path.tolist() == [0] * 41 + [1] * 30


def test_the_likeliest_path_follows_weak_signs_that_last() -> None:
    times, values = two_emotions([0.4] * 100 + [0.6] * 100)
    assert most_likely_path(times, values, mean_stay_s=0.6).tolist() == [0] * 100 + [1] * 100
    times, values = two_emotions([0.4] * 100 + [0.6] * 5 + [0.4] * 100)
    assert not most_likely_path(times, values, mean_stay_s=0.6).any()


@pytest.mark.parametrize("seconds", [0.08, 0.2, 0.32, 0.6])
def test_the_likeliest_path_follows_time_not_the_number_of_frames(seconds: float) -> None:
    """The same film at 25 and at 100 frames a second."""
    found = []
    for fps in (25, 100):
        times = np.arange(3 * fps) / fps
        is_happy = (times >= 1.0 - 1e-9) & (times < 1.0 + seconds - 1e-9)
        values = np.where(is_happy[:, np.newaxis], (0.2, 0.8), (0.8, 0.2))
        path = most_likely_path(times, values, mean_stay_s=0.6)
        found.append(float(path.sum()) / fps)
    assert found[0] == pytest.approx(found[1], abs=0.04)
    assert found[0] == pytest.approx(seconds if seconds > 0.25 else 0.0, abs=0.04)


def test_a_longer_stay_lets_less_through() -> None:
    times, values = two_emotions([0.2] * 25 + [0.8] * 12 + [0.2] * 25)
    lengths = [int(most_likely_path(times, values, stay).sum()) for stay in (0.05, 0.6, 5.0, 500.0)]
    assert lengths == sorted(lengths, reverse=True)
    assert (lengths[0], lengths[-1]) == (12, 0)


def test_the_likeliest_path_of_little_or_of_certainty() -> None:
    for rows in ([[0.2, 0.8]], [[0.0, 1.0], [0.0, 1.0]]):
        path = most_likely_path(np.arange(len(rows)) / 25, np.array(rows), 0.6)
        assert path.tolist() == [1] * len(rows)
    # Two frames at one time, and a pause of minutes, with a single label.
    times = np.array([0.0, 0.0, 500.0])
    assert most_likely_path(times, np.ones((3, 1)), 0.6).tolist() == [0, 0, 0]
    values = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9]])
    assert most_likely_path(times, values, 0.6).tolist() == [0, 0, 1]
