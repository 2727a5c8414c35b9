"""The last minute is drawn for one face, in its emotions' colours, broken where it was away."""

import base64
import re
from xml.etree import ElementTree

import pytest

from fer_core.domain.analysis import EmotionScores
from fer_core.domain.emotions import colour_of
from fer_core.inference.session import Moment
from webapp.components.live.timeline import timeline

LABELS = ("happy", "sad")


def moment(time_s: float, happy: float, track_id: int = 1) -> Moment:
    return Moment(time_s, track_id, EmotionScores(LABELS, (happy, 1 - happy)))


def lines(html: str) -> list[tuple[str, list[tuple[float, float]]]]:
    """(colour, points) of each line, points as seconds before now and probabilities."""
    (coded,) = re.findall(r"base64,([^\"]+)", html)
    root = ElementTree.fromstring(base64.b64decode(coded))  # our own
    found = []
    for line in root.iter("{http://www.w3.org/2000/svg}polyline"):
        pairs = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
        points = [(60 - x / 10, 1 - y / 200) for x, y in pairs]
        found.append((line.attrib["stroke"], points))
    return found


def test_each_emotion_is_a_line_of_its_colour() -> None:
    drawn = lines(timeline([moment(10, 0.2), moment(10.5, 0.7)], 1))
    assert [colour for colour, _ in drawn] == [colour_of(label) for label in LABELS]
    assert [share for _, share in drawn[0][1]] == pytest.approx([0.2, 0.7])
    assert [ago_s for ago_s, _ in drawn[0][1]] == [0.5, 0.0]


def test_other_faces_are_left_out() -> None:
    drawn = lines(timeline([moment(1, 0.2), moment(1.1, 0.9, track_id=2), moment(1.2, 0.3)], 1))
    assert len(drawn[0][1]) == 2
    assert lines(timeline([moment(1, 0.2)], None)) == []


def test_a_line_breaks_where_the_face_was_away() -> None:
    own = [moment(1, 0.2), moment(1.5, 0.3), moment(9, 0.4), moment(9.2, 0.5)]
    assert len(lines(timeline(own, 1))) == 2 * len(LABELS)


def test_another_models_labels_do_not_mix() -> None:
    other = Moment(1.0, 1, EmotionScores(("a", "b", "c"), (0.2, 0.3, 0.5)))
    assert len(lines(timeline([other, moment(1.2, 0.5), moment(1.4, 0.5)], 1))) == 2


def test_a_long_line_is_thinned_but_ends_now() -> None:
    own = [moment(time_s / 30, 0.5) for time_s in range(1800)]
    _, points = lines(timeline(own, 1))[0]
    assert 200 <= len(points) <= 300
    assert points[-1][0] == 0.0
