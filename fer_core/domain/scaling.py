"""Making an image smaller or larger."""

import cv2
import numpy as np
import numpy.typing as npt


def scaled(image: npt.NDArray[np.uint8], factor: float) -> npt.NDArray[np.uint8]:
    """Resize an image, averaging areas when it shrinks.

    Args:
        image: (H, W) or (H, W, 3) uint8.
        factor: New size over old size; a side never falls under 1 pixel.

    Returns:
        The resized image; for a size that stays the same, the image itself.
    """
    height, width = image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if size == (width, height):
        return image
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
