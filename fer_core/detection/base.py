"""What every face detector is, and the registry of them."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from fer_core.domain.faces import Face
from fer_core.domain.registry import Registry

ImageRGB = npt.NDArray[np.uint8]


class FaceDetector(Protocol):
    """Finds faces in an image.

    A detector is built without arguments, may keep a loaded network, and may be called from
    several threads. It takes any size from 1×1 up, bounds its own work on large images, and
    returns boxes in pixels of the image that it was given.
    """

    def detect(self, image_rgb: ImageRGB) -> tuple[Face, ...]:
        """Find the faces of `image_rgb`.

        Args:
            image_rgb: (H, W, 3) uint8, orientation already applied.

        Returns:
            The faces, largest first; empty when there is none.
        """
        ...


detectors: Registry[type[FaceDetector]] = Registry("detector", "fer_core.detection")


def load_detector(name: str) -> FaceDetector:
    """Build the detector registered under `name`.

    Raises:
        UnknownNameError: There is no such detector.
    """
    return detectors.get(name)()


def largest_first(faces: list[Face]) -> tuple[Face, ...]:
    """Order faces by box area, largest first."""
    return tuple(sorted(faces, key=lambda f: -f.box_xywh[2] * f.box_xywh[3]))
