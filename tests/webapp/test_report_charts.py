"""A report's figures hold its numbers, in the directions that they name."""

import pytest

from webapp.components import report_charts as charts

REPORT = {"labels": ["a", "b"], "confusion": [[30, 10], [1, 4]]}


def cells(by_share: bool) -> dict[tuple[str, str], str]:
    figure = charts.confusion_matrix(REPORT, by_share, "#123456")
    return {(note.y, note.x): note.text for note in figure.layout.annotations}


def test_true_classes_go_down_and_predictions_across() -> None:
    assert cells(by_share=False) == {
        ("a", "a"): "30",
        ("a", "b"): "10",
        ("b", "a"): "1",
        ("b", "b"): "4",
    }
    figure = charts.confusion_matrix(REPORT, False, "#123456")
    assert figure.layout.yaxis.autorange == "reversed"
    assert (figure.layout.yaxis.title.text, figure.layout.xaxis.title.text) == ("true", "predicted")


def test_shares_are_of_the_true_class() -> None:
    assert cells(by_share=True)["a", "b"] == "25%"
    assert cells(by_share=True)["b", "a"] == "20%"


def test_a_learning_curve_draws_training_and_selection() -> None:
    history = [
        {"epoch": 1, "loss": 2.0, "val_loss": 2.1},
        {"epoch": 2, "loss": 1.0, "val_loss": 1.5},
    ]
    training, selection = charts.learning_curve(history, "loss").data
    assert (list(training.x), list(training.y)) == ([1, 2], [2.0, 1.0])
    assert list(selection.y) == [2.1, 1.5]


def test_a_reliability_bar_stands_on_its_bin() -> None:
    bins = [{"low": 0.6, "high": 0.8, "confidence": 0.71, "accuracy": 0.65, "count": 9}]
    bars, diagonal = charts.reliability_diagram(bins).data
    assert (bars.x[0], bars.y[0]) == (pytest.approx(0.7), 0.65)
    assert list(diagonal.x) == list(diagonal.y) == [0, 1]


def test_a_roc_curve_says_its_class_and_area() -> None:
    row = {"auc": 0.912, "false_positive_rate": [0, 0.2, 1], "true_positive_rate": [0, 0.8, 1]}
    curve, _ = charts.roc_curves({"per_class": {"happy": row}}).data
    assert curve.name == "happy 0.91"
    assert (list(curve.x), list(curve.y)) == ([0, 0.2, 1], [0, 0.8, 1])


def test_ranks_are_shares_of_all_faces() -> None:
    (bars,) = charts.rank_bars({"overall": [6, 3, 0, 1]}).data
    assert list(bars.x) == ["1st", "2nd", "3rd", "4th"]
    assert list(bars.y) == pytest.approx([0.6, 0.3, 0.0, 0.1])


def test_levels_are_evenly_apart_and_the_unchanged_one_is_marked() -> None:
    row = {"unit": "quality", "clean": 100, "levels": [100, 15, 5], "accuracy": [0.7, 0.5, 0.3]}
    figure = charts.corruption_curve(row)
    assert list(figure.data[0].x) == ["100", "15", "5"]
    assert figure.layout.xaxis.type == "category"
    assert list(figure.data[0].marker.color) == [charts.ORANGE, charts.BLUE, charts.BLUE]


def test_folds_are_counted_from_one() -> None:
    bar = charts.fold_bars([{"n": 10, "accuracy": 0.9}, {"n": 9, "accuracy": 0.8}]).data[0]
    assert (bar.x, bar.y) == (("1", "2"), (0.9, 0.8))
