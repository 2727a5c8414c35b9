"""Faces with OpenCV's Haar cascade: the classical baseline, frontal faces only.

P. Viola, M. Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features", CVPR 2001;
the cascade is R. Lienhart's `haarcascade_frontalface_default.xml`, which OpenCV carries.
"""

import math
import threading
from pathlib import Path

import cv2
import cv2.data
import numpy as np

from fer_core.detection.base import ImageRGB, detectors, largest_first
from fer_core.detection.geometry import belongs, carried, distinct
from fer_core.domain.errors import ModelError
from fer_core.domain.faces import Face
from fer_core.domain.scaling import scaled

_CASCADE = "haarcascade_frontalface_default.xml"
_WINDOW = 24  # the cascade's own, in pixels; it finds nothing smaller
WORKING_SIDE = 640
LEAST_SHARE = 1 / 12  # of the shorter side: what is smaller is mostly a mistake
_SCALE_STEP = 1.1
_NEIGHBOURS = 4

# The cascade wants some surroundings. A face that fills the image is found on a small copy with a
# border around it: on FER2013 that lifts the share found from 55 to 72 %.
_OVERVIEW_SIDE = 160
_OVERVIEW_BORDER = 32
_OVERVIEW_LEAST_SHARE = 0.4

# The last stage's sum is no probability; the logistic only brings it into 0 to 1, in order. On 34
# photos 40 % of the mistakes had a sum under 2, and 3 % of the faces.
_MIDDLE_SUM = 2.0
_LEAST_SCORE = 0.5


@detectors.register("haar")
class HaarDetector:
    """Finds upright frontal faces, without landmarks.

    The score is 1 / (1 + exp(2 - s)) for a sum s of the cascade's last stage; faces under 0.5 are
    left out.

    Raises:
        ModelError: OpenCV came without its cascade.
    """

    def __init__(self) -> None:
        path = Path(cv2.data.haarcascades) / _CASCADE
        self._cascade = cv2.CascadeClassifier(str(path))
        if self._cascade.empty():
            raise ModelError(f"Cannot read {path}: install opencv-python-headless below version 5.")
        self._lock = threading.Lock()

    def detect(self, image_rgb: ImageRGB) -> tuple[Face, ...]:
        """Find faces of a twelfth of the shorter side and more; see `FaceDetector`."""
        height, width = image_rgb.shape[:2]
        return largest_first(self.find(image_rgb, min(height, width) * LEAST_SHARE))

    def find(self, image_rgb: ImageRGB, least_px: float) -> list[Face]:
        """Find faces of at least `least_px` pixels a side, in a photo or a part of one."""
        image_rgb = np.ascontiguousarray(image_rgb)
        grey = np.asarray(cv2.cvtColor(image_rgb, cv2.COLOR_RGB2GRAY), np.uint8)
        longer, shorter = max(grey.shape), min(grey.shape)
        overview_least = max(least_px, shorter * _OVERVIEW_LEAST_SHARE)
        if longer <= _OVERVIEW_SIDE:
            return self._sweep(grey, _OVERVIEW_SIDE / longer, _OVERVIEW_BORDER, least_px)
        found = self._sweep(grey, _OVERVIEW_SIDE / longer, _OVERVIEW_BORDER, overview_least)
        found += self._sweep(grey, min(1.0, WORKING_SIDE / longer), 0, least_px)
        return distinct(found)

    def _sweep(self, grey: ImageRGB, factor: float, border: int, least_px: float) -> list[Face]:
        """Run the cascade over a scaled copy with a border; faces in pixels of `grey`."""
        view = scaled(grey, factor)
        even = cv2.equalizeHist(view)
        framed = cv2.copyMakeBorder(even, *(border,) * 4, borderType=cv2.BORDER_REPLICATE)
        least = max(_WINDOW, round(least_px * factor))
        with self._lock:  # a cascade keeps buffers between two calls
            boxes, _, sums = self._cascade.detectMultiScale3(
                framed, _SCALE_STEP, _NEIGHBOURS, 0, (least, least), outputRejectLevels=True
            )
        found = [
            Face((float(x - border), float(y - border), float(w), float(h)), _score(float(s)))
            for (x, y, w, h), s in zip(boxes, sums, strict=True)
        ]
        faces = [carried(face, view, grey) for face in found if face.score >= _LEAST_SCORE]
        return [face for face in faces if belongs(face, grey)]


def _score(last_sum: float) -> float:
    return 1.0 / (1.0 + math.exp(_MIDDLE_SUM - last_sum))
