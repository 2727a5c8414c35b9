"""What a page knows of data before it trains on it: figures and some faces, not all pictures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import streamlit as st

from fer_core.datasets.base import FaceDataset, open_dataset
from fer_core.datasets.ferplus import FILE_NAME as VOTES_FILE
from fer_core.datasets.summary import DatasetSummary, summarize
from fer_core.domain.errors import DatasetError
from webapp.components.training.face_grid import face_grid
from webapp.data_sources import DRAWN_FACES, is_allowed

SAMPLES = 6
"""Faces of each class that are kept to be looked at."""

_LARGEST_PX = 128


@dataclass(frozen=True, slots=True, eq=False)
class DataCheck:
    """Data without its pictures.

    Attributes:
        summary: Its figures.
        outline: All of it, but every picture is a single black pixel.
        samples: (name, (n, H, W) uint8) of each class that has pictures, spread over the data.
        picture: The samples as one PNG, a row for each class.
    """

    summary: DatasetSummary
    outline: FaceDataset
    samples: tuple[tuple[str, npt.NDArray[np.uint8]], ...]
    picture: bytes


def check_data(path: str) -> DataCheck:
    """Read data once, and again only when its files have changed.

    Raises:
        DatasetError: It lies outside the folders that pages may read, or something is wrong in it.
    """
    if not is_allowed(path):
        raise DatasetError(
            f"{path} lies outside the folders of data, or is gone: choose what is offered, or add "
            "its folder to FER_DATA_DIRS where the server starts."
        )
    return _checked(path, _version(path))


@st.cache_resource(show_spinner=False, max_entries=8)  # never written to, so never copied
def _checked(path: str, version: tuple[int, ...]) -> DataCheck:
    data = open_dataset(path)
    blank = np.zeros((len(data.images), 1, 1), np.uint8)
    samples = tuple(
        (label, _some(data.images, np.flatnonzero(data.targets == target)))
        for target, label in enumerate(data.labels)
        if (data.targets == target).any()
    )
    outline = replace(data, images=blank)
    return DataCheck(summarize(data), outline, samples, face_grid(samples))


def _some(images: npt.NDArray[np.uint8], positions: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """(n, H, W) a few pictures, evenly spread, none larger than a page shows."""
    count = min(SAMPLES, len(positions))
    chosen: npt.NDArray[np.uint8] = images[
        positions[np.linspace(0, len(positions) - 1, count).astype(int)]
    ]
    scale = _LARGEST_PX / max(chosen.shape[1:3])
    if scale >= 1:
        return chosen
    height, width = (max(1, round(side * scale)) for side in chosen.shape[1:3])
    smaller = [cv2.resize(face, (width, height), interpolation=cv2.INTER_AREA) for face in chosen]
    return np.stack(smaller).astype(np.uint8)


def _version(path: str) -> tuple[int, ...]:
    """Changes when a file of the data does, or one is added or taken away."""
    if path == DRAWN_FACES:
        return ()
    place = Path(path)
    beside = (place.with_name(VOTES_FILE), place / VOTES_FILE)
    return tuple(_stamps((place, *beside, *_folders(place, depth=2))))


def _folders(place: Path, depth: int) -> Iterator[Path]:
    if depth and place.is_dir():
        for folder in sorted(path for path in place.iterdir() if path.is_dir()):
            yield folder
            yield from _folders(folder, depth - 1)


def _stamps(paths: Iterable[Path]) -> Iterator[int]:
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            yield 0
        else:
            yield from (stat.st_mtime_ns, stat.st_size)
