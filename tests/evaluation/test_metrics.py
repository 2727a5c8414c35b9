"""Figures against numbers worked out by hand, and intervals against a published table."""

import numpy as np
import pytest

from fer_core.evaluation.metrics import Metrics, measure, wilson_interval

LABELS = ("a", "b", "c")
TRUE = np.array([0, 0, 0, 1, 1, 2])
SAID = np.array([0, 0, 1, 1, 1, 0])


@pytest.fixture
def figures() -> Metrics:
    """Six answers: two of three a right, both b right, the only c taken for a."""
    return measure(np.eye(3)[SAID] * 0.5 + 1 / 6, TRUE, LABELS)


def test_the_confusion_has_true_classes_in_rows(figures: Metrics) -> None:
    assert figures.confusion.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert figures.n == 6


def test_accuracy_is_the_diagonals_share(figures: Metrics) -> None:
    assert figures.accuracy == pytest.approx(4 / 6)
    assert figures.to_dict()["hamming_loss"] == pytest.approx(2 / 6)


def test_figures_of_each_class_one_against_the_rest(figures: Metrics) -> None:
    by_hand = {
        # a: 2 of 3 said right, 2 of 3 found; of the 3 others 2 not called a.
        "a": {"precision": 2 / 3, "recall": 2 / 3, "specificity": 2 / 3, "f1": 2 / 3},
        # b: 2 of 3 said right, both found; of the 4 others 3 not called b.
        "b": {"precision": 2 / 3, "recall": 1.0, "specificity": 3 / 4, "f1": 0.8},
        # c: never said.
        "c": {"precision": 0.0, "recall": 0.0, "specificity": 1.0, "f1": 0.0},
    }
    rest = {
        "a": {"accuracy": 4 / 6, "support": 3},
        "b": {"accuracy": 5 / 6, "support": 2},
        "c": {"accuracy": 5 / 6, "support": 1},
    }
    for label, row in figures.per_class().items():
        assert row == pytest.approx(by_hand[label] | rest[label])


def test_macro_f1_is_the_plain_mean_of_the_classes(figures: Metrics) -> None:
    assert figures.macro_f1 == pytest.approx((2 / 3 + 0.8 + 0) / 3)


def test_a_class_that_does_not_occur_is_left_out_of_macro_f1() -> None:
    figures = measure(np.eye(3)[[0, 0, 1]], np.array([0, 0, 1]), LABELS)
    assert figures.macro_f1 == 1
    assert figures.per_class()["c"]["support"] == 0


def test_averages_are_plain_and_by_support(figures: Metrics) -> None:
    macro, weighted = (figures.averages()[kind] for kind in ("macro", "weighted"))
    # By hand, from the classes above: supports 3, 2 and 1.
    assert macro == pytest.approx(
        {
            "precision": (2 / 3 + 2 / 3 + 0) / 3,
            "recall": (2 / 3 + 1 + 0) / 3,
            "specificity": (2 / 3 + 3 / 4 + 1) / 3,
            "f1": (2 / 3 + 0.8 + 0) / 3,
            "accuracy": (4 + 5 + 5) / 18,
            "support": 6,
        }
    )
    assert weighted == pytest.approx(
        {
            "precision": (3 * 2 / 3 + 2 * 2 / 3 + 0) / 6,
            "recall": 4 / 6,  # which is the accuracy, always
            "specificity": (3 * 2 / 3 + 2 * 3 / 4 + 1) / 6,
            "f1": (3 * 2 / 3 + 2 * 0.8 + 0) / 6,
            "accuracy": (3 * 4 + 2 * 5 + 5) / 36,
            "support": 6,
        }
    )
    assert figures.to_dict()["averages"] == {"macro": macro, "weighted": weighted}


def test_top_2_accepts_the_second_guess() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
    figures = measure(probabilities, np.array([0, 1, 2, 1]), LABELS)
    assert figures.accuracy == 0.25
    assert figures.top2_accuracy == 0.75


def test_ties_go_to_the_first_label_as_they_do_when_serving() -> None:
    figures = measure(np.full((1, 3), 1 / 3), np.array([0]), LABELS)
    assert figures.accuracy == 1


def test_ece_is_of_the_same_probabilities() -> None:
    # All say 0.75 and three of four are right: calibrated. All right instead: a gap of 0.25.
    probabilities = np.tile([0.75, 0.25, 0.0], (4, 1))
    assert measure(probabilities, np.array([0, 0, 0, 1]), LABELS).ece == pytest.approx(0)
    assert measure(probabilities, np.array([0, 0, 0, 0]), LABELS).ece == pytest.approx(0.25)


def test_the_mapping_holds_plain_values(figures: Metrics) -> None:
    table = figures.to_dict()
    assert table["labels"] == ["a", "b", "c"]
    assert table["confusion"] == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert table["accuracy_ci95"] == list(wilson_interval(4, 6))
    assert all(type(table[key]) is float for key in ("accuracy", "macro_f1", "ece"))


@pytest.mark.parametrize(
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
    # Medicine 17 (1998), table I, method 3: score without continuity correction.
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_the_published_one(
    successes: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_all_right_leaves_room_for_doubt() -> None:
    low, high = wilson_interval(20, 20)
    # The mirror image of Newcombe's 0 of 20.
    assert (low, high) == pytest.approx((1 - 0.1611, 1.0), abs=5e-5)


def test_fer2013s_test_splits_give_about_1_4_points() -> None:
    # The project's protocol: "n = 3,589 gives about ±1.4 points", at an accuracy near 75 %.
    low, high = wilson_interval(round(0.75 * 3589), 3589)
    assert (high - low) / 2 == pytest.approx(0.014, abs=5e-4)
