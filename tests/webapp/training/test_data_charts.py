"""Pictures of each class, stacked by split."""

from webapp.components.training.data_charts import class_counts


def test_training_comes_first_then_what_it_is_judged_on() -> None:
    counts = {
        "Else": {"a": 1, "b": 2},
        "PrivateTest": {"a": 3, "b": 4},
        "PublicTest": {"a": 5, "b": 6},
        "Training": {"a": 7, "b": 8},
    }
    figure = class_counts(counts)
    assert [bar.name for bar in figure.data] == ["Training", "PublicTest", "PrivateTest", "Else"]
    assert list(figure.data[0].x) == [7, 8]
    assert list(figure.data[0].y) == ["a", "b"]
    assert figure.layout.barmode == "stack"


def test_no_data_is_a_figure_too() -> None:
    assert not class_counts({}).data
