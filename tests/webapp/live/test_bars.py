"""Bars keep the model's order and tell their share to a screen reader too."""

import re

from fer_core.domain.analysis import EmotionScores
from webapp.components.live.bars import bars


def test_each_emotion_has_its_row() -> None:
    html = bars(EmotionScores(("sad", "happy"), (0.256, 0.744)))
    assert re.findall(r'aria-label="(\w+)" aria-valuenow="(\d+)"', html) == [
        ("sad", "26"),
        ("happy", "74"),
    ]
    assert re.findall(r"width:([\d.]+)%", html)[-2:] == ["25.6", "74.4"]


def test_a_label_is_no_markup() -> None:
    assert "<b>" not in bars(EmotionScores(("<b>x", "y"), (0.5, 0.5)))
