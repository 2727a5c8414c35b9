"""FER2013 (Goodfellow et al. 2013) as Kaggle's CSV, or packed losslessly into an .npz."""

import csv
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset, dataset_forms
from fer_core.datasets.crowd_votes import VOTE_NAMES
from fer_core.datasets.ferplus import FILE_NAME, NOT_A_FACE, read_ferplus, with_votes_by_row
from fer_core.datasets.packs import array_names, load_arrays
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import DatasetError

SIDE_PX = 48
USAGES = ("Training", "PublicTest", "PrivateTest")
LICENCE = "FER2013: research use only (Kaggle, ICML 2013 workshop)"
_COLUMNS = ("emotion", "pixels", "Usage")
_EMOTIONS = {str(i): i for i in range(len(FER7_LABELS))}
_LONGEST_HEADER = 1000
_PACK_KEYS = ("webp", "offset", "emotion", "usage")
_VOTE_KEYS = ("ferplus_votes", "ferplus_id")

Sample = tuple[bytes, int, str]
"""A picture's 2,304 grey values row by row, its emotion and its split."""


@dataset_forms.register("fer2013_csv")
class Fer2013Csv:
    """`fer2013.csv`: columns emotion (0 to 6), pixels (2,304 grey values) and Usage, in any order.

    FER+'s `fer2013new.csv` in the same folder adds its votes.
    """

    def accepts(self, path: str) -> bool:
        """A .csv file whose header has FER2013's columns."""
        file = Path(path)
        if file.suffix.lower() != ".csv" or not file.is_file():
            return False
        with file.open(newline="", encoding="utf-8-sig", errors="replace") as stream:
            header = stream.readline(_LONGEST_HEADER)
        return {name.strip() for name in header.split(",")} >= set(_COLUMNS)

    def read(self, path: str) -> FaceDataset:
        """Read all rows.

        Raises:
            DatasetError: A row is wrong, of this file or of `fer2013new.csv`; the text names its
                line.
        """
        # A byte that is not UTF-8 becomes a character that no column allows.
        with Path(path).open(newline="", encoding="utf-8-sig", errors="replace") as stream:
            rows = csv.reader(stream)
            header = [name.strip() for name in next(rows)]
            places = tuple(header.index(name) for name in _COLUMNS)
            try:
                data = _collect(
                    _parse_row(row, places, f"{path}, line {rows.line_num}") for row in rows if row
                )
            except csv.Error as error:
                raise DatasetError(f"{path}, line {rows.line_num}: {error}.") from None
        votes = Path(path).with_name(FILE_NAME)
        return with_votes_by_row(data, read_ferplus(votes)) if votes.is_file() else data


@dataset_forms.register("fer2013_npz")
class Fer2013Npz:
    """The lossless pack: `webp[offset[i]:offset[i + 1]]` is image i, beside emotion and usage.

    Optional are `ferplus_votes`, (N, 10) in FER+'s order, and `ferplus_id`, the number in FER+'s
    image name or -1 where it has none.
    """

    def accepts(self, path: str) -> bool:
        """An .npz file that has the pack's arrays."""
        return array_names(path) >= set(_PACK_KEYS)

    def read(self, path: str) -> FaceDataset:
        """Decode all images.

        Raises:
            DatasetError: The pack is damaged, or an image cannot be decoded; the text names its
                index.
        """
        pack = load_arrays(path, _PACK_KEYS + _VOTE_KEYS)
        data, offset, emotion, usage = (pack[key] for key in _PACK_KEYS)
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
                yield image.tobytes(), int(emotion[i]), USAGES[int(usage[i])]

        return replace(_collect(samples()), votes=_pack_votes(path, pack, len(emotion)))


def _pack_votes(
    path: str, pack: dict[str, npt.NDArray[Any]], count: int
) -> npt.NDArray[np.uint8] | None:
    votes = pack.get("ferplus_votes")
    if votes is None:
        return None
    names = pack.get("ferplus_id", np.zeros(count, np.int64))
    if votes.shape != (count, len(VOTE_NAMES)) or names.shape != (count,):
        raise DatasetError(
            f"{path}: expected ferplus_votes of shape {(count, len(VOTE_NAMES))} and one "
            f"ferplus_id for each image, got {votes.shape} and {names.shape}."
        )
    whole = votes.dtype.kind in "iu" and names.dtype.kind in "iu"
    if not whole or (count and not 0 <= votes.min() <= votes.max() <= 255):
        raise DatasetError(
            f"{path}: expected ferplus_votes as integers of 0 to 255 and ferplus_id as integers."
        )
    return np.where((names < 0)[:, np.newaxis], NOT_A_FACE, votes).astype(np.uint8)


def _parse_row(row: list[str], places: tuple[int, ...], where: str) -> Sample:
    if len(row) <= max(places):
        raise DatasetError(f"{where}: expected emotion, pixels and Usage, got {len(row)} columns.")
    emotion, pixels, usage = (row[place].strip() for place in places)
    if emotion not in _EMOTIONS:
        raise DatasetError(f"{where}: emotion must be 0 to 6, got {emotion!r}.")
    if usage not in USAGES:
        raise DatasetError(f"{where}: Usage must be one of {', '.join(USAGES)}, got {usage!r}.")
    # Several times as fast as splitting, but on anything other than digits it would only warn.
    if pixels and not pixels.encode().translate(None, b"0123456789 "):
        values = np.fromstring(pixels, np.int64, sep=" ")
        if values.size == SIDE_PX**2 and values.max() <= 255:
            return values.astype(np.uint8).tobytes(), _EMOTIONS[emotion], usage
    count = len(pixels.split())
    if count != SIDE_PX**2:
        raise DatasetError(f"{where}: expected {SIDE_PX**2:,} pixel values, got {count:,}.")
    raise DatasetError(f"{where}: pixel values must be integers of 0 to 255, spaces between them.")


def _collect(samples: Iterable[Sample]) -> FaceDataset:
    # One growing buffer: a list of arrays would be stacked into a second copy of all pixels.
    pixels = bytearray()
    targets, splits = [], []
    for image, emotion, usage in samples:
        pixels += image
        targets.append(emotion)
        splits.append(usage)
    return FaceDataset(
        "FER2013",
        FER7_LABELS,
        np.frombuffer(pixels, np.uint8).reshape(-1, SIDE_PX, SIDE_PX),
        np.array(targets, np.int64),
        np.array(splits, np.str_),
        LICENCE,
    )
