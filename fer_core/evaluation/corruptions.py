"""What a camera, a network or a hand may do to a picture of a face, in rising strength."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.domain.scaling import scaled

Images = npt.NDArray[np.uint8]

SIDE_PX = 48
"""Height that pictures are brought to first, so that levels mean the same for all data."""

_GREY = 128
_SEED = 0

# Height in the frame of eyes and mouth: medians of YuNet's landmarks on 1,811 of 1,904 FER2013
# `Training` pictures (every fifteenth; those with exactly one face found).
_EYES, _MOUTH = 0.39, 0.76


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way to spoil a picture.

    Attributes:
        name: What it is called in reports.
        unit: What a level counts.
        clean: The level that changes nothing.
        levels: From slight to strong, `clean` among them.
        change: (N, H, W) grey uint8 and a level to as many pictures of that shape.
    """

    name: str
    unit: str
    clean: float
    levels: tuple[float, ...]
    change: Callable[[Images, float], Images]

    def apply(self, images: Images, level: float) -> Images:
        """The pictures at a level; the same ones at the level that changes nothing."""
        return images if level == self.clean else self.change(images, level)


def at_common_size(images: Images) -> Images:
    """(N, H, W) pictures brought to a height of `SIDE_PX`."""
    return _each(images, lambda image: scaled(image, SIDE_PX / image.shape[0]))


def _each(images: Images, change: Callable[[Images], object]) -> Images:
    return np.stack([np.asarray(change(image), np.uint8) for image in images])


def _blur(images: Images, sigma_px: float) -> Images:
    border = cv2.BORDER_REPLICATE
    return _each(images, lambda i: cv2.GaussianBlur(i, (0, 0), sigma_px, borderType=border))


def _noise(images: Images, sigma: float) -> Images:
    noise = np.random.default_rng(_SEED).standard_normal(images.shape, np.float32)
    return np.asarray(np.clip(np.rint(images + sigma * noise), 0, 255), np.uint8)


def _brightness(images: Images, added: float) -> Images:
    return np.asarray(np.clip(images + np.int16(added), 0, 255), np.uint8)


def _square(images: Images, share: float) -> Images:
    """A grey square at a place drawn for each picture, by the same draw at every level."""
    height, width = images.shape[1:]
    side = round(share * height)
    places = np.random.default_rng(_SEED).random((len(images), 2))
    corners = (places * (height - side + 1, width - side + 1)).astype(np.int64)
    covered = images.copy()
    for image, (top, left) in zip(covered, corners, strict=True):
        image[top : top + side, left : left + side] = _GREY
    return covered


def _band(centre: float) -> Callable[[Images, float], Images]:
    """A grey band from side to side."""

    def cover(images: Images, share: float) -> Images:
        height = images.shape[1]
        covered = images.copy()
        top, bottom = (round((centre + half) * height) for half in (-share / 2, share / 2))
        covered[:, top:bottom] = _GREY
        return covered

    return cover


def _rotation(images: Images, degrees: float) -> Images:
    """Every other picture clockwise, the rest anticlockwise; what lies outside repeats the edge."""
    height, width = images.shape[1:]
    middle = ((width - 1) / 2, (height - 1) / 2)
    turns = [cv2.getRotationMatrix2D(middle, sign * degrees, 1.0) for sign in (-1, 1)]
    turned = [
        cv2.warpAffine(image, turns[index % 2], (width, height), borderMode=cv2.BORDER_REPLICATE)
        for index, image in enumerate(images)
    ]
    return np.stack(turned).astype(np.uint8)


def _jpeg(images: Images, quality: float) -> Images:
    def compress(image: Images) -> object:
        _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
        return cv2.imdecode(content, cv2.IMREAD_GRAYSCALE)

    return _each(images, compress)


def _small(images: Images, factor: float) -> Images:
    size = images.shape[2], images.shape[1]
    return _each(images, lambda image: cv2.resize(scaled(image, 1 / factor), size))


CORRUPTIONS = (
    Corruption("blur", "sigma, px", 0, (0, 0.5, 1, 1.5, 2), _blur),
    Corruption("noise", "sigma, grey levels", 0, (0, 5, 10, 20, 40), _noise),
    Corruption("brightness", "grey levels added", 0, (-120, -60, 0, 60, 120), _brightness),
    Corruption("square", "side, share of the height", 0, (0, 0.2, 0.3, 0.4, 0.5), _square),
    Corruption("eyes", "band, share of the height", 0, (0, 0.1, 0.2, 0.3, 0.4), _band(_EYES)),
    Corruption("mouth", "band, share of the height", 0, (0, 0.1, 0.2, 0.3, 0.4), _band(_MOUTH)),
    Corruption("rotation", "degrees either way", 0, (0, 10, 20, 30, 45), _rotation),
    Corruption("jpeg", "quality (100: not compressed)", 100, (100, 60, 30, 15, 5), _jpeg),
    Corruption("size", "times smaller", 1, (1, 1.5, 2, 3, 4), _small),
)
