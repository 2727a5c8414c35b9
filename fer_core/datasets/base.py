"""What a data set is, and the registry of the forms that one comes in."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

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
    """

    name: str
    labels: tuple[str, ...]
    images: npt.NDArray[np.uint8]
    targets: npt.NDArray[np.int64]
    splits: npt.NDArray[np.str_]
    licence: str = "unknown"

    def __post_init__(self) -> None:
        count = len(self.images)
        if len(self.targets) != count or len(self.splits) != count:
            raise DatasetError(
                f"{self.name}: {count} images, {len(self.targets)} targets and "
                f"{len(self.splits)} splits do not belong together."
            )
        if count and not 0 <= self.targets.min() <= self.targets.max() < len(self.labels):
            raise DatasetError(f"{self.name}: a target lies outside the labels {self.labels}.")

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
        """The pictures that a slice, a mask or positions choose."""
        return replace(
            self,
            images=self.images[chosen],
            targets=self.targets[chosen],
            splits=self.splits[chosen],
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """Pictures for each split and class: `{split: {label: n}}`."""
        table: dict[str, dict[str, int]] = {}
        for split in sorted(set(self.splits.tolist())):
            found = Counter(self.targets[self.splits == split].tolist())
            table[split] = {label: found[i] for i, label in enumerate(self.labels)}
        return table

    def fingerprint(self) -> str:
        """SHA-256 over labels, pixels, targets and splits: it changes with any of them."""
        digest = hashlib.sha256("\n".join(self.labels).encode())
        digest.update(repr(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images).tobytes())
        digest.update(self.targets.astype("<i8").tobytes())
        digest.update("\n".join(self.splits.tolist()).encode())
        return digest.hexdigest()


class DatasetForm(Protocol):
    """A form in which a user holds data."""

    def accepts(self, path: str) -> bool:
        """Whether this form reads what lies at `path` (or is called that)."""
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
    forms = [dataset_forms.get(name)() for name in dataset_forms.names()]
    try:
        for form in forms:
            if form.accepts(path):
                return form.read(path)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}).") from None
    if not Path(path).exists():
        raise DatasetError(f"No data at {path!r}: expected a file, a folder or 'drawn_faces'.")
    raise DatasetError(
        f"Cannot tell what data {path!r} holds: expected fer2013.csv (columns emotion, pixels, "
        "Usage) or an .npz pack of it, or a folder of class folders (ROOT/happy/…, "
        "ROOT/train/happy/…)."
    )
