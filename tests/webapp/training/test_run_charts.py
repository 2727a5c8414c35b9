"""Curves hold the history's numbers; a zoom fits the axis to what is shown."""

import numpy as np
import pytest

from webapp.components.training import run_charts as charts

HISTORY = [
    {"epoch": number, "accuracy": number / 10, "val_accuracy": number / 20, "learning_rate": 0.1}
    for number in range(1, 6)
]


def test_a_curve_has_training_and_validation() -> None:
    figure = charts.curve(HISTORY, "accuracy", None)
    assert [trace.y for trace in figure.data] == [
        (0.1, 0.2, 0.3, 0.4, 0.5),
        (0.05, 0.1, 0.15, 0.2, 0.25),
    ]
    assert len(charts.curve(HISTORY, "learning_rate", None).data) == 1


def test_a_zoom_fits_both_axes() -> None:
    figure = charts.curve(HISTORY, "accuracy", (2.0, 3.0))
    assert figure.layout.xaxis.range == (2.0, 3.0)
    low, high = figure.layout.yaxis.range
    assert low == pytest.approx(0.1 - 0.012)
    assert high == pytest.approx(0.3 + 0.012)


@pytest.mark.parametrize("zoom", [None, (2.0, 3.0)])
def test_a_rate_that_does_not_change_can_be_read_off(zoom: tuple[float, float] | None) -> None:
    figure = charts.curve(HISTORY, "learning_rate", zoom)
    assert figure.layout.yaxis.range == pytest.approx((0.0, 0.11))


def test_one_epoch_is_a_point() -> None:
    assert charts.curve(HISTORY[:1], "accuracy", None).data[0].mode == "markers"


def test_runs_lie_over_one_another() -> None:
    figure = charts.overlay({"a": HISTORY, "b": HISTORY[:2]}, "val_accuracy")
    assert [(trace.name, len(trace.x)) for trace in figure.data] == [("a", 5), ("b", 2)]
    assert figure.data[0].line.color != figure.data[1].line.color


def test_a_difference_of_confusions_is_signed() -> None:
    first, second = np.array([[8, 2], [1, 9]]), np.array([[5, 5], [1, 9]])
    figure = charts.confusion_difference(["x", "y"], first, second, "#000000")
    cells = {(note.y, note.x): note.text for note in figure.layout.annotations}
    assert cells == {("x", "x"): "+3", ("x", "y"): "-3", ("y", "x"): "0", ("y", "y"): "0"}
    assert [list(row) for row in figure.data[0].z] == [[0.3, -0.3], [0.0, 0.0]]
