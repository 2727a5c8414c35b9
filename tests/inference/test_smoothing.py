"""Probabilities settle in the same time, however often they are told."""

import math

import pytest

from fer_core.domain.analysis import EmotionScores
from fer_core.inference.smoothing import TIME_CONSTANT_S, ScoreSmoother

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
