"""Class and split of each picture in a tree of class folders, on disk or in a ZIP."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from fer_core.domain.emotions import canonical
from fer_core.domain.errors import DatasetError
from fer_core.domain.images import SUPPORTED_SUFFIXES

WHOLE_SPLIT = "All"
"""The split of every picture in a tree without split folders."""

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


class Entry(Protocol):
    """A file or folder of a tree; `pathlib.Path` is one. Its text is its path, for error texts."""

    @property
    def name(self) -> str:
        """Its own name, without the folders."""
        ...

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        ...

    def iterdir(self) -> Iterable[Self]:
        """What the folder holds, in any order."""
        ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Picture(Generic[E]):
    """A picture file in its place.

    Attributes:
        file: The file.
        label: Its class's canonical name.
        split: Its split's name.
        parts: Names of the folders from the root down, then the file's.
    """

    file: E
    label: str
    split: str
    parts: tuple[str, ...]


def has_class_folders(root: Entry) -> bool:
    """Whether there is at least one picture in a class folder; stops at the first."""
    parents = [root, *filter(_names_split, _folders(root))]
    return any(
        _has_picture(folder)
        for parent in parents
        for folder in _folders(parent)
        if not _names_split(folder)
    )


def find_pictures(root: E) -> tuple[list[Picture[E]], set[str]]:
    """All pictures of ROOT/<class>/<picture>, or of ROOT/train/<class>/<picture> and so on.

    Returns:
        The pictures in the order of their paths, and all class names, those of empty folders too.

    Raises:
        DatasetError: There is no picture, or two folders mean the same.
    """
    found: list[Picture[E]] = []
    labels = set()
    for split, parent in _split_folders(root).items():
        above = () if split == WHOLE_SPLIT else (parent.name,)
        for label, folder in _class_folders(parent).items():
            labels.add(label)
            found += [
                Picture(file, label, _split_of(file.name, split), (*above, folder.name, file.name))
                for file in _pictures(folder)
            ]
    if not found:
        raise DatasetError(
            f"{root}: expected pictures in folders named after their class (angry, happy, …), "
            "directly or within train and test; found none."
        )
    return sorted(found, key=lambda picture: picture.parts), labels


def _split_folders(root: E) -> dict[str, E]:
    """The folders that hold class folders, by split."""
    named = [
        folder
        for folder in _folders(root)
        if _names_split(folder) and any(map(_has_picture, _folders(folder)))
    ]
    splits = _by_meaning(((_SPLITS[folder.name.lower()], folder) for folder in named), root)
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


def _class_folders(parent: E) -> dict[str, E]:
    """The class folders in a folder, by the class's canonical name."""
    folders = (
        (canonical(folder.name), folder)
        for folder in _folders(parent)
        if not _names_split(folder) and (_has_picture(folder) or not any(_visible(folder)))
    )
    return _by_meaning(folders, parent)


def _by_meaning(folders: Iterable[tuple[str, E]], parent: E) -> dict[str, E]:
    meanings: dict[str, E] = {}
    for meaning, folder in folders:
        if meaning in meanings:
            raise DatasetError(
                f"{parent}: the folders {meanings[meaning].name!r} and {folder.name!r} "
                f"both mean {meaning!r}. Put their pictures into one."
            )
        meanings[meaning] = folder
    return meanings


def _split_of(file_name: str, folder_split: str) -> str:
    """The split by the file's name where the folder can hold several, else the folder's."""
    prefix, underscore, _ = file_name.partition("_")
    if folder_split in {"Training", WHOLE_SPLIT} or not underscore or prefix not in _FILE_PREFIXES:
        return folder_split
    return prefix


def _names_split(folder: Entry) -> bool:
    return folder.name.lower() in _SPLITS


def _folders(parent: E) -> list[E]:
    """Sorted by name: the operating system's order is nobody's."""
    return sorted((entry for entry in _visible(parent) if entry.is_dir()), key=str)


def _has_picture(folder: Entry) -> bool:
    return any(True for _ in _pictures(folder))


def _pictures(folder: E) -> Iterator[E]:
    for entry in _visible(folder):
        if entry.name.lower().endswith(SUPPORTED_SUFFIXES) and not entry.is_dir():
            yield entry


def _visible(folder: E) -> Iterator[E]:
    """What a folder holds, without what systems hide in it."""
    for entry in folder.iterdir():
        if not entry.name.startswith(".") and entry.name.lower() not in _SYSTEM_NAMES:
            yield entry
