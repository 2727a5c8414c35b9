"""Cartoon faces drawn from numbers, so that training works on a machine without any data.

Mouth, brows and eyes follow what Ekman and Friesen's action units say of each emotion: the
corners of the mouth, how far it opens, the slant and height of the brows, how wide the eyes are.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset, dataset_forms
from fer_core.domain.emotions import FER7_LABELS

SIDE_PX = 48
_CANVAS_PX = 96
_SPLITS = {"Training": 120, "PublicTest": 40, "PrivateTest": 40}


@dataclass(frozen=True, slots=True)
class Expression:
    """A drawn face's shape; every value within -1 and 1, 0 at rest.

    Attributes:
        smile: Corners of the mouth, up.
        mouth_open: How far the mouth opens.
        brow_slant: Inner ends of the brows, down.
        brow_height: Brows, up.
        eye_open: How wide the eyes are.
        nose_wrinkle: Wrinkles beside the nose.
    """

    smile: float = 0.0
    mouth_open: float = 0.0
    brow_slant: float = 0.0
    brow_height: float = 0.0
    eye_open: float = 0.0
    nose_wrinkle: float = 0.0


EXPRESSIONS = {
    "angry": Expression(smile=-0.4, brow_slant=1.0, brow_height=-0.6, eye_open=-0.2),
    "disgust": Expression(
        smile=-0.7, mouth_open=0.2, brow_height=-0.4, eye_open=-0.7, nose_wrinkle=1.0
    ),
    "fear": Expression(smile=-0.3, mouth_open=0.6, brow_slant=-0.8, brow_height=0.8, eye_open=0.9),
    "happy": Expression(smile=1.0, mouth_open=0.3, eye_open=-0.2),
    "sad": Expression(smile=-0.9, brow_slant=-1.0, eye_open=-0.5),
    "surprise": Expression(mouth_open=1.0, brow_height=1.0, eye_open=1.0),
    "neutral": Expression(),
}


@dataset_forms.register("drawn_faces")
class DrawnFaces:
    """The data set that needs no file: 200 faces of each of FER2013's classes, always the same."""

    def accepts(self, path: str) -> bool:
        """The path is the data set's own name."""
        return path == "drawn_faces"

    def read(self, path: str) -> FaceDataset:
        """Draw all faces."""
        random = np.random.default_rng(2013)
        images, targets, splits = [], [], []
        for split, count in _SPLITS.items():
            for target, label in enumerate(FER7_LABELS):
                for _ in range(count):
                    images.append(draw_face(EXPRESSIONS[label], random))
                    targets.append(target)
                    splits.append(split)
        return FaceDataset(
            "Drawn faces",
            FER7_LABELS,
            np.stack(images),
            np.array(targets, np.int64),
            np.array(splits, np.str_),
            "Drawn by this project: free for any use",
        )


def draw_face(expression: Expression, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Draw one face, a little different each time.

    Args:
        expression: Its shape before the small differences.
        random: Source of differences in shape, light, place and size.

    Returns:
        (48, 48) grey uint8.
    """

    def about(value: float, spread: float = 0.12) -> float:
        return float(value + random.normal(0.0, spread))

    skin = int(random.integers(130, 220))
    dark = int(random.integers(10, 60))
    canvas = np.full((_CANVAS_PX, _CANVAS_PX), int(random.integers(20, 240)), np.uint8)
    cx, cy = about(48, 1.5), about(48, 1.5)
    size = about(1.0, 0.04)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(cx + x * size), round(cy + y * size)

    cv2.ellipse(canvas, at(0, 0), (round(36 * size), round(44 * size)), 0, 0, 360, skin, -1)
    eye_height = max(1, round(size * (5 + 3.5 * about(expression.eye_open))))
    brow_y = -20 - 5 * about(expression.brow_height)
    slant = 6 * about(expression.brow_slant)
    for side in (-1, 1):
        cv2.ellipse(canvas, at(15 * side, -9), (round(7 * size), eye_height), 0, 0, 360, 245, -1)
        cv2.circle(canvas, at(15 * side, -9), max(1, min(3, eye_height)), dark, -1)
        cv2.line(
            canvas,
            at(24 * side, brow_y - slant / 2),
            at(7 * side, brow_y + slant),
            dark,
            3,
        )
        if about(expression.nose_wrinkle) > 0.5:
            cv2.line(canvas, at(4 * side, 0), at(10 * side, 4), dark, 1)
    cv2.line(canvas, at(0, -4), at(about(0, 1), 9), dark, 1)
    _draw_mouth(
        canvas,
        at(0, 24),
        size,
        about(expression.smile),
        about(expression.mouth_open),
        dark,
    )

    small = cv2.resize(canvas, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    noisy = small * about(1.0, 0.08) + random.normal(0.0, 6.0, small.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _draw_mouth(
    canvas: npt.NDArray[np.uint8],
    centre: tuple[int, int],
    size: float,
    smile: float,
    opened: float,
    grey: int,
) -> None:
    """Fill the area between two parabolas that meet in the corners of the mouth."""
    xs = np.linspace(-16, 16, 17)
    bend = (xs / 16) ** 2
    upper = -9 * smile * bend + 4 * smile
    lower = upper + (1 - bend) * max(0.0, 16 * opened) + 2
    outline = np.concatenate([np.stack([xs, upper], 1), np.stack([xs, lower], 1)[::-1]])
    points = np.round(outline * size + np.array(centre)).astype(np.int32)
    cv2.fillPoly(canvas, [points], grey)
