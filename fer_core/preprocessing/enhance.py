"""Optional clean-up steps on a face crop, each by name, each uint8 in and uint8 out.

Colour crops are enhanced in brightness only (the Y of YCrCb), so that skin keeps its hue.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Crop = npt.NDArray[np.uint8]


def clahe(grey: Crop) -> Crop:
    """Contrast-limited adaptive histogram equalisation (Zuiderveld 1994), 4×4 tiles, limit 2."""
    return np.asarray(cv2.createCLAHE(clipLimit=2.0, tileGridSize=(4, 4)).apply(grey), np.uint8)


def equalize(grey: Crop) -> Crop:
    """Global histogram equalisation."""
    return np.asarray(cv2.equalizeHist(grey), np.uint8)


def denoise(grey: Crop) -> Crop:
    """3×3 median filter: removes speckle and keeps edges."""
    return np.asarray(cv2.medianBlur(grey, 3), np.uint8)


def gamma(grey: Crop) -> Crop:
    """Gamma correction that brings the mean grey level to the middle (0.5), within 0.4 to 2.5."""
    mean = float(np.clip(grey.mean() / 255.0, 1e-3, 1 - 1e-3))
    exponent = float(np.clip(np.log(0.5) / np.log(mean), 0.4, 2.5))
    table = np.round(255.0 * (np.arange(256) / 255.0) ** exponent).astype(np.uint8)
    return table[grey]


ENHANCE_STEPS: dict[str, Callable[[Crop], Crop]] = {
    "clahe": clahe,
    "equalize": equalize,
    "denoise": denoise,
    "gamma": gamma,
}


def enhance(crop: Crop, steps: tuple[str, ...]) -> Crop:
    """Apply the named steps in order.

    Args:
        crop: (H, W) grey or (H, W, 3) RGB, uint8.
        steps: Keys of `ENHANCE_STEPS`.

    Returns:
        A crop of the same shape.
    """
    for name in steps:
        step = ENHANCE_STEPS[name]
        if crop.ndim == 2:
            crop = step(crop)
        else:
            ycrcb = cv2.cvtColor(crop, cv2.COLOR_RGB2YCrCb)
            ycrcb[..., 0] = step(np.ascontiguousarray(ycrcb[..., 0]))
            crop = np.asarray(cv2.cvtColor(ycrcb, cv2.COLOR_YCrCb2RGB), np.uint8)
    return crop
