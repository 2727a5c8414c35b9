"""Pictures in class folders: Kaggle's form of FER2013, CK+, or a user's own photos."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset, dataset_forms
from fer_core.detection.full_frame import whole_image
from fer_core.domain.emotions import FER7_LABELS, canonical
from fer_core.domain.errors import DatasetError, ImageError
from fer_core.domain.file_names import display_name
from fer_core.domain.images import SUPPORTED_SUFFIXES, read_image
from fer_core.preprocessing.crop import crop_face, with_channels
from fer_core.preprocessing.spec import PreprocessSpec

WHOLE_SPLIT = "All"
"""The split of every picture in a tree without split folders."""

LICENCE = "unknown: the user's own data"
_SPEC = PreprocessSpec()
_SPLITS = {
    "train": "Training",
    "training": "Training",
    "test": "Test",
    "val": "Validation",
    "valid": "Validation",
    "validation": "Validation",
}
# Kaggle's test folder holds both test splits, told apart by their files' names.
_FILE_PREFIXES = ("Training", "PublicTest", "PrivateTest")
_SYSTEM_NAMES = {"__macosx", "thumbs.db", "desktop.ini"}


@dataset_forms.register("image_folder")
class ImageFolder:
    """ROOT/<class>/<picture>, or ROOT/train/<class>/<picture> beside test, val or validation.

    A class folder's own pictures are read, not those of folders within it. A folder without
    pictures is a class if it is empty, and is passed over if it holds anything else.
    """

    def accepts(self, path: str) -> bool:
        """A folder with at least one picture in a class folder."""
        root = Path(path)
        # An empty path would be the working folder.
        if not path or not root.is_dir():
            return False
        parents = [root, *filter(_names_split, _folders(root))]
        return any(
            _has_picture(folder)
            for parent in parents
            for folder in _folders(parent)
            if not _names_split(folder)
        )

    def read(self, path: str) -> FaceDataset:
        """Decode all pictures to 48×48 grey; those of that size are kept bit by bit.

        Raises:
            DatasetError: There is no picture, one cannot be read, or two folders mean the same.
        """
        root = Path(path)
        found: list[tuple[Path, str, str]] = []
        names = set()
        for split, parent in _split_folders(root).items():
            for name, folder in _class_folders(parent).items():
                names.add(name)
                found += [(file, name, _split_of(file, split)) for file in _pictures(folder)]
        if not found:
            raise DatasetError(
                f"{path}: expected pictures in folders named after their class (angry, happy, …), "
                "directly or within train and test; found none."
            )
        found.sort(key=lambda picture: picture[0].relative_to(root).parts)
        labels = FER7_LABELS if names == set(FER7_LABELS) else tuple(sorted(names))
        return FaceDataset(
            root.resolve().name,
            labels,
            np.stack([_read_face(file) for file, _, _ in found]),
            np.array([labels.index(name) for _, name, _ in found], np.int64),
            np.array([split for _, _, split in found], np.str_),
            LICENCE,
        )


def _split_folders(root: Path) -> dict[str, Path]:
    """The folders that hold class folders, by split."""
    named = [
        folder
        for folder in _folders(root)
        if _names_split(folder) and any(map(_has_picture, _folders(folder)))
    ]
    splits = _by_meaning((_SPLITS[folder.name.lower()], folder) for folder in named)
    if not splits:
        return {WHOLE_SPLIT: root}
    # Classes on both levels: reading one of them would lose the other's pictures unseen.
    names = {name for parent in splits.values() for name in _class_folders(parent)}
    for folder in _folders(root):
        if canonical(folder.name) in names and _has_picture(folder):
            raise DatasetError(
                f"{root} holds the class {folder.name!r} beside the split {named[0].name!r}: "
                "expected classes within the splits only. Move it into one of them."
            )
    return splits


def _class_folders(parent: Path) -> dict[str, Path]:
    """The class folders in a folder, by the class's canonical name."""
    return _by_meaning(
        (canonical(folder.name), folder)
        for folder in _folders(parent)
        if not _names_split(folder) and (_has_picture(folder) or not any(_visible(folder)))
    )


def _by_meaning(folders: Iterable[tuple[str, Path]]) -> dict[str, Path]:
    meanings: dict[str, Path] = {}
    for meaning, folder in folders:
        if meaning in meanings:
            raise DatasetError(
                f"{folder.parent}: the folders {meanings[meaning].name!r} and {folder.name!r} "
                f"both mean {meaning!r}. Put their pictures into one."
            )
        meanings[meaning] = folder
    return meanings


def _split_of(file: Path, folder_split: str) -> str:
    """The split by the file's name where the folder can hold several, else the folder's."""
    prefix, underscore, _ = file.name.partition("_")
    if folder_split in {"Training", WHOLE_SPLIT} or not underscore or prefix not in _FILE_PREFIXES:
        return folder_split
    return prefix


def _read_face(file: Path) -> npt.NDArray[np.uint8]:
    try:
        grey = with_channels(read_image(file), 1)
    except ImageError as error:
        # The error names the file only; among thousands it takes the folder to find it.
        reason = str(error).removeprefix(f"{display_name(str(file))}: ")
        raise DatasetError(f"{file}: {reason}") from error
    height, width = grey.shape
    return crop_face(grey, whole_image(width, height), _SPEC)


def _names_split(folder: Path) -> bool:
    return folder.name.lower() in _SPLITS


def _folders(parent: Path) -> list[Path]:
    """Sorted by name: the operating system's order is nobody's."""
    return sorted((Path(entry) for entry in _visible(parent) if entry.is_dir()), key=str)


def _has_picture(folder: Path) -> bool:
    return any(True for _ in _pictures(folder))


def _pictures(folder: Path) -> Iterator[Path]:
    for entry in _visible(folder):
        if entry.name.lower().endswith(SUPPORTED_SUFFIXES) and not entry.is_dir():
            yield Path(entry)


def _visible(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What a folder holds, without what systems hide in it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and entry.name.lower() not in _SYSTEM_NAMES:
                yield entry
