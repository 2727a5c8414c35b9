"""The surest wrong answers."""

import numpy as np

from fer_core.evaluation.mistakes import Mistake, worst_mistakes

LABELS = ("a", "b", "c")
ROWS = np.array(
    [
        [0.5, 0.25, 0.25],  # right
        [0.75, 0.0, 0.25],  # a for c
        [0.125, 0.875, 0.0],  # b for a
        [0.0, 1.0, 0.0],  # right
        [0.5, 0.5, 0.0],  # a for b, by the tie
    ]
)
TARGETS = np.array([0, 2, 0, 1, 1])


def test_the_surest_comes_first() -> None:
    assert worst_mistakes(ROWS, TARGETS, LABELS) == (
        Mistake(2, "a", "b", 0.875, 0.125),
        Mistake(1, "c", "a", 0.75, 0.25),
        Mistake(4, "b", "a", 0.5, 0.5),
    )


def test_no_more_are_given_than_asked_for() -> None:
    assert [mistake.index for mistake in worst_mistakes(ROWS, TARGETS, LABELS, n=1)] == [2]


def test_a_model_without_mistakes_has_none() -> None:
    assert worst_mistakes(np.eye(3), np.arange(3), LABELS) == ()
