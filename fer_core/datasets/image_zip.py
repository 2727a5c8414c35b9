"""A ZIP of class folders, read as the folder would be; nothing is written to disk."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset, dataset_forms
from fer_core.datasets.class_folders import has_class_folders
from fer_core.datasets.ferplus import (
    FILE_NAME,
    named_like_fer2013,
    parse_ferplus,
    read_ferplus,
    with_votes_by_name,
)
from fer_core.datasets.image_folder import read_tree
from fer_core.domain.archives import MAX_TOTAL_BYTES, RejectedFile, expand_archives, is_archive
from fer_core.domain.errors import DatasetError
from fer_core.domain.file_names import MAX_NAME_LENGTH
from fer_core.domain.images import SUPPORTED_SUFFIXES, decode_image

_SIGNATURE_BYTES = 4
# Names come back with the archive's before them, cut to a fixed length: a short one leaves room.
_ARCHIVE = "zip"
_MAX_PICTURES = 100_000  # FER2013 as Kaggle packs it has 35,887


@dataclass(frozen=True, slots=True)
class Member:
    """A file or folder in a ZIP, as an entry of a tree.

    Attributes:
        path: Its path, the ZIP's before it, for error texts.
        name: Its own name.
        data: A file's bytes; None for a folder.
        members: What a folder holds, by name.
    """

    path: str
    name: str
    data: bytes | None = field(default=None, repr=False)
    members: dict[str, "Member"] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return self.path

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return self.data is None

    def iterdir(self) -> Iterable["Member"]:
        """What the folder holds."""
        return self.members.values()

    def add(self, parts: tuple[str, ...], data: bytes) -> None:
        """File bytes under a path within this folder, with the folders it takes."""
        name, *rest = parts
        path = f"{self.path}/{name}"
        if rest:
            self.members.setdefault(name, Member(path, name)).add(tuple(rest), data)
        else:
            self.members[name] = Member(path, name, data)


@dataset_forms.register("image_zip")
class ImageZip:
    """A ZIP of what `image_folder` reads, within one folder of any name or directly."""

    def accepts(self, path: str) -> bool:
        """A file that begins like a ZIP, whatever its suffix; an .npz file is another form."""
        file = Path(path)
        if file.suffix.lower() == ".npz" or not file.is_file():
            return False
        with file.open("rb") as stream:
            return is_archive(stream.read(_SIGNATURE_BYTES))

    def read(self, path: str) -> FaceDataset:
        """Unpack and decode all pictures to 48×48 grey; those of that size are kept bit by bit.

        Empty folders of a ZIP are not seen.

        Raises:
            DatasetError: The ZIP is damaged, protected or outside the limits of
                `fer_core.domain.archives`, holds no class folders, or is wrong as a folder can be.
        """
        root = _below_wrapper(_unpack(Path(path)))
        if not has_class_folders(root):
            raise DatasetError(
                f"{path}: expected a ZIP of pictures in folders named after their class (angry, "
                "happy, …), directly or within train and test; found none. Unpack a ZIP that holds "
                "other data."
            )
        data, file_names = read_tree(root, Path(path).stem, _decode)
        if not named_like_fer2013(file_names):
            return data
        inside = root.members.get(FILE_NAME)
        beside = Path(path).with_name(FILE_NAME)
        if inside is not None and inside.data is not None:
            text = inside.data.decode("utf-8-sig", errors="replace")
            return with_votes_by_name(data, file_names, parse_ferplus(text, str(inside)))
        if beside.is_file():
            return with_votes_by_name(data, file_names, read_ferplus(beside))
        return data


def _unpack(path: Path) -> Member:
    """The ZIP's pictures and FER+'s votes as a tree in memory; other files are passed over."""
    size = path.stat().st_size
    if size > MAX_TOTAL_BYTES:
        raise DatasetError(
            f"{path}: expected a ZIP of at most {MAX_TOTAL_BYTES >> 20:,} MB, received "
            f"{size >> 20:,} MB. Unpack it and name the folder."
        )
    root = Member(str(path), path.name)
    for item in expand_archives([(_ARCHIVE, path.read_bytes())], _MAX_PICTURES):
        inner = item.name.removeprefix(_ARCHIVE).removeprefix("/")
        is_picture = inner.lower().endswith(SUPPORTED_SUFFIXES)
        if isinstance(item, RejectedFile):
            if is_picture or not inner:
                place = f"{path}/{inner}" if inner else str(path)
                reason = item.reason.removeprefix(f"{item.name}: ")
                raise DatasetError(f"{place}: {reason} Or unpack it all and name the folder.")
        elif is_picture and len(item.name) >= MAX_NAME_LENGTH:
            raise DatasetError(
                f"{path}/{inner}: expected a shorter path within the ZIP, received one of which "
                "parts are lost. Unpack it and name the folder."
            )
        elif is_picture or inner.endswith(FILE_NAME):
            root.add(tuple(inner.split("/")), item.data)
    return root


def _below_wrapper(root: Member) -> Member:
    """The folder that holds the tree: many programs pack a folder as the ZIP's only one."""
    while not has_class_folders(root):
        folders = [member for member in root.iterdir() if member.is_dir()]
        if len(folders) != 1:
            break
        root = folders[0]
    return root


def _decode(file: Member) -> npt.NDArray[np.uint8]:
    return decode_image(file.data or b"", file.path)
