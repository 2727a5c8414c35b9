"""Whether a probability means what it says."""

import numpy as np
import pytest

from fer_core.evaluation.calibration import (
    ReliabilityBin,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
    softmax,
)


def two_class(*confidences: float) -> np.ndarray:
    """Rows of two classes whose first has these probabilities."""
    return np.array([[confidence, 1 - confidence] for confidence in confidences])


# --- Expected calibration error ---


def test_ece_is_the_weighted_gap_of_the_bins() -> None:
    probabilities = two_class(0.95, 0.95, 0.65, 0.65)
    targets = np.array([0, 1, 0, 0])
    # By hand, ten bins: [0.9, 1] has confidence 0.95 and accuracy 1/2, a gap of 0.45;
    # [0.6, 0.7) has 0.65 and 1, a gap of 0.35. Each holds half: (0.45 + 0.35) / 2.
    assert expected_calibration_error(probabilities, targets, bins=10) == pytest.approx(0.40)


def test_gaps_within_a_bin_cancel_and_between_bins_do_not() -> None:
    one_bin = two_class(0.75, 0.75, 0.75, 0.75)
    assert expected_calibration_error(one_bin, np.array([0, 0, 0, 1]), bins=10) == pytest.approx(0)
    two_bins = two_class(0.55, 0.95)
    # 0.45 too low in one, 0.95 too high in the other: their mean is 0.7, not the 0.25 of all four.
    assert expected_calibration_error(two_bins, np.array([0, 1]), bins=10) == pytest.approx(0.7)


def test_sure_and_right_has_no_error() -> None:
    assert expected_calibration_error(two_class(1.0, 0.0), np.array([0, 1])) == 0


def test_sure_and_wrong_has_all_the_error() -> None:
    assert expected_calibration_error(two_class(1.0, 0.0), np.array([1, 0])) == 1


# --- Reliability ---


def test_bins_hold_mean_confidence_and_accuracy() -> None:
    probabilities = two_class(0.6875, 0.6875, 0.5625, 0.53125, 1.0)
    curve = reliability_curve(probabilities, np.array([0, 1, 0, 1, 0]), bins=4)
    # By hand: four of [0.5, 0.75) with a mean of 0.6171875, two right; the full 1 closes the last.
    assert curve == (
        ReliabilityBin(0.5, 0.75, 0.6171875, 0.5, 4),
        ReliabilityBin(0.75, 1.0, 1.0, 1.0, 1),
    )


def test_the_curves_weighted_gaps_are_the_calibration_error() -> None:
    random = np.random.default_rng(6)
    probabilities, targets = random.dirichlet(np.ones(7), 999), random.integers(0, 7, 999)
    curve = reliability_curve(probabilities, targets)
    gaps = sum(row.count * abs(row.confidence - row.accuracy) for row in curve) / 999
    assert gaps == pytest.approx(expected_calibration_error(probabilities, targets))


# --- Softmax ---


def test_softmax_of_known_logits() -> None:
    # 1 : 2 : 5 as shares of 8.
    logits = np.log([[1.0, 2.0, 5.0]])
    assert softmax(logits)[0] == pytest.approx([1 / 8, 2 / 8, 5 / 8])


def test_softmax_survives_large_logits() -> None:
    assert softmax(np.array([[1000.0, 0.0], [-1000.0, -1000.0]])).tolist() == [[1, 0], [0.5, 0.5]]


# --- Temperature ---


@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.8, 4.0])
def test_a_known_temperature_is_recovered(temperature: float) -> None:
    random = np.random.default_rng(7)
    calibrated = random.normal(0, 2, (20_000, 7))
    # Classes drawn by their own probabilities (Gumbel's trick), then logits that are too sure.
    targets = (calibrated + random.gumbel(size=calibrated.shape)).argmax(axis=1)
    assert fit_temperature(calibrated * temperature, targets) == pytest.approx(
        temperature, rel=0.03
    )


def test_the_temperature_is_the_most_likely_one() -> None:
    random = np.random.default_rng(8)
    logits, targets = random.normal(0, 3, (500, 7)), random.integers(0, 7, 500)
    targets[:300] = logits[:300].argmax(axis=1)

    def loss(temperature: float) -> float:
        rows = softmax(logits / temperature)[np.arange(500), targets]
        return float(-np.log(rows).mean())

    best = fit_temperature(logits, targets)
    assert all(loss(best) <= loss(best * factor) for factor in (0.9, 0.99, 1.01, 1.1))


def test_the_temperature_stays_within_its_limits() -> None:
    logits = np.random.default_rng(9).normal(0, 1, (100, 7))
    always_right, always_wrong = logits.argmax(axis=1), logits.argmin(axis=1)
    assert fit_temperature(logits, always_right) == pytest.approx(0.1, rel=1e-3)
    assert fit_temperature(logits, always_wrong) == pytest.approx(10, rel=1e-3)


def test_calibrating_lowers_the_error_and_keeps_every_answer() -> None:
    random = np.random.default_rng(10)
    calibrated = random.normal(0, 2, (5_000, 7))
    targets = (calibrated + random.gumbel(size=calibrated.shape)).argmax(axis=1)
    logits = calibrated * 3
    before, after = softmax(logits), softmax(logits / fit_temperature(logits, targets))
    assert np.array_equal(before.argmax(axis=1), after.argmax(axis=1))
    assert expected_calibration_error(after, targets) < 0.03
    assert expected_calibration_error(before, targets) > 0.1


def test_an_overconfident_network_is_calmed_however_sure_it_is() -> None:
    # Two classes, always 15 apart, wrong three times in ten: the log-likelihood is best where
    # the sigmoid of 15 / T is 0.7, so T = 15 / ln(7 / 3).
    logits = np.tile([[15.0, 0.0]], (1000, 1))
    targets = np.array([0] * 700 + [1] * 300)
    best = 15 / np.log(7 / 3)
    assert min(best, 10.0) == 10.0
    assert fit_temperature(logits, targets) == pytest.approx(10.0, rel=1e-3)
    assert fit_temperature(logits / 3, targets) == pytest.approx(best / 3, rel=1e-3)
