"""Charts as SVG: what is drawn lies where it belongs, and stays small."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from fer_core.domain.emotions import FER7_LABELS, colour_of
from fer_core.video.html_charts import (
    MOOD_COLOURS,
    MOST_POINTS,
    mood_chart,
    person_chart,
    time_axis,
)
from fer_core.video.summary import Smoothing, group_moods
from tests.video.views import Shows, view_of


def shapes(chart: str, tag: str, colour: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(f"<div>{chart}</div>")
    return [shape for shape in root.iter(tag) if shape.get("fill") == colour]


def points(shape: ElementTree.Element) -> np.ndarray:
    return np.array([point.split(",") for point in shape.attrib["points"].split()], float)


def chart_of(shows: Shows, seconds: float = 10.0, smoothing: Smoothing = Smoothing.none) -> str:
    view = view_of({1: shows}, seconds, smoothing=smoothing)
    return person_chart(view.series[1], view.labels, (0.0, seconds))


def test_the_strip_shows_who_leads_when() -> None:
    chart = chart_of(lambda t: "happy" if t < 5 else "sad")
    (happy,), (sad,) = (shapes(chart, "rect", colour_of(label)) for label in ("happy", "sad"))
    assert float(happy.attrib["x"]) == 0
    assert float(happy.attrib["width"]) == pytest.approx(500, abs=1)
    assert float(sad.attrib["x"]) == pytest.approx(500, abs=1)
    assert float(sad.attrib["x"]) + float(sad.attrib["width"]) == pytest.approx(1000, abs=5)


def test_areas_are_as_high_as_the_probabilities() -> None:
    chart = chart_of(lambda _: "happy")
    # Angry, disgust and fear lie beneath happy: 0.1 together; happy's own share is 0.8.
    (happy,) = shapes(chart, "polygon", colour_of("happy"))
    (fear,) = shapes(chart, "polygon", colour_of("fear"))
    assert points(happy)[1:-1, 1].min() == pytest.approx(120 * 0.1, abs=0.2)
    assert points(fear)[1:-1, 1].min() == pytest.approx(120 * 0.9, abs=0.2)


def test_nothing_is_drawn_while_nobody_is_there() -> None:
    chart = chart_of(lambda t: None if 3 <= t < 6 else "happy")
    spans = [points(shape)[:, 0] for shape in shapes(chart, "polygon", colour_of("happy"))]
    assert [(x.min(), x.max()) for x in spans] == [
        (0, pytest.approx(300, abs=5)),
        (600, pytest.approx(1000, abs=5)),
    ]


def test_a_long_video_has_no_larger_chart() -> None:
    chart = chart_of(lambda t: "happy" if int(t) % 2 else "sad", 400.0)
    for label in FER7_LABELS:
        (area,) = shapes(chart, "polygon", colour_of(label))
        assert MOST_POINTS / 2 < len(points(area)) <= MOST_POINTS + 5
    # As often away as there: gaps that would not be seen are not drawn.
    assert len(chart_of(lambda t: "happy" if t % 4 < 2 else None, 1600.0)) < 200_000


def test_one_frame_is_drawn_too() -> None:
    (area,) = shapes(chart_of(lambda _: "sad", 0.04), "polygon", colour_of("sad"))
    assert np.ptp(points(area)[:, 0]) >= 1


def test_moods_are_stacked_and_blank_where_nobody_is() -> None:
    view = view_of({1: lambda t: "happy" if t < 4 else None if t < 6 else "sad"}, 10.0)
    edges = np.linspace(0, 10, 11)
    chart = mood_chart(group_moods(view.record, edges)[0], edges, (0.0, 10.0))
    first, second = map(points, shapes(chart, "polygon", MOOD_COLOURS["positive"]))
    assert (first[:, 0].min(), first[:, 0].max()) == (0, 400)
    assert (second[:, 0].min(), second[:, 0].max()) == (600, 1000)
    assert first[1:-1, 1].max() == pytest.approx(120 * 0.2, abs=0.2)
    whole, _ = map(points, shapes(chart, "polygon", MOOD_COLOURS["negative"]))
    assert whole[1:-1, 1] == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0.0, 10.0), ["0:00", "0:02", "0:04", "0:06", "0:08", "0:10"]),
        ((2.5, 6.5), ["0:03", "0:04", "0:05", "0:06"]),
        ((0.0, 7200.0), ["0:00", "30:00", "1:00:00", "1:30:00", "2:00:00"]),
    ],
)
def test_the_axis_has_round_times(span: tuple[float, float], expected: list[str]) -> None:
    assert re.findall(r">([\d:.]+)</span>", time_axis(span)) == expected


def test_times_stand_where_they_are() -> None:
    places = re.findall(r"left:([\d.]+)%\">([\d:]+)<", time_axis((0.0, 8.0)))
    assert places == [("0.00", "0:00"), *((f"{25 * n}.00", f"0:0{2 * n}") for n in range(1, 5))]


@pytest.mark.parametrize("span", [(0.0, 0.0), (5.0, 5.0), (0.0, 100_000.0)])
def test_any_length_has_an_axis(span: tuple[float, float]) -> None:
    assert 1 <= time_axis(span).count("<span") <= 15
