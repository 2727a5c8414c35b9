"""Pictures that are in a data set more than once, pixel by pixel, and what that spoils.

A picture of a test split that is in the training split too is no test; two copies with different
labels cannot both be right.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from fer_core.datasets.base import FaceDataset


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two splits share, or one split holds more than once (then both names are the same).

    Attributes:
        splits: The two splits' names.
        pictures: Different pictures that are in both.
        images: Images of each of the two splits that show them.
        conflicting: Of these pictures, how many have several labels in the two splits.
    """

    splits: tuple[str, str]
    pictures: int
    images: tuple[int, int]
    conflicting: int


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The exact duplicates in a data set.

    Attributes:
        groups: Positions of the images that show the same picture, for each picture with two or
            more, in the order of the data.
        conflicting: Pictures among them that have several labels.
        overlaps: For each pair of splits that shares a picture, and each split that repeats one.
    """

    groups: tuple[tuple[int, ...], ...] = field(repr=False)
    conflicting: int
    overlaps: tuple[Overlap, ...]

    @property
    def copies(self) -> int:
        """Images beyond the first of their picture."""
        return sum(len(group) - 1 for group in self.groups)

    def across_splits(self) -> tuple[Overlap, ...]:
        """The overlaps of two different splits."""
        return tuple(o for o in self.overlaps if o.splits[0] != o.splits[1])

    def to_dict(self) -> dict[str, Any]:
        """The figures as plain values; positions are left out."""
        return {
            "pictures": len(self.groups),
            "copies": self.copies,
            "conflicting": self.conflicting,
            "overlaps": [
                {
                    "splits": list(overlap.splits),
                    "pictures": overlap.pictures,
                    "images": list(overlap.images),
                    "conflicting": overlap.conflicting,
                }
                for overlap in self.overlaps
            ],
        }


def duplicates(data: FaceDataset) -> Duplicates:
    """Find the images of a data set that are equal pixel by pixel, by SHA-256 of their pixels."""
    by_pixels: dict[bytes, list[int]] = defaultdict(list)
    for i, image in enumerate(np.ascontiguousarray(data.images)):
        by_pixels[hashlib.sha256(image.tobytes()).digest()].append(i)
    groups = tuple(tuple(group) for group in by_pixels.values() if len(group) > 1)
    splits = sorted(set(data.splits.tolist()))
    overlaps = (
        _overlap(data, groups, first, second)
        for first, second in combinations_with_replacement(splits, 2)
    )
    return Duplicates(
        groups,
        sum(_disagree(data, list(group)) for group in groups),
        tuple(overlap for overlap in overlaps if overlap.pictures),
    )


def _overlap(
    data: FaceDataset, groups: tuple[tuple[int, ...], ...], first: str, second: str
) -> Overlap:
    pictures = conflicting = 0
    images = [0, 0]
    for group in groups:
        sides = [[i for i in group if data.splits[i] == split] for split in (first, second)]
        if not all(sides) or (first == second and len(sides[0]) < 2):
            continue
        pictures += 1
        images = [count + len(side) for count, side in zip(images, sides, strict=True)]
        conflicting += _disagree(data, sides[0] + sides[1])
    return Overlap((first, second), pictures, (images[0], images[1]), conflicting)


def _disagree(data: FaceDataset, positions: list[int]) -> bool:
    return len(set(data.targets[positions].tolist())) > 1
