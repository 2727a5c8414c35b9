"""A face found in an image."""

import math
from dataclasses import dataclass

Point = tuple[float, float]

LANDMARK_NAMES = ("right_eye", "left_eye", "nose_tip", "right_mouth", "left_mouth")
"""Order of the five landmarks; right and left are the person's own."""


@dataclass(frozen=True, slots=True)
class Face:
    """One detected face, in pixels of the image that it was found in.

    Attributes:
        box_xywh: Left, top, width and height in pixels; forehead to chin, may leave the image.
        score: The detector's confidence, 0 to 1.
        landmarks_xy: Five points in the order of `LANDMARK_NAMES`, or none.
        framed: The box is already a crop as somebody made it, so no margin is applied to it.
    """

    box_xywh: tuple[float, float, float, float]
    score: float
    landmarks_xy: tuple[Point, ...] = ()
    framed: bool = False

    def __post_init__(self) -> None:
        if len(self.box_xywh) != 4 or not all(math.isfinite(v) for v in self.box_xywh):
            raise ValueError(f"box_xywh must be four finite numbers, got {self.box_xywh}")
        if self.box_xywh[2] <= 0 or self.box_xywh[3] <= 0:
            raise ValueError(f"box_xywh must have a positive size, got {self.box_xywh}")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score must be within 0 and 1, got {self.score}")
        if len(self.landmarks_xy) not in (0, len(LANDMARK_NAMES)):
            raise ValueError(f"landmarks_xy must be 0 or 5 points, got {len(self.landmarks_xy)}")

    @property
    def centre_xy(self) -> Point:
        """Centre of the box, in pixels."""
        x, y, w, h = self.box_xywh
        return x + w / 2, y + h / 2

    @property
    def side_px(self) -> float:
        """The longer side of the box, in pixels."""
        return max(self.box_xywh[2], self.box_xywh[3])

    def mapped(self, factor: float, dx: float = 0.0, dy: float = 0.0) -> "Face":
        """The same face after scaling by `factor` and then shifting by (`dx`, `dy`) pixels."""
        x, y, w, h = self.box_xywh
        return Face(
            (x * factor + dx, y * factor + dy, w * factor, h * factor),
            self.score,
            tuple((px * factor + dx, py * factor + dy) for px, py in self.landmarks_xy),
            self.framed,
        )
