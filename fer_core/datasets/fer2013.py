"""FER2013 (Goodfellow et al. 2013) as Kaggle's CSV, or packed losslessly into an .npz."""

import csv
import itertools
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset, dataset_forms
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import DatasetError

SIDE_PX = 48
USAGES = ("Training", "PublicTest", "PrivateTest")
LICENCE = "FER2013: research use only (Kaggle, ICML 2013 workshop)"
_COLUMNS = ["emotion", "pixels", "Usage"]
_LONGEST_HEADER = 1000
_PACK_KEYS = {"webp", "offset", "emotion", "usage"}

Sample = tuple[npt.NDArray[np.uint8], int, str]


@dataset_forms.register("fer2013_csv")
class Fer2013Csv:
    """`fer2013.csv`: columns emotion (0 to 6), pixels (2,304 grey values) and Usage."""

    def accepts(self, path: str) -> bool:
        """A .csv file whose header starts with FER2013's columns."""
        file = Path(path)
        if file.suffix.lower() != ".csv" or not file.is_file():
            return False
        with file.open(newline="", encoding="utf-8-sig", errors="replace") as stream:
            header = stream.readline(_LONGEST_HEADER)
        return [name.strip() for name in header.split(",")][:3] == _COLUMNS

    def read(self, path: str) -> FaceDataset:
        """Read all rows.

        Raises:
            DatasetError: A row is wrong; the text names its line.
        """
        # A byte that is not UTF-8 becomes a character that no column allows.
        with Path(path).open(newline="", encoding="utf-8-sig", errors="replace") as stream:
            rows = csv.reader(stream)
            next(rows)
            try:
                return _collect(
                    _parse_row(row, f"{path}, line {rows.line_num}") for row in rows if row
                )
            except csv.Error as error:
                raise DatasetError(f"{path}, line {rows.line_num}: {error}.") from None


@dataset_forms.register("fer2013_npz")
class Fer2013Npz:
    """The lossless pack: `webp[offset[i]:offset[i + 1]]` is image i, beside emotion and usage."""

    def accepts(self, path: str) -> bool:
        """An .npz file that has the pack's arrays."""
        if Path(path).suffix.lower() != ".npz" or not zipfile.is_zipfile(path):
            return False
        try:
            with np.load(path, allow_pickle=False) as pack:
                return set(pack.files) >= _PACK_KEYS
        except (ValueError, zipfile.BadZipFile):
            return False

    def read(self, path: str) -> FaceDataset:
        """Decode all images.

        Raises:
            DatasetError: The pack is damaged, or an image cannot be decoded; the text names its
                index.
        """
        try:
            with np.load(path, allow_pickle=False) as pack:
                data, offset, emotion, usage = (
                    pack[key] for key in ("webp", "offset", "emotion", "usage")
                )
        except (ValueError, OSError, zipfile.BadZipFile, zlib.error) as error:
            raise DatasetError(f"{path} is damaged ({error}): copy or pack it again.") from None
        known = np.isin(usage, range(len(USAGES))).all()
        if not known or not len(emotion) == len(usage) == len(offset) - 1:
            raise DatasetError(
                f"{path}: expected one emotion and one usage of 0 to {len(USAGES) - 1} for each of "
                f"{len(offset) - 1:,} images."
            )

        def samples() -> Iterator[Sample]:
            for i, (start, end) in enumerate(itertools.pairwise(offset)):
                packed = data[start:end]
                image = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE) if packed.size else None
                if image is None or image.shape != (SIDE_PX, SIDE_PX):
                    raise DatasetError(f"{path}: image {i} is not a {SIDE_PX}×{SIDE_PX} picture.")
                yield (
                    np.asarray(image, np.uint8),
                    int(emotion[i]),
                    USAGES[int(usage[i])],
                )

        return _collect(samples())


def _parse_row(row: list[str], where: str) -> Sample:
    if len(row) < 3:
        raise DatasetError(f"{where}: expected emotion, pixels and Usage, got {len(row)} columns.")
    emotion, pixels, usage = row[0].strip(), row[1].split(), row[2].strip()
    if emotion not in {str(i) for i in range(len(FER7_LABELS))}:
        raise DatasetError(f"{where}: emotion must be 0 to 6, got {emotion!r}.")
    if usage not in USAGES:
        raise DatasetError(f"{where}: Usage must be one of {', '.join(USAGES)}, got {usage!r}.")
    if len(pixels) != SIDE_PX**2:
        raise DatasetError(f"{where}: expected {SIDE_PX**2:,} pixel values, got {len(pixels):,}.")
    try:
        image = np.array(pixels, dtype=np.uint8)
    except (ValueError, OverflowError):
        raise DatasetError(f"{where}: pixel values must be integers of 0 to 255.") from None
    return image.reshape(SIDE_PX, SIDE_PX), int(emotion), usage


def _collect(samples: Iterator[Sample]) -> FaceDataset:
    images, targets, splits = [], [], []
    for image, emotion, usage in samples:
        images.append(image)
        targets.append(emotion)
        splits.append(usage)
    return FaceDataset(
        "FER2013",
        FER7_LABELS,
        np.stack(images) if images else np.empty((0, SIDE_PX, SIDE_PX), np.uint8),
        np.array(targets, np.int64),
        np.array(splits, np.str_),
        LICENCE,
    )
