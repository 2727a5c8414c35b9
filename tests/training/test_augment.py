"""Random changes to pictures: each within its limits, and none outside training."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.training.augment import FaceAugmentation, MixPictures
from fer_core.training.recipe import Augmentation

Images = npt.NDArray[np.float32]

COUNT, SIDE = 64, 48
EVERYTHING = {
    "flip": True,
    "rotation_deg": 30.0,
    "zoom": 0.3,
    "shift": 0.2,
    "shear_deg": 10.0,
    "brightness": 0.5,
    "contrast": 0.9,
    "cutout": 0.5,
}


def augment(images: Any, seed: int = 1, **plan: Any) -> Images:
    layer = FaceAugmentation(Augmentation(**plan), seed)
    return np.asarray(keras.ops.convert_to_numpy(layer(images, training=True)))


def noise(count: int = COUNT, height: int = SIDE, width: int = SIDE, channels: int = 1) -> Images:
    shape = (count, height, width, channels)
    return np.random.default_rng(0).integers(0, 256, shape).astype(np.float32)


def flat(grey: float, count: int = COUNT) -> Images:
    return np.full((count, SIDE, SIDE, 1), grey, np.float32)


def spot(x: float, y: float, count: int = COUNT) -> Images:
    """A soft white spot, `x` right of and `y` below the centre, on black."""
    rows, columns = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    one = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 8)
    return np.tile(one[None, :, :, None], (count, 1, 1, 1)).astype(np.float32)


def spots_xy(images: Images) -> npt.NDArray[np.float64]:
    """(N, 2) positions of the spots, from the centre."""
    rows, columns = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    light = images[..., 0]
    total = light.sum(axis=(1, 2))
    return np.stack([(light * axis).sum(axis=(1, 2)) / total for axis in (columns, rows)], axis=1)


# --- When ---


def test_outside_training_nothing_changes_by_a_single_bit() -> None:
    layer = FaceAugmentation(Augmentation(**EVERYTHING), 1)
    result = keras.ops.convert_to_numpy(layer(noise(), training=False))
    assert np.array_equal(result, noise())


def test_the_default_plan_changes_nothing_in_training_either() -> None:
    assert augment(noise()) == pytest.approx(noise(), abs=1e-3)


# --- Geometry ---


def test_flip_mirrors_about_half_of_the_pictures_and_does_nothing_else() -> None:
    images = noise()
    result = augment(images, flip=True)
    kept = np.abs(result - images).max(axis=(1, 2, 3)) < 1e-2
    mirrored = np.abs(result - images[:, :, ::-1]).max(axis=(1, 2, 3)) < 1e-2
    assert (kept ^ mirrored).all()
    # 64 fair coins: under 16 or over 48 heads once in 20,000 seeds, and the seed is fixed.
    assert 16 <= mirrored.sum() <= 48


def test_rotation_stays_within_its_limit_to_both_sides() -> None:
    xy = spots_xy(augment(spot(0, -15), rotation_deg=20))
    degrees = np.degrees(np.arctan2(xy[:, 0], -xy[:, 1]))
    assert np.abs(degrees).max() <= 20.5
    assert degrees.min() < -10
    assert degrees.max() > 10
    assert np.hypot(*xy.T) == pytest.approx(15, abs=0.2)  # a turn moves nothing to or fro


def test_zoom_stays_within_its_limit_and_goes_both_ways() -> None:
    xy = spots_xy(augment(spot(12, 0), zoom=0.2))
    assert np.abs(xy[:, 1]).max() < 0.1
    # A factor of 0.8 to 1.2 on the way back to the source: 12 / 1.2 to 12 / 0.8.
    assert xy[:, 0].min() == pytest.approx(10, abs=0.6)
    assert xy[:, 0].max() == pytest.approx(15, abs=0.6)
    assert (xy[:, 0] >= 9.9).all()
    assert (xy[:, 0] <= 15.1).all()


def test_shift_stays_within_its_limit_along_both_axes() -> None:
    xy = spots_xy(augment(spot(0, 0), shift=0.1))
    limit = 0.1 * SIDE
    assert np.abs(xy).max() <= limit + 0.1
    assert (xy.min(axis=0) < -limit / 2).all()
    assert (xy.max(axis=0) > limit / 2).all()
    assert abs(np.corrcoef(xy.T)[0, 1]) < 0.5  # the axes move apart


def test_what_comes_in_at_the_edges_repeats_them() -> None:
    result = augment(flat(180), rotation_deg=45, zoom=0.4, shift=0.3)
    assert result == pytest.approx(180, abs=1e-2)


# --- Light ---


def test_brightness_shifts_all_pixels_of_a_picture_alike() -> None:
    result = augment(flat(128), brightness=0.2)
    lifts = result[:, 0, 0, 0] - 128
    assert np.ptp(result, axis=(1, 2, 3)).max() < 1e-3
    assert np.abs(lifts).max() <= 0.2 * 255
    assert lifts.min() < -20
    assert lifts.max() > 20


def test_contrast_stretches_about_the_mean() -> None:
    images = flat(100)
    images[:, ::2] = 140
    result = augment(images, contrast=0.5)
    assert result.mean(axis=(1, 2, 3)) == pytest.approx(120, abs=1e-2)
    gains = (result[:, 0, 0, 0] - 120) / 20
    assert 0.5 <= gains.min() < 0.75
    assert 1.25 < gains.max() <= 1.5


# --- Cut-out ---


def test_cutout_blanks_one_square_with_mid_grey() -> None:
    result = augment(flat(10), cutout=1.0, cutout_side=0.25)
    for picture in result[..., 0]:
        hole = picture == 128
        assert picture[~hole] == pytest.approx(10, abs=1e-3)
        rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
        # A quarter of 48 is 12 pixels; less where the square leaves the picture.
        assert 1 <= len(rows) <= 12
        assert 1 <= len(columns) <= 12
        assert hole.sum() == len(rows) * len(columns)
    assert (result == 128).sum(axis=(1, 2, 3)).max() == 144


def test_cutout_takes_its_share_of_the_pictures() -> None:
    blanked = (augment(flat(10, count=400), cutout=0.25) == 128).any(axis=(1, 2, 3))
    # 400 draws at 0.25 have a standard deviation of 8.7.
    assert abs(blanked.sum() - 100) < 3 * 8.7


# --- All together ---


@pytest.mark.parametrize(("height", "width", "channels"), [(48, 48, 1), (40, 64, 3)])
def test_everything_keeps_shape_type_and_range(height: int, width: int, channels: int) -> None:
    images = noise(COUNT, height, width, channels)
    result = augment(images, **EVERYTHING)
    assert result.shape == images.shape
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 255
    assert np.ptp(result) > 250  # the range is used, not squeezed


def test_grey_in_three_channels_stays_grey() -> None:
    images = np.repeat(noise(8), 3, axis=3)
    result = augment(images, **EVERYTHING)
    assert np.ptp(result, axis=3).max() < 1e-3


def test_each_picture_changes_in_its_own_way() -> None:
    result = augment(np.repeat(noise(1), 16, axis=0), **EVERYTHING)
    assert len(np.unique(result.reshape(16, -1), axis=0)) == 16


def test_each_batch_changes_in_its_own_way() -> None:
    layer = FaceAugmentation(Augmentation(rotation_deg=10), 1)
    one, two = (keras.ops.convert_to_numpy(layer(noise(), training=True)) for _ in range(2))
    assert not np.allclose(one, two)


def test_the_seed_decides() -> None:
    one, same, other = (augment(noise(8), seed=seed, **EVERYTHING) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)


# --- Shear ---


def test_shear_slants_the_vertical_and_leaves_the_centre_row() -> None:
    above, middle = spot(0, -12), spot(10, 0)
    moved = spots_xy(augment(above, shear_deg=20.0))[:, 0]
    limit = 12 * np.tan(np.radians(20))
    assert np.abs(moved).max() == pytest.approx(limit, rel=0.15)
    assert moved.std() > limit / 4
    assert spots_xy(augment(middle, shear_deg=20.0)) == pytest.approx(
        np.tile([10.0, 0.0], (COUNT, 1)), abs=0.6
    )


# --- Mixing ---


def mix(images: Any, targets: Any, **plan: Any) -> tuple[Images, Images]:
    layer = MixPictures(Augmentation(**plan), 1)
    mixed = layer([images, targets], training=True)
    return tuple(np.asarray(keras.ops.convert_to_numpy(part)) for part in mixed)  # type: ignore[return-value]


def black_and_white() -> tuple[Images, Images]:
    """Pictures that alternate between black (class 0) and white (class 1)."""
    white = np.arange(COUNT) % 2
    images = np.tile(255.0 * white[:, None, None, None], (1, SIDE, SIDE, 1)).astype(np.float32)
    return images, np.eye(2, dtype=np.float32)[white]


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_targets_follow_the_pixels(kind: str) -> None:
    images, targets = mix(*black_and_white(), **{kind: 1.0})
    whiteness = images.mean(axis=(1, 2, 3)) / 255
    assert targets[:, 1] == pytest.approx(whiteness, abs=1e-3)
    assert targets.sum(axis=1) == pytest.approx(np.ones(COUNT), abs=1e-5)
    taken = np.abs(whiteness - np.arange(COUNT) % 2)
    assert taken.std() > 0.15  # anything from nearly nothing to nearly all
    greys = ((images > 1) & (images < 254)).mean()
    assert greys == 0 if kind == "cutmix" else greys > 0.9  # pasted is whole, blended is grey


def test_only_the_share_asked_for_is_mixed() -> None:
    before, _ = black_and_white()
    images, _ = mix(*black_and_white(), mixup=0.25, cutmix=0.25)
    changed = (images != before).any(axis=(1, 2, 3)).mean()
    assert 0.3 < changed < 0.7


def test_outside_training_nothing_is_mixed() -> None:
    images, targets = black_and_white()
    layer = MixPictures(Augmentation(mixup=1.0, cutmix=1.0), 1)
    same, wanted = layer([images, targets], training=False)
    assert np.array_equal(keras.ops.convert_to_numpy(same), images)
    assert np.array_equal(keras.ops.convert_to_numpy(wanted), targets)
