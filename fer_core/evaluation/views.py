"""What a model says of pictures, from one view of each or from ten."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.zoo.classifier import EmotionClassifier


def predict_views(
    classifier: EmotionClassifier, images: npt.NDArray[np.uint8], tta: bool = False
) -> npt.NDArray[np.floating[Any]]:
    """Probabilities through the path that serves.

    Args:
        classifier: The model.
        images: (N, H, W) grey uint8, each filled by one face.
        tta: Average `ten_views` of each.

    Returns:
        (N, K), in the order of the model's labels.
    """
    if not tta:
        return classifier.predict(images)
    return np.asarray(np.mean([classifier.predict(view) for view in ten_views(images)], axis=0))


def ten_views(images: npt.NDArray[np.uint8], shift_px: int = 2) -> list[npt.NDArray[np.uint8]]:
    """(N, H, W) pictures shifted to the centre and four corners, and each mirrored."""
    height, width = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (shift_px, shift_px), (shift_px, shift_px)), mode="edge")
    middle, end = shift_px, 2 * shift_px
    views = []
    for top, left in ((middle, middle), (0, 0), (0, end), (end, 0), (end, end)):
        view = padded[:, top : top + height, left : left + width]
        views += [view, view[:, :, ::-1]]
    return views
