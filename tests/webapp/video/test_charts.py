"""The video's figures show everybody's time above one axis, gaps as gaps."""

import re

import numpy as np
import pytest

from tests.video.views import view_of
from webapp.components.video.charts import timeline, transitions

LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


def away_between(start_s: float, end_s: float, emotion: str = "happy"):  # type: ignore[no-untyped-def]
    return lambda time_s: None if start_s < time_s < end_s else emotion


def test_each_person_has_areas_a_strip_and_a_title() -> None:
    view = view_of({1: lambda t: "happy", 2: lambda t: "sad"})
    figure = timeline(view, [1, 2], LABELS)
    areas = [trace for trace in figure.data if trace.type == "scatter"]
    strips = [trace for trace in figure.data if trace.type == "bar"]
    assert len(areas) == 2 * 7 + 3
    assert len(strips) == 2
    titles = [note.text for note in figure.layout.annotations]
    assert titles[:2] == ["Person 1", "Person 2"]
    assert re.sub("<.*?>", "", titles[2]) == "Group mood: ■ positive ■ neutral ■ negative"
    # One axis for all: zooming one zooms the others.
    axes = [axis for name, axis in figure.to_dict()["layout"].items() if "xaxis" in name]
    assert sum("matches" in axis for axis in axes) == len(axes) - 1


def test_areas_add_up_and_fall_to_nothing_while_somebody_is_away() -> None:
    view = view_of({1: away_between(1.0, 3.5)}, seconds=5.0)
    figure = timeline(view, [1], LABELS)
    areas = [t for t in figure.data if t.type == "scatter" and t.stackgroup != "mood"]
    times = np.array(areas[0].x)
    assert np.all(np.diff(times) > 0)
    total = np.sum([trace.y for trace in areas], axis=0)
    is_away = (times > 1.0005) & (times < 3.5195)
    assert total[~is_away] == pytest.approx(1.0)
    assert total[is_away] == pytest.approx(0.0)
    assert is_away.sum() == 2
    (strip,) = [trace for trace in figure.data if trace.type == "bar"]
    assert list(strip.base) == pytest.approx([0.0, 3.52], abs=0.03)
    assert strip.x[0] == pytest.approx(1.0, abs=0.05)


def test_only_chosen_emotions_are_stacked() -> None:
    figure = timeline(view_of({1: lambda t: "happy"}), [1], ("happy", "sad"))
    names = [trace.name for trace in figure.data if trace.type == "scatter"]
    assert names[:2] == ["happy", "sad"]
    assert len(names) == 2 + 3


def test_nobody_leaves_the_mood_alone() -> None:
    figure = timeline(view_of({1: lambda t: "happy"}), [], LABELS)
    assert [trace.name for trace in figure.data] == ["positive", "neutral", "negative"]


def test_long_videos_are_thinned() -> None:
    view = view_of({1: lambda t: "happy" if t % 2 < 1 else "sad"}, seconds=300.0)
    figure = timeline(view, [1], LABELS)
    assert len(figure.to_json()) < 400_000


def test_a_person_who_never_left_is_drawn_in_one_piece_however_long_the_video() -> None:
    view = view_of({1: lambda t: "happy"}, seconds=1500.0)
    figure = timeline(view, [1], LABELS)
    areas = [t for t in figure.data if t.type == "scatter" and t.stackgroup != "mood"]
    assert np.sum([trace.y for trace in areas], axis=0) == pytest.approx(1.0)
    (strip,) = [trace for trace in figure.data if trace.type == "bar"]
    assert list(strip.base) == [0.0]
    assert strip.x[0] == pytest.approx(1500.0, abs=0.1)


def test_transitions_name_only_what_was_seen() -> None:
    view = view_of({1: lambda t: "happy" if t < 2 else "sad"})
    figure = transitions(view.summaries[1], LABELS, "#000")
    assert figure is not None
    (heat,) = figure.data
    assert list(heat.x) == ["happy", "sad"]
    assert np.array(heat.z).tolist() == [[0, 1], [0, 0]]
    same = view_of({1: lambda t: "happy"})
    assert transitions(same.summaries[1], LABELS, "#000") is None
