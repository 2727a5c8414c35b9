"""Faces with the Haar cascade, searched for only where the colour is that of skin.

D. Chai, K. N. Ngan, "Face Segmentation Using Skin-Color Map in Videophone Applications", IEEE
Transactions on Circuits and Systems for Video Technology 9(4), 1999: skin of all tones lies within
133 to 173 in Cr and 77 to 127 in Cb.
"""

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.detection.base import ImageRGB, detectors, largest_first
from fer_core.detection.geometry import carried, distinct
from fer_core.detection.haar import LEAST_SHARE, WORKING_SIDE, HaarDetector
from fer_core.domain.faces import Face
from fer_core.domain.scaling import scaled

_CRCB_LOW, _CRCB_HIGH = (133, 77), (173, 127)
_CLEAN_UP_SHARE = 0.1  # of the smallest face: specks under it go, gaps such as eyes are closed
_REGION_MARGIN = 0.3  # the map leaves out hair and brows, and the cascade wants surroundings
_LEAST_SKIN = 0.4  # share of skin in a face's box


@detectors.register("skin_haar")
class SkinHaarDetector:
    """Finds upright frontal faces in colour photos, without landmarks.

    A grey photo has no skin colour: nothing is found in it. Scores are `HaarDetector`'s.

    Raises:
        ModelError: OpenCV came without its cascade.
    """

    def __init__(self) -> None:
        self._haar = HaarDetector()

    def detect(self, image_rgb: ImageRGB) -> tuple[Face, ...]:
        """Find faces of a twelfth of the shorter side and more; see `FaceDetector`."""
        image_rgb = np.ascontiguousarray(image_rgb)
        view = scaled(image_rgb, min(1.0, WORKING_SIDE / max(image_rgb.shape[:2])))
        least_px = min(view.shape[:2]) * LEAST_SHARE
        skin = skin_mask(view, least_px)
        found: list[Face] = []
        for left, top, right, bottom in _regions(skin, least_px):
            for face in self._haar.find(view[top:bottom, left:right], least_px):
                found.append(face.mapped(1.0, left, top))
        found = [face for face in distinct(found) if _skin_share(face, skin) >= _LEAST_SKIN]
        return largest_first([carried(face, view, image_rgb) for face in found])


def skin_mask(image_rgb: ImageRGB, least_px: float) -> npt.NDArray[np.uint8]:
    """Mark the pixels of skin colour, cleaned up by opening and closing.

    Args:
        image_rgb: (H, W, 3) uint8.
        least_px: Side of the smallest face of interest, in pixels.

    Returns:
        (H, W) uint8, 1 for skin and 0 for the rest.
    """
    crcb = np.ascontiguousarray(cv2.cvtColor(image_rgb, cv2.COLOR_RGB2YCrCb)[..., 1:])
    mask = cv2.inRange(crcb, np.array(_CRCB_LOW), np.array(_CRCB_HIGH)) // 255
    side = 2 * round(least_px * _CLEAN_UP_SHARE / 2) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
    return np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel), np.uint8)


def _regions(skin: npt.NDArray[np.uint8], least_px: float) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of the connected regions that can hold a face, with a margin."""
    height, width = skin.shape
    boxes = []
    for x, y, w, h, area in cv2.connectedComponentsWithStats(skin)[2][1:].tolist():
        if area < _LEAST_SKIN * least_px**2:
            continue
        margin = round(max(_REGION_MARGIN * max(w, h), least_px / 2))
        left, top = max(0, x - margin), max(0, y - margin)
        boxes.append((left, top, min(width, x + w + margin), min(height, y + h + margin)))
    return boxes


def _skin_share(face: Face, skin: npt.NDArray[np.uint8]) -> float:
    """Share of skin in the part of the face's box that lies in the image, 0 to 1."""
    x, y, w, h = (round(value) for value in face.box_xywh)
    inside = skin[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    return float(inside.mean()) if inside.size else 0.0
