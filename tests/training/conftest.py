"""A handful of faces, for what needs training but not its outcome."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.crowd_votes import VOTE_NAMES
from fer_core.datasets.label_sets import LABEL_SETS
from fer_core.domain.emotions import FER7_LABELS
from fer_core.training.recipe import Recipe


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


@pytest.fixture(scope="session")
def faces_for(few_faces: FaceDataset) -> Callable[[Recipe], FaceDataset]:
    """Call with a recipe: as many drawn faces, whatever they show, under the labels it needs.

    They have votes and groups too, and no splits if the recipe divides the data itself.
    """

    def build(recipe: Recipe) -> FaceDataset:
        labels = LABEL_SETS[recipe.labels].labels if recipe.labels else FER7_LABELS
        count = len(few_faces.targets)
        votes = np.random.default_rng(1).integers(0, 5, (count, len(VOTE_NAMES)))
        return dataclasses.replace(
            few_faces,
            labels=labels,
            targets=few_faces.targets % len(labels),
            splits=few_faces.splits if recipe.holdout is None else np.full(count, "All"),
            votes=votes,
            groups=np.array([f"S{i // 3:03}" for i in range(count)]),
        )

    return build
