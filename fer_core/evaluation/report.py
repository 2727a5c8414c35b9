"""A model against a data set: the one place that figures come from."""

from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.domain.emotions import canonical
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.metrics import measure
from fer_core.zoo.classifier import EmotionClassifier

LIBRARIES = ("numpy", "onnxruntime", "opencv-python-headless")


def evaluate(
    classifier: EmotionClassifier, data: FaceDataset, split: str, tta: bool = False
) -> dict[str, Any]:
    """Score a model on one split, through the same path that serves.

    Args:
        classifier: The model.
        data: Labelled faces; their labels must be among the model's.
        split: The split's name.
        tta: Average ten views of each face: five shifts, each mirrored too. Another figure,
            never to be compared with one of a single view.

    Returns:
        What `evaluate --json` prints.

    Raises:
        DatasetError: The split is missing, or the model does not know one of its classes.
    """
    part = data.split(split)
    targets = positions_in(classifier.labels, part)
    if tta:
        views = [classifier.predict(view) for view in ten_views(part.images)]
        probabilities = np.mean(views, axis=0)
    else:
        probabilities = classifier.predict(part.images)
    return {
        "model": classifier.card.name,
        "data": data.name,
        "split": split,
        "tta": tta,
        **measure(probabilities, targets, classifier.labels).to_dict(),
        "data_fingerprint": part.fingerprint(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def positions_in(labels: tuple[str, ...], data: FaceDataset) -> npt.NDArray[np.int64]:
    """The data's targets as positions in a model's labels, matched by name.

    Raises:
        DatasetError: A class of the data is not among the labels.
    """
    known = [canonical(label) for label in labels]
    missing = [label for label in data.labels if canonical(label) not in known]
    if missing:
        raise DatasetError(
            f"{data.name} has classes that the model does not know: {', '.join(missing)}; "
            f"it knows {', '.join(labels)}."
        )
    table = np.array([known.index(canonical(label)) for label in data.labels], np.int64)
    return table[data.targets]


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
