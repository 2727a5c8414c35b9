"""Faces in named rows as one picture."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from webapp.components.training.face_grid import face_grid

SIDE, STEP, NAME = 96, 104, 176


def pixels(png: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_faces_stand_in_rows_of_their_class() -> None:
    white = np.full((2, 48, 48), 255, np.uint8)
    red = np.zeros((1, 20, 30, 3), np.uint8)
    red[..., 0] = 255
    grid = pixels(face_grid([("happy", white), ("sad", red)]))
    assert grid.shape == (2 * STEP, NAME + 2 * STEP, 4)
    assert grid[40, NAME + 40].tolist() == [255, 255, 255, 255]
    assert grid[STEP + 40, NAME + 40].tolist() == [255, 0, 0, 255]
    assert grid[STEP + 40, NAME + STEP + 40, 3] == 0  # no face, so the page shows through
    assert grid[:SIDE, :NAME, 3].any()  # the name


def test_a_channel_of_its_own_is_grey() -> None:
    grid = pixels(face_grid([("happy", np.full((1, 8, 8, 1), 100, np.uint8))]))
    assert grid[40, NAME + 40].tolist() == [100, 100, 100, 255]


def test_the_first_may_stand_apart() -> None:
    faces = np.full((3, 8, 8), 200, np.uint8)
    grid = pixels(face_grid([("happy", faces)], apart=1))
    assert grid.shape[1] == NAME + 3 * STEP + 16
    assert grid[40, NAME + SIDE + 12, 3] == 0
    assert grid[40, NAME + STEP + 16 + 40, 3] == 255


def test_nothing_is_a_picture_too() -> None:
    assert pixels(face_grid([])).shape[2] == 4
