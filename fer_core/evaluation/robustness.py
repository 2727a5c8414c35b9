"""How accuracy falls as pictures get worse."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.evaluation.corruptions import CORRUPTIONS, at_common_size
from fer_core.evaluation.shared_classes import match_classes, over_labels
from fer_core.evaluation.splits import evenly_spaced
from fer_core.zoo.classifier import EmotionClassifier


def robustness(
    classifier: EmotionClassifier,
    data: FaceDataset,
    split: str,
    limit: int | None = None,
    shared_classes: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Accuracy of single views at every level of every corruption; the same each time.

    Pictures are brought to a height of 48 px, changed, and read through the path that serves.

    Args:
        classifier: The model.
        data: Labelled faces.
        split: The split's name.
        limit: Use at most so many pictures, every class in its share; None for all. All of
            FER2013's PublicTest takes some minutes on one core.
        shared_classes: As in `evaluate`.
        progress: Called after each level with how many are done, and how many there are.

    Returns:
        Plain values: where the figures come from, n, `clean_accuracy`, and under `corruptions` by
        name `unit`, `clean` (the level that changes nothing), `levels` and their `accuracy`.

    Raises:
        DatasetError: As `evaluate`.
    """
    match = match_classes(data.split(split), classifier.labels, shared=shared_classes)
    chosen = evenly_spaced(match.targets, limit)
    images, targets = at_common_size(match.data.images[chosen]), match.targets[chosen]

    def accuracy(pictures: npt.NDArray[np.uint8]) -> float:
        said = over_labels(classifier.predict(pictures), classifier.labels, match.labels)
        return float((said.argmax(axis=1) == targets).mean())

    steps = [(c, level) for c in CORRUPTIONS for level in c.levels if level != c.clean]
    clean = accuracy(images)
    spoilt: dict[tuple[str, float], float] = {}
    for done, (corruption, level) in enumerate(steps, start=1):
        spoilt[corruption.name, level] = accuracy(corruption.apply(images, level))
        if progress:
            progress(done, len(steps))
    return {
        "model": classifier.card.name,
        "data": data.name,
        "split": split,
        **match.to_dict(),
        "n": len(targets),
        "clean_accuracy": clean,
        "corruptions": {
            corruption.name: {
                "unit": corruption.unit,
                "clean": corruption.clean,
                "levels": list(corruption.levels),
                "accuracy": [spoilt.get((corruption.name, v), clean) for v in corruption.levels],
            }
            for corruption in CORRUPTIONS
        },
    }
