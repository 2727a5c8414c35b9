"""Each clean-up step changes what it says, in grey and in colour."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.preprocessing.enhance import (
    ENHANCE_STEPS,
    clahe,
    denoise,
    enhance,
    equalize,
    gamma,
)

Image = npt.NDArray[np.uint8]


@pytest.fixture
def dull() -> Image:
    """A dark crop of low contrast, with speckle: every step has something to do."""
    random = np.random.default_rng(1)
    slope = np.linspace(40, 80, 48)[None, :] + random.normal(0, 4, (48, 48))
    return slope.astype(np.uint8)


def test_clahe_raises_local_contrast(dull: Image) -> None:
    tile = np.s_[12:24, 12:24]
    assert clahe(dull)[tile].std() > 1.5 * dull[tile].std()


def test_clahe_is_limited_where_equalisation_is_not() -> None:
    nearly_flat = np.full((48, 48), 100, np.uint8)
    nearly_flat[::2] = 101
    assert np.ptp(equalize(nearly_flat).astype(int)) == 255
    assert np.ptp(clahe(nearly_flat).astype(int)) < 64


def test_equalize_uses_the_whole_range(dull: Image) -> None:
    result = equalize(dull)
    assert (result.min(), result.max()) == (0, 255)


def test_denoise_removes_a_speckle_and_keeps_an_edge() -> None:
    edge = np.zeros((20, 20), np.uint8)
    edge[:, 10:] = 200
    speckled = edge.copy()
    speckled[5, 5], speckled[12, 15] = 255, 0
    assert np.array_equal(denoise(speckled), edge)


@pytest.mark.parametrize(
    ("grey", "expected"),
    [
        (64, 128),  # log 0.5 / log(64 / 255) = 0.501; 255 · 0.251^0.501 = 127.5
        (160, 128),  # brought down as well as up
        (1, 28),  # limited to 0.4: 255 · (1 / 255)^0.4 = 27.8
        (254, 253),  # limited to 2.5: 255 · (254 / 255)^2.5 = 252.5
        (0, 0),
        (255, 255),
    ],
)
def test_gamma_brings_the_mean_to_the_middle_within_limits(grey: int, expected: int) -> None:
    assert abs(int(gamma(np.full((8, 8), grey, np.uint8))[0, 0]) - expected) <= 1


@pytest.mark.parametrize("name", ENHANCE_STEPS)
def test_each_step_changes_grey_and_colour_but_not_its_input(name: str, dull: Image) -> None:
    for crop in (dull, cv2.merge([dull, dull + 30, dull // 2])):
        before = crop.copy()
        result = enhance(crop, (name,))
        assert result.shape == crop.shape
        assert result.dtype == np.uint8
        assert not np.array_equal(result, crop)
        assert np.array_equal(crop, before)


@pytest.mark.parametrize("name", ENHANCE_STEPS)
def test_skin_keeps_its_hue(name: str) -> None:
    random = np.random.default_rng(2)
    # Muted, so that most pixels can become brighter or darker without leaving 0 to 255.
    skin = np.array([150, 130, 120]) + random.integers(-15, 16, (48, 48, 1))
    crop = skin.astype(np.uint8)
    result = enhance(crop, (name,))
    before, after = (
        cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)[..., 1:].astype(int)
        for picture in (crop, result)
    )
    unclipped = (result.min(axis=2) > 0) & (result.max(axis=2) < 255)
    assert unclipped.mean() > 0.5
    assert np.abs(after - before)[unclipped].max() <= 2  # rounding of two conversions


def test_steps_run_in_the_order_given(dull: Image) -> None:
    result = enhance(dull, ("denoise", "equalize"))
    assert np.array_equal(result, equalize(denoise(dull)))
    assert not np.array_equal(result, enhance(dull, ("equalize", "denoise")))


def test_no_steps_change_nothing(dull: Image) -> None:
    assert np.array_equal(enhance(dull, ()), dull)
