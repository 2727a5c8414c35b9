"""Two models on the same pictures: against exact values, theory and plain resampling."""

import json
import math

import numpy as np
import pytest

from fer_core.evaluation.comparison import compare, mcnemar_p
from fer_core.evaluation.metrics import measure

LABELS = ("a", "b", "c")


@pytest.fixture
def answers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two models' probabilities for 400 pictures, right about 7 and 6 times in ten, and targets."""
    random = np.random.default_rng(11)
    targets = random.choice(3, 400, p=[0.6, 0.3, 0.1])
    first, second = (
        random.dirichlet(np.ones(3), 400) + share * np.eye(3)[targets] for share in (0.6, 0.4)
    )
    return first, second, targets


def test_a_model_does_not_differ_from_itself(answers: tuple[np.ndarray, ...]) -> None:
    first, _, targets = answers
    itself = compare(first, first, targets)
    assert itself.accuracy_difference == itself.macro_f1_difference == 0
    assert itself.accuracy_difference_ci95 == itself.macro_f1_difference_ci95 == (0, 0)
    assert (itself.only_first_right, itself.only_second_right, itself.mcnemar_p) == (0, 0, 1)


def test_figures_are_those_of_each_model_alone(answers: tuple[np.ndarray, ...]) -> None:
    first, second, targets = answers
    comparison = compare(first, second, targets, resamples=10)
    alone = [measure(rows, targets, LABELS) for rows in (first, second)]
    assert comparison.accuracy == pytest.approx([figures.accuracy for figures in alone])
    assert comparison.macro_f1 == pytest.approx([figures.macro_f1 for figures in alone])
    assert comparison.accuracy_difference == pytest.approx(alone[0].accuracy - alone[1].accuracy)
    right = [rows.argmax(axis=1) == targets for rows in (first, second)]
    assert comparison.only_first_right == sum(a and not b for a, b in zip(*right, strict=True))
    assert comparison.only_second_right == sum(b and not a for a, b in zip(*right, strict=True))


def test_a_class_that_does_not_occur_counts_in_no_macro_f1(
    answers: tuple[np.ndarray, ...],
) -> None:
    first, second, targets = answers
    wider = [np.pad(rows, ((0, 0), (0, 1))) for rows in (first, second)]
    assert compare(*wider, targets, resamples=50).macro_f1 == pytest.approx(
        compare(first, second, targets, resamples=50).macro_f1
    )


def test_intervals_are_those_of_resampled_pictures(answers: tuple[np.ndarray, ...]) -> None:
    first, second, targets = answers
    random = np.random.default_rng(12)
    accuracy, macro_f1 = [], []
    for _ in range(2000):
        rows = random.integers(0, 400, 400)
        one, two = (measure(model[rows], targets[rows], LABELS) for model in (first, second))
        accuracy.append(one.accuracy - two.accuracy)
        macro_f1.append(one.macro_f1 - two.macro_f1)
    comparison = compare(first, second, targets)
    # 2,000 resamples place an end to about a twentieth of the interval's half-width of 0.06.
    expected = np.quantile(accuracy, [0.025, 0.975])
    assert comparison.accuracy_difference_ci95 == pytest.approx(expected, abs=0.01)
    expected = np.quantile(macro_f1, [0.025, 0.975])
    assert comparison.macro_f1_difference_ci95 == pytest.approx(expected, abs=0.012)


def test_the_interval_has_the_width_of_paired_proportions(
    answers: tuple[np.ndarray, ...],
) -> None:
    first, second, targets = answers
    comparison = compare(first, second, targets)
    # Variance of a paired difference of proportions: (b + c) / n - d², over n.
    discordant = comparison.only_first_right + comparison.only_second_right
    variance = (discordant / 400 - comparison.accuracy_difference**2) / 400
    low, high = comparison.accuracy_difference_ci95
    assert (high - low) / 2 == pytest.approx(1.96 * math.sqrt(variance), rel=0.06)


def test_changing_places_changes_the_sign(answers: tuple[np.ndarray, ...]) -> None:
    first, second, targets = answers
    one, other = compare(first, second, targets), compare(second, first, targets)
    assert one.accuracy_difference == -other.accuracy_difference > 0
    assert one.mcnemar_p == other.mcnemar_p
    low, high = other.accuracy_difference_ci95
    assert one.accuracy_difference_ci95 == pytest.approx((-high, -low), abs=0.006)


def test_a_seed_repeats_the_intervals(answers: tuple[np.ndarray, ...]) -> None:
    assert compare(*answers, resamples=500) == compare(*answers, resamples=500)
    assert compare(*answers, resamples=500) != compare(*answers, resamples=500, seed=1)


def test_the_mapping_holds_plain_values(answers: tuple[np.ndarray, ...]) -> None:
    table = compare(*answers, resamples=100).to_dict()
    assert json.loads(json.dumps(table)) == table
    assert (table["n"], table["resamples"]) == (400, 100)


@pytest.mark.parametrize(
    # Tails of the binomial with one half, counted by hand: 2 · (1 + 10) / 2^10 and so on.
    ("only_first", "only_second", "p"),
    [(1, 9, 22 / 1024), (9, 1, 22 / 1024), (0, 5, 2 / 32), (2, 4, 44 / 64), (3, 3, 1), (0, 0, 1)],
)
def test_mcnemars_exact_test(only_first: int, only_second: int, p: float) -> None:
    assert mcnemar_p(only_first, only_second) == p


def test_mcnemars_test_holds_for_a_whole_split() -> None:
    # The normal approximation with continuity correction, for 1,000 and 1,100.
    z = (100 - 1) / math.sqrt(2100)
    assert mcnemar_p(1000, 1100) == pytest.approx(math.erfc(z / math.sqrt(2)), rel=0.01)
    assert mcnemar_p(0, 3589) == 0
