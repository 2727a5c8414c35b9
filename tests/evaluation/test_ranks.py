"""Where the true class stands in the model's list."""

import numpy as np
import pytest

from fer_core.evaluation.metrics import measure
from fer_core.evaluation.ranks import count_ranks

LABELS = ("a", "b", "c")


def test_ranks_worked_out_by_hand() -> None:
    rows = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])
    ranks = count_ranks(rows, np.array([0, 0, 1, 2]), LABELS)
    # a is first once and third once, b is second, c third.
    assert ranks.to_dict() == {
        "overall": [1, 1, 2],
        "per_class": {"a": [1, 0, 1], "b": [0, 1, 0], "c": [0, 0, 1]},
        "second_when_wrong": pytest.approx(1 / 3),
    }


def test_the_first_ranks_are_accuracy_and_top_2() -> None:
    random = np.random.default_rng(2)
    # Few distinct values, so that there are ties.
    rows, targets = random.integers(1, 4, (400, 3)) / 10, random.integers(0, 3, 400)
    overall = count_ranks(rows, targets, LABELS).to_dict()["overall"]
    figures = measure(rows, targets, LABELS)
    assert overall[0] / 400 == pytest.approx(figures.accuracy)
    assert sum(overall[:2]) / 400 == pytest.approx(figures.top2_accuracy)
    assert sum(overall) == 400


def test_without_a_wrong_answer_there_is_no_share_of_them() -> None:
    assert count_ranks(np.eye(3), np.arange(3), LABELS).second_when_wrong is None
