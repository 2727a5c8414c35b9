"""ROC curves against hand-made ones, and areas against Mann and Whitney's statistic."""

import json

import numpy as np
import pytest

from fer_core.evaluation.roc import RocCurve, roc_curves, roc_to_dict


def curve_of(scores: list[float], positive: list[int]) -> RocCurve:
    """The curve of the second of two classes."""
    column = np.array(scores)
    return roc_curves(np.stack([1 - column, column], axis=1), np.array(positive), ("a", "b"))[1]


def points(curve: RocCurve) -> list[tuple[float, float]]:
    return list(
        zip(curve.false_positive_rate.tolist(), curve.true_positive_rate.tolist(), strict=True)
    )


def test_a_curve_drawn_by_hand() -> None:
    # From the highest score down: right, wrong, right, wrong; of the four pairs three are in order.
    curve = curve_of([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0])
    assert points(curve) == [(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)]
    assert curve.auc == pytest.approx(3 / 4)


def test_equal_scores_pass_together_whatever_their_order() -> None:
    # One pair in order and one tied: 1.5 of 2.
    for order in ([0, 1, 2], [0, 2, 1], [2, 1, 0]):
        scores, positive = np.array([0.9, 0.5, 0.5])[order], np.array([1, 1, 0])[order]
        curve = curve_of(scores.tolist(), positive.tolist())
        assert points(curve) == [(0, 0), (0, 0.5), (1, 1)]
        assert curve.auc == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    ("scores", "area"), [([0.9, 0.8, 0.2, 0.1], 1), ([0.1, 0.2, 0.8, 0.9], 0), ([0.5] * 4, 0.5)]
)
def test_perfect_reversed_and_constant_rankings(scores: list[float], area: float) -> None:
    assert curve_of(scores, [1, 1, 0, 0]).auc == area


def test_the_area_is_mann_and_whitneys_statistic() -> None:
    random = np.random.default_rng(4)
    targets = random.integers(0, 3, 300)
    # Tenths, so that many are tied, and no ranking of a class is like another's.
    rows = random.integers(0, 11, (300, 3)) / 10 + 0.2 * np.eye(3)[targets]
    for position, curve in enumerate(roc_curves(rows, targets, ("a", "b", "c"))):
        ours = rows[targets == position, position][:, None]
        others = rows[targets != position, position]
        wins = (ours > others).mean() + (ours == others).mean() / 2
        assert curve.auc == pytest.approx(wins)


def test_a_thinned_curve_keeps_its_ends_and_its_shape() -> None:
    random = np.random.default_rng(5)
    targets = random.integers(0, 2, 5000)
    scores = random.normal(targets, 1)
    whole, thin = (
        roc_curves(np.stack([-scores, scores], axis=1), targets, ("a", "b"), points=points)[1]
        for points in (10_000, 100)
    )
    assert len(whole.true_positive_rate) > 5000
    assert 50 < len(thin.true_positive_rate) <= 100
    assert (points(thin)[0], points(thin)[-1]) == ((0, 0), (1, 1))
    assert set(points(thin)) <= set(points(whole))
    assert thin.auc == whole.auc
    drawn = np.trapezoid(thin.true_positive_rate, thin.false_positive_rate)
    assert drawn == pytest.approx(whole.auc, abs=1e-3)


def test_a_class_without_samples_or_without_a_rest_has_no_curve() -> None:
    rows = np.full((4, 3), 1 / 3)
    labels = ("a", "b", "c")
    assert [curve.label for curve in roc_curves(rows, np.array([0, 0, 2, 2]), labels)] == ["a", "c"]
    assert roc_curves(rows, np.zeros(4, np.int64), labels) == ()
    assert roc_to_dict(()) == {"macro_auc": None, "per_class": {}}


def test_the_macro_area_is_the_plain_mean() -> None:
    rows = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.6, 0.4, 0.0], [0.5, 0.5, 0.0]])
    table = roc_to_dict(roc_curves(rows, np.array([0, 1, 1, 0]), ("a", "b", "c")))
    # a: 0.9 beats 0.2 and 0.6, 0.5 beats 0.2 only; b is the mirror image.
    assert table["macro_auc"] == pytest.approx(3 / 4)
    assert json.loads(json.dumps(table)) == table
