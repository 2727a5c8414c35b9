"""The figures hold the numbers that they stand for."""

import pytest

from fer_core.domain.analysis import EmotionScores
from fer_core.domain.emotions import colour_of
from fer_core.inference.summary import GroupMood
from webapp.components import charts

SCORES = EmotionScores(("angry", "happy", "neutral"), (0.2, 0.7, 0.1))


def test_composition_is_in_percent_largest_first() -> None:
    (bars,) = charts.composition(SCORES).data
    assert list(bars.y) == ["happy", "angry", "neutral"]
    assert list(bars.x) == pytest.approx([70, 20, 10])
    assert list(bars.text) == ["70.0", "20.0", "10.0"]


def test_composition_draws_the_first_bar_on_top() -> None:
    assert charts.composition(SCORES).layout.yaxis.autorange == "reversed"


def test_composition_gives_each_emotion_its_own_colour() -> None:
    (bars,) = charts.composition(SCORES).data
    assert list(bars.marker.color) == [colour_of(label) for label in bars.y]


def test_mood_bar_stacks_the_three_shares_in_a_fixed_order() -> None:
    mood = GroupMood("positive", {"positive": 0.6, "neutral": 0.3, "negative": 0.1}, {"happy": 1})
    figure = charts.mood_bar(mood)
    assert figure.layout.barmode == "stack"
    assert [(bar.name, bar.x[0]) for bar in figure.data] == [
        ("positive", 60.0),
        ("neutral", 30.0),
        ("negative", 10.0),
    ]
