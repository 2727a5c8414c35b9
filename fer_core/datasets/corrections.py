"""What people found wrong in a data set's labels: a small file, applied before training.

It names a picture by its pixels, so that it holds for the same data in any form and order.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.domain.emotions import canonical
from fer_core.domain.errors import DatasetError
from fer_core.domain.whole_files import write_whole

EXCLUDE = "(exclude)"
"""The label of a picture that is not to be trained on."""

_HEADER = ["picture", "label"]
_PICTURE = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the file.

    Attributes:
        picture: As `picture_id` gives it.
        label: The class that it shows, or `EXCLUDE`.
    """

    picture: str
    label: str

    def __post_init__(self) -> None:
        if not _PICTURE.fullmatch(self.picture) or not self.label:
            raise ValueError(
                f"expected 16 hexadecimal digits and a label, got {self.picture!r} and "
                f"{self.label!r}"
            )


@dataclass(frozen=True, slots=True)
class CorrectionCount:
    """What became of corrections.

    Attributes:
        relabelled: Pictures of the split that were given a label.
        excluded: Pictures of the split that were left out.
        unknown: Corrections whose picture the split does not have.
    """

    relabelled: int
    excluded: int
    unknown: int


def picture_id(image: npt.NDArray[np.uint8]) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a picture's pixels."""
    return hashlib.sha256(np.ascontiguousarray(image).tobytes()).hexdigest()[:16]


def read_corrections(path: str | Path) -> dict[str, str]:
    """Labels by picture, from a CSV file with the columns picture and label.

    Raises:
        DatasetError: The file cannot be read, or a line is wrong; the text names it.
    """
    return _by_picture(path, _content(path))


def write_corrections(path: str | Path, corrections: Mapping[str, str]) -> None:
    """Write corrections, sorted by picture, whole or not at all.

    Raises:
        DatasetError: A picture or label is none, or the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    try:
        for picture, label in sorted(corrections.items()):
            correction = Correction(picture, label)
            writer.writerow((correction.picture, correction.label))
        write_whole(Path(path), text.getvalue().encode())
    except ValueError as error:
        raise DatasetError(f"{path} was not written: {error}.") from None
    except OSError as error:
        raise DatasetError(f"{path} cannot be written ({error.strerror}).") from None


def apply_corrections(
    data: FaceDataset, corrections: Mapping[str, str], split: str
) -> tuple[FaceDataset, CorrectionCount]:
    """Relabel and leave out pictures of one split; the others stay as they are.

    Args:
        data: Labelled faces. Votes stay with their picture as they are; a soft target gives way
            to the label.
        corrections: Labels by picture.
        split: The split's name.

    Raises:
        DatasetError: A label is not among the data's.
    """
    classes = _classes_of(data, corrections)
    given = np.full(len(data.images), -1, np.int64)
    kept = np.ones(len(data.images), np.bool_)
    found = set()
    for position in np.flatnonzero(data.splits == split):
        picture = picture_id(data.images[position])
        if picture not in corrections:
            continue
        found.add(picture)
        if picture in classes:
            given[position] = classes[picture]
        else:
            kept[position] = False
    count = CorrectionCount(
        int((given >= 0).sum()), int((~kept).sum()), len(set(corrections) - found)
    )
    return _relabelled(data, given).part(kept), count


def correct(data: FaceDataset, path: str | Path, split: str) -> FaceDataset:
    """Apply a file of corrections to one split, and note in the data that it was.

    Args:
        data: Labelled faces.
        path: The file.
        split: The split's name.

    Raises:
        DatasetError: The file cannot be read, or a line is wrong; the text names it.
    """
    content = _content(path)  # read once: what is noted is what was applied
    for line, correction in _lines(path, content):
        try:
            _classes_of(data, {correction.picture: correction.label})
        except DatasetError as error:
            raise DatasetError(f"{path}, line {line}: {error}") from None
    corrected, count = apply_corrections(data, _by_picture(path, content), split)
    origin = {"file": Path(path).name, "sha256": hashlib.sha256(content).hexdigest()}
    return replace(corrected, corrections={**origin, **asdict(count)})


def _relabelled(data: FaceDataset, given: npt.NDArray[np.int64]) -> FaceDataset:
    """The data with the classes given, where one is: those of 0 or more."""
    changes: dict[str, Any] = {"targets": np.where(given >= 0, given, data.targets)}
    if data.soft_targets is not None:
        certain = np.eye(len(data.labels), dtype=np.float32)[given]
        changes["soft_targets"] = np.where(given[:, None] >= 0, certain, data.soft_targets)
    return replace(data, **changes)


def _classes_of(data: FaceDataset, corrections: Mapping[str, str]) -> dict[str, int]:
    """The class of each picture that has one, and is not to be left out."""
    known = {canonical(label): position for position, label in enumerate(data.labels)}
    classes = {}
    for picture, label in corrections.items():
        if label == EXCLUDE:
            continue
        if canonical(label) not in known:
            raise DatasetError(
                f"Picture {picture} is corrected to {label!r}, which is no class of {data.name}: "
                f"expected {EXCLUDE} or one of {', '.join(data.labels)}."
            )
        classes[picture] = known[canonical(label)]
    return classes


def _content(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise DatasetError(
            f"No corrections at {path}: expected a CSV file with the columns picture and label. "
            "Leave the recipe's corrections empty to train without any."
        ) from None
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}).") from None


def _by_picture(path: str | Path, content: bytes) -> dict[str, str]:
    labels: dict[str, str] = {}
    for line, correction in _lines(path, content):
        earlier = labels.setdefault(correction.picture, correction.label)
        if earlier != correction.label:
            raise DatasetError(
                f"{path}, line {line}: picture {correction.picture} is {correction.label} here "
                f"and {earlier} before: expected one label."
            )
    return labels


def _lines(path: str | Path, content: bytes) -> Iterator[tuple[int, Correction]]:
    """(line number, correction) of each line that has anything."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
    try:
        header = [name.strip() for name in next(rows, [])]
        if header != _HEADER:
            raise DatasetError(f"{path}, line 1: expected picture,label, got {','.join(header)!r}.")
        for row in rows:
            if not row:
                continue
            if len(row) != len(_HEADER):
                raise DatasetError(
                    f"{path}, line {rows.line_num}: expected picture,label, got {len(row)} columns."
                )
            yield rows.line_num, Correction(*(value.strip() for value in row))
    except (csv.Error, ValueError) as error:
        raise DatasetError(f"{path}, line {rows.line_num}: {error}.") from None
