"""The whole image taken as one face: for data sets and photos that are already cropped."""

from fer_core.detection.base import ImageRGB, detectors
from fer_core.domain.faces import Face


def whole_image(width: int, height: int) -> Face:
    """The face that fills an image of that size, in pixels."""
    return Face((0.0, 0.0, float(width), float(height)), 1.0, framed=True)


@detectors.register("full_frame")
class FullFrameDetector:
    """Answers one face for every image: all of it."""

    def detect(self, image_rgb: ImageRGB) -> tuple[Face, ...]:
        """Return the whole image as one face of score 1, without landmarks."""
        height, width = image_rgb.shape[:2]
        return (whole_image(width, height),)
