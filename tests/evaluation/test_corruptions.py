"""Each corruption does what its level says, the same each time, and nothing at its clean one."""

import cv2
import numpy as np
import pytest

from fer_core.evaluation.corruptions import CORRUPTIONS, Corruption, at_common_size

BY_NAME = {corruption.name: corruption for corruption in CORRUPTIONS}
every_corruption = pytest.mark.parametrize("corruption", CORRUPTIONS, ids=BY_NAME)


@pytest.fixture
def faces(astronaut: np.ndarray) -> np.ndarray:
    """A real face and its mirror image, twice each, (4, 48, 48), read-only."""
    face = cv2.cvtColor(astronaut[64:178, 168:282], cv2.COLOR_RGB2GRAY)
    small = cv2.resize(face, (48, 48), interpolation=cv2.INTER_AREA)
    four = np.stack([small, small[:, ::-1]] * 2)
    four.flags.writeable = False
    return four


def flat(value: int, n: int = 4) -> np.ndarray:
    return np.full((n, 48, 48), value, np.uint8)


# --- All of them ---


@every_corruption
def test_levels_rise_and_the_clean_one_is_among_them(
    corruption: Corruption, faces: np.ndarray
) -> None:
    steps = np.diff(corruption.levels)
    assert len(corruption.levels) == 5
    assert (steps > 0).all() or (steps < 0).all()
    assert corruption.clean in corruption.levels
    assert corruption.apply(faces, corruption.clean) is faces


@every_corruption
def test_the_further_from_clean_the_worse(corruption: Corruption, faces: np.ndarray) -> None:
    clean = corruption.levels.index(corruption.clean)
    damage = [
        float(np.abs(corruption.apply(faces, level).astype(float) - faces).mean())
        for level in corruption.levels
    ]
    assert damage[clean] == 0
    assert damage[clean:] == sorted(set(damage[clean:]))
    assert damage[clean::-1] == sorted(set(damage[: clean + 1]))


@every_corruption
def test_pictures_keep_their_form_and_change_the_same_way_again(
    corruption: Corruption, faces: np.ndarray
) -> None:
    for level in corruption.levels:
        changed = corruption.apply(faces, level)
        assert (changed.shape, changed.dtype) == (faces.shape, np.uint8)
        assert np.array_equal(changed, corruption.apply(faces, level))


# --- One by one ---


@pytest.mark.parametrize("sigma", [1, 1.5, 2])
def test_blur_widens_an_edge_by_its_sigma(sigma: float) -> None:
    edge = flat(0, 1)
    edge[:, :, 24:] = 255
    # The slope of a blurred edge is the kernel itself, around the border of columns 23 and 24.
    slope = np.diff(BY_NAME["blur"].apply(edge, sigma)[0, 20].astype(float)) / 255
    assert (slope * (np.arange(47) - 23) ** 2).sum() == pytest.approx(sigma**2, rel=0.1)


def test_noise_has_its_sigma_and_no_bias() -> None:
    added = BY_NAME["noise"].apply(flat(128), 20).astype(float) - 128
    assert added.std() == pytest.approx(20, rel=0.02)
    assert abs(added.mean()) < 0.5
    assert not np.array_equal(added[0], added[1])


def test_brightness_stops_at_black_and_white() -> None:
    brightness = BY_NAME["brightness"]
    assert (brightness.apply(flat(100), 60) == 160).all()
    assert (brightness.apply(flat(100), -60) == 40).all()
    assert (brightness.apply(flat(200), 120) == 255).all()
    assert (brightness.apply(flat(100), -120) == 0).all()


def test_a_square_of_its_share_lies_somewhere_else_on_each_picture() -> None:
    covered = BY_NAME["square"].apply(flat(255, 50), 0.5) == 128
    assert (covered.sum(axis=(1, 2)) == 24 * 24).all()
    assert (covered.any(axis=1).sum(axis=1) == 24).all()
    assert len(np.unique(covered.argmax(axis=2).max(axis=1))) > 10


@pytest.mark.parametrize(
    # 0.39 ± 0.1 of 48 rows is 13.92 to 23.52; 0.76 ± 0.1 is 31.68 to 41.28.
    ("name", "rows"),
    [("eyes", range(14, 24)), ("mouth", range(32, 41))],
)
def test_bands_cover_eyes_or_mouth_from_side_to_side(name: str, rows: range) -> None:
    covered = BY_NAME[name].apply(flat(255), 0.2) == 128
    assert [row for row in range(48) if covered[:, row].all()] == list(rows)
    assert covered.sum() == 4 * len(rows) * 48


def test_the_bands_lie_over_eyes_and_mouth_of_a_real_face(faces: np.ndarray) -> None:
    # The photo's landmarks, marked by hand: eyes at y 101 and 103.5, mouth at 140 and 141, in a
    # frame from 64 that is 114 px high.
    eyes, mouth = (102.25 - 64) / 114 * 48, (140.5 - 64) / 114 * 48
    for name, row in (("eyes", eyes), ("mouth", mouth)):
        changed = (BY_NAME[name].apply(faces, 0.4) != faces).any(axis=(0, 2))
        assert changed[round(row)]


def test_pictures_turn_clockwise_and_anticlockwise_by_turns() -> None:
    top = flat(0)
    top[:, 3:7, 22:26] = 255
    turned = BY_NAME["rotation"].apply(top, 45)
    centres = [np.argwhere(picture > 128).mean(axis=0) for picture in turned]
    # The patch's centre lies 19 px above the middle, (23.5, 23.5): 13.4 px up and to one side.
    for centre, side in zip(centres, (1, -1, 1, -1), strict=True):
        assert centre == pytest.approx([23.5 - 13.4, 23.5 + side * 13.4], abs=0.5)


def test_what_turns_in_from_outside_repeats_the_edge() -> None:
    assert (BY_NAME["rotation"].apply(flat(77), 30) == 77).all()


def test_a_picture_made_smaller_loses_what_is_finer() -> None:
    board = flat(0)
    board[:, ::2, ::2] = board[:, 1::2, 1::2] = 200
    halved = BY_NAME["size"].apply(board, 2)
    assert (halved == 100).all()


def test_jpeg_keeps_flat_pictures() -> None:
    assert np.abs(BY_NAME["jpeg"].apply(flat(90), 5).astype(int) - 90).max() <= 8


# --- Size ---


def test_pictures_are_brought_to_48_rows(faces: np.ndarray) -> None:
    assert np.array_equal(at_common_size(faces), faces)
    doubled = faces.repeat(2, axis=1).repeat(2, axis=2)
    assert np.array_equal(at_common_size(doubled), faces)
    assert at_common_size(np.zeros((2, 24, 12), np.uint8)).shape == (2, 48, 24)
