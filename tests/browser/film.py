"""A film of the astronaut for a fake camera: she moves, comes nearer, walks out and comes back."""

from pathlib import Path

import cv2
import numpy as np

from tests.conftest import Image

FPS, MOVING_S, AWAY_S = 30, 7, 5
SIZE_WH = (640, 480)


def moving(photo: Image, number: int) -> Image:
    """A frame of the film, (480, 640, 3) RGB uint8, from the sample photo."""
    second = number / FPS
    turn = 2 * np.pi * second / MOVING_S
    zoom = 1.0 + 0.25 * np.sin(turn)
    x, y = 64 + 90 * np.sin(turn) - 256 * (zoom - 1), -16 - 150 * (zoom - 1)
    if second > MOVING_S:  # out to the right, and back
        x += 560 * min(1.0, 2 * np.sin(np.pi * (second - MOVING_S) / AWAY_S))
    move = np.array([[zoom, 0, x], [0, zoom, y]], np.float32)
    return np.asarray(cv2.warpAffine(photo, move, SIZE_WH, borderValue=(90, 90, 90)), np.uint8)


def write_film(photo: Image, path: Path) -> Path:
    """Write the whole film as the motion JPEG that Chromium plays in a loop."""
    with path.open("wb") as stream:
        for number in range(FPS * (MOVING_S + AWAY_S)):
            bgr = moving(photo, number)[:, :, ::-1]
            stream.write(cv2.imencode(".jpg", bgr)[1].tobytes())
    return path
