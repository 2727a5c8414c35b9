"""What there is to know of a data set before training on it, as plain values."""

from dataclasses import dataclass
from typing import Any

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.duplicates import Duplicates, duplicates


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """A data set in figures.

    Attributes:
        name: What it is called.
        licence: Its terms.
        labels: Its classes, in order.
        images: How many there are.
        size_hw: Height and width of each, in pixels.
        counts: Images for each split and class.
        fingerprint: SHA-256 of all of it, votes included.
        duplicates: What is in it more than once.
        voted: Images that have votes; None if the data has no votes at all.
        groups: How many groups (people) the images belong to; None if that is unknown.
        soft_targets: Whether its targets are distributions.
    """

    name: str
    licence: str
    labels: tuple[str, ...]
    images: int
    size_hw: tuple[int, int]
    counts: dict[str, dict[str, int]]
    fingerprint: str
    duplicates: Duplicates
    voted: int | None
    groups: int | None
    soft_targets: bool

    def to_dict(self) -> dict[str, Any]:
        """The summary as plain values, for JSON or a page."""
        return {
            "name": self.name,
            "licence": self.licence,
            "labels": list(self.labels),
            "images": self.images,
            "size_hw": list(self.size_hw),
            "counts": self.counts,
            "fingerprint": self.fingerprint,
            "duplicates": self.duplicates.to_dict(),
            "voted": self.voted,
            "groups": self.groups,
            "soft_targets": self.soft_targets,
        }


def summarize(data: FaceDataset) -> DatasetSummary:
    """Count a data set's images, votes, groups and duplicates."""
    height, width = data.images.shape[1:3]
    return DatasetSummary(
        name=data.name,
        licence=data.licence,
        labels=data.labels,
        images=len(data.images),
        size_hw=(height, width),
        counts=data.counts(),
        fingerprint=data.fingerprint(),
        duplicates=duplicates(data),
        voted=None if data.votes is None else int(data.votes.any(axis=1).sum()),
        groups=None if data.groups is None else len(set(data.groups.tolist())),
        soft_targets=data.soft_targets is not None,
    )
