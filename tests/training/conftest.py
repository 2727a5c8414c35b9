"""A handful of faces, for what needs training but not its outcome."""

import dataclasses

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset


@pytest.fixture(scope="session")
def few_faces(drawn_faces: FaceDataset) -> FaceDataset:
    """Eight drawn faces of each class in Training, two in PublicTest."""
    chosen = np.concatenate(
        [
            np.flatnonzero((drawn_faces.splits == split) & (drawn_faces.targets == target))[:count]
            for split, count in (("Training", 8), ("PublicTest", 2))
            for target in range(7)
        ]
    )
    return dataclasses.replace(
        drawn_faces,
        images=drawn_faces.images[chosen],
        targets=drawn_faces.targets[chosen],
        splits=drawn_faces.splits[chosen],
    )
