"""Grey samples of more than 8 bits, brought to 8 without clipping."""

import numpy as np
import numpy.typing as npt
from PIL import ImageFile

_TIFF_BITS_PER_SAMPLE = 258
_TIFF_PHOTOMETRIC = 262
_CHUNK = 1 << 20


def grey_of_wide(image: ImageFile.ImageFile) -> npt.NDArray[np.uint8]:
    """Grey samples of more than 8 bits as 8; Pillow's own conversion clips them at 255."""
    samples = np.asarray(image)
    tags = getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16"):
        # The high byte, which is also what Pillow makes of 16-bit colour.
        bits = 12 if tags.get(_TIFF_BITS_PER_SAMPLE) == (12,) else 16
        grey = (samples >> (bits - 8)).astype(np.uint8)
    else:
        grey = _rescaled(samples)
    if tags.get(_TIFF_PHOTOMETRIC) == 0:  # white is zero
        grey = 255 - grey
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey[samples == transparent] = 255
    return grey


def _rescaled(samples: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """32-bit integer or float samples, whose white no standard fixes, as 8-bit.

    White is 1, 255 or 65535 where the brightest sample lies within the upper fifteen sixteenths
    of that scale, else the brightest sample; black is 0, or the darkest sample if negative.
    """
    flat = samples.reshape(-1)
    grey = np.zeros(flat.shape, np.uint8)
    finite = flat[np.isfinite(flat)]
    if finite.size:
        low, high = float(finite.min()), float(finite.max())
        black = min(low, 0.0)
        white = next((w for w in (1.0, 255.0, 65535.0) if w / 16 <= high <= w), high)
        gain = 255.0 / (white - black) if white > black else 0.0
        for start in range(0, flat.size, _CHUNK):  # float64 of the whole would be 800 MB
            with np.errstate(invalid="ignore"):  # a signalling NaN
                part = flat[start : start + _CHUNK].astype(np.float64)
            part = np.nan_to_num(part, nan=black, posinf=white, neginf=black)
            grey[start : start + _CHUNK] = np.rint(np.clip((part - black) * gain, 0, 255))
    return grey.reshape(samples.shape)
