"""What a data set is, and the registry of the forms that one comes in."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fer_core.datasets.crowd_votes import VOTE_NAMES, Votes
from fer_core.domain.errors import DatasetError
from fer_core.domain.registry import Registry


@dataclass(frozen=True, slots=True, eq=False)
class FaceDataset:
    """Labelled face pictures in memory.

    Attributes:
        name: What the data is called, for cards and reports.
        labels: Class names; `targets` are positions in it.
        images: (N, H, W) grey uint8, each filled by one face.
        targets: (N,) int64.
        splits: (N,) names of the split each picture belongs to ("Training", "PublicTest", …).
        licence: Terms of the data, for the card of what is trained on it.
        votes: (N, 10) int64 or uint8, how many people chose each of `VOTE_NAMES`; all zeros for a
            picture that nobody was asked about. None where there are none at all.
        groups: (N,) whose picture each is, so that folds can keep a person together; None where
            that is unknown.
        soft_targets: (N, K) float32, a distribution over the labels for each picture; None where
            the targets are all there is.
        corrections: File name, SHA-256 and counts of the label corrections that were applied, for
            the card of what is trained on it; empty where there were none.
    """

    name: str
    labels: tuple[str, ...]
    images: npt.NDArray[np.uint8]
    targets: npt.NDArray[np.int64]
    splits: npt.NDArray[np.str_]
    licence: str = "unknown"
    votes: Votes | None = None
    groups: npt.NDArray[np.str_] | None = None
    soft_targets: npt.NDArray[np.float32] | None = None
    corrections: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        count = len(self.images)
        if len(self.targets) != count or len(self.splits) != count:
            raise DatasetError(
                f"{self.name}: {count} images, {len(self.targets)} targets and "
                f"{len(self.splits)} splits do not belong together."
            )
        if count and not 0 <= self.targets.min() <= self.targets.max() < len(self.labels):
            raise DatasetError(f"{self.name}: a target lies outside the labels {self.labels}.")
        self._check_votes()
        if self.groups is not None and self.groups.shape != (count,):
            raise DatasetError(
                f"{self.name}: expected the group of each of {count} images, got an array of shape "
                f"{self.groups.shape}."
            )

    def _check_votes(self) -> None:
        count = len(self.images)
        if self.votes is not None:
            expected = (count, len(VOTE_NAMES))
            whole = self.votes.dtype.kind in "iu" and self.votes.shape == expected
            if not whole or (count and self.votes.min() < 0):
                raise DatasetError(
                    f"{self.name}: expected votes as counts of shape {expected}, got "
                    f"{self.votes.dtype} of shape {self.votes.shape} or a count below 0."
                )
        soft = self.soft_targets
        if soft is not None and (
            soft.shape != (count, len(self.labels))
            or (soft < 0).any()
            or not np.allclose(soft.sum(axis=1), 1.0, atol=1e-4)
        ):
            raise DatasetError(
                f"{self.name}: expected soft targets of shape {(count, len(self.labels))} whose "
                f"rows are 0 or more and sum to 1, got shape {soft.shape} or other rows."
            )

    def split(self, name: str) -> "FaceDataset":
        """The part of the data whose split is `name`.

        Raises:
            DatasetError: No picture belongs to it; the text lists the splits there are.
        """
        chosen = self.splits == name
        if not chosen.any():
            known = ", ".join(sorted(set(self.splits.tolist())))
            there = f"expected one of {known}" if known else "it has no pictures at all"
            raise DatasetError(f"{self.name} has no split {name!r}: {there}.")
        return self.part(chosen)

    def part(self, chosen: slice | npt.NDArray[np.bool_ | np.int64]) -> "FaceDataset":
        """The pictures that a slice, a mask or positions choose, with all that is known of them."""
        return replace(
            self,
            images=self.images[chosen],
            targets=self.targets[chosen],
            splits=self.splits[chosen],
            votes=None if self.votes is None else self.votes[chosen],
            groups=None if self.groups is None else self.groups[chosen],
            soft_targets=None if self.soft_targets is None else self.soft_targets[chosen],
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """Pictures for each split and class: `{split: {label: n}}`."""
        table: dict[str, dict[str, int]] = {}
        for split in sorted(set(self.splits.tolist())):
            found = Counter(self.targets[self.splits == split].tolist())
            table[split] = {label: found[i] for i, label in enumerate(self.labels)}
        return table

    def fingerprint(self, *, votes: bool = True) -> str:
        """SHA-256 over all that a model can learn from: it changes with any of it.

        That is labels, pixels, targets, splits and, where there are any, votes and soft targets.
        Groups are left out: they say how folds may be drawn, not what is in a picture.

        Args:
            votes: Whether votes and soft targets count. Without them, data has one fingerprint
                whether or not a file of votes lay beside it: right for what rests on the targets
                alone.
        """
        digest = hashlib.sha256("\n".join(self.labels).encode())
        digest.update(repr(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images).tobytes())
        digest.update(self.targets.astype("<i8").tobytes())
        digest.update("\n".join(self.splits.tolist()).encode())
        if votes and self.votes is not None:
            digest.update(b"votes" + self.votes.astype("<i8").tobytes())
        if votes and self.soft_targets is not None:
            digest.update(b"soft_targets" + self.soft_targets.astype("<f4").tobytes())
        return digest.hexdigest()


class DatasetForm(Protocol):
    """A form in which a user holds data."""

    def accepts(self, path: str) -> bool:
        """Whether this form reads what lies at `path` (or is called that); quick to tell."""
        ...

    def read(self, path: str) -> FaceDataset:
        """Read all of it.

        Raises:
            DatasetError: Something in it is wrong; the text names the line or file.
        """
        ...


dataset_forms: Registry[type[DatasetForm]] = Registry("data set form", "fer_core.datasets")


def open_dataset(path: str) -> FaceDataset:
    """Read the data at `path` in whichever form accepts it; "drawn_faces" needs no file.

    Raises:
        DatasetError: Nothing is there, or no form reads it.
    """
    try:
        return find_form(path).read(path)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}).") from None


def find_form(path: str) -> DatasetForm:
    """The form that reads the data at `path`, told at a glance, without reading it all.

    Raises:
        DatasetError: Nothing is there, or no form reads it.
    """
    try:
        for name in dataset_forms.names():
            form = dataset_forms.get(name)()
            if form.accepts(path):
                return form
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}).") from None
    if not Path(path).exists():
        raise DatasetError(f"No data at {path!r}: expected a file, a folder or 'drawn_faces'.")
    raise DatasetError(
        f"Cannot tell what data {path!r} holds: expected fer2013.csv (columns emotion, pixels, "
        "Usage) or an .npz pack of it, an .npz with the arrays images and labels, or a folder or "
        "ZIP of class folders (ROOT/happy/…, ROOT/train/happy/…)."
    )
