"""Sizes are rounded, and shrinking averages."""

import numpy as np

from fer_core.domain.scaling import scaled


def test_scaled_rounds_and_keeps_a_pixel() -> None:
    image = np.zeros((100, 7, 3), np.uint8)
    assert scaled(image, 0.1).shape == (10, 1, 3)
    assert scaled(image, 0.01).shape == (1, 1, 3)
    assert scaled(image[..., 0], 2).shape == (200, 14)
    assert scaled(image, 1.0) is image


def test_shrinking_averages_what_it_leaves_out() -> None:
    chequered = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.abs(scaled(chequered, 0.25).astype(int) - 127).max() <= 1
