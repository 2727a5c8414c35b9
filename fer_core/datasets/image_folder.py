"""Pictures in class folders: Kaggle's form of FER2013, CK+, or a user's own photos."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset, dataset_forms
from fer_core.datasets.class_folders import E, find_pictures, has_class_folders
from fer_core.datasets.ferplus import (
    FILE_NAME,
    named_like_fer2013,
    read_ferplus,
    with_votes_by_name,
)
from fer_core.datasets.label_sets import in_usual_order
from fer_core.detection.full_frame import whole_image
from fer_core.domain.errors import DatasetError, ImageError
from fer_core.domain.file_names import display_name
from fer_core.domain.images import read_image
from fer_core.preprocessing.crop import crop_face, with_channels
from fer_core.preprocessing.spec import PreprocessSpec

LICENCE = "unknown: the user's own data"
_SPEC = PreprocessSpec()
# CK+'s subject, sequence and frame, as in S010_004_00000017.png.
_CK_NAME = re.compile(r"(S\d{3})_\d{3}_\d{8}\.\w+")


@dataset_forms.register("image_folder")
class ImageFolder:
    """ROOT/<class>/<picture>, or ROOT/train/<class>/<picture> beside test, val or validation.

    A class folder's own pictures are read, not those of folders within it. A folder without
    pictures is a class if it is empty, and is passed over if it holds anything else. FER+'s
    `fer2013new.csv` in the folder or beside it adds its votes to pictures that it knows by name.
    """

    def accepts(self, path: str) -> bool:
        """A folder with at least one picture in a class folder."""
        # An empty path would be the working folder.
        return bool(path) and Path(path).is_dir() and has_class_folders(Path(path))

    def read(self, path: str) -> FaceDataset:
        """Decode all pictures to 48×48 grey; those of that size are kept bit by bit.

        Raises:
            DatasetError: There is no picture, one cannot be read, two folders mean the same, or
                `fer2013new.csv` is wrong.
        """
        root = Path(path)
        data, file_names = read_tree(root, root.resolve().name, read_image)
        if named_like_fer2013(file_names):
            for votes in (root / FILE_NAME, root.resolve().parent / FILE_NAME):
                if votes.is_file():
                    return with_votes_by_name(data, file_names, read_ferplus(votes))
        return data


def read_tree(
    root: E, name: str, decode: Callable[[E], npt.NDArray[np.uint8]]
) -> tuple[FaceDataset, list[str]]:
    """Read a tree of class folders.

    Args:
        root: The folder that holds class or split folders.
        name: What to call the data.
        decode: Turns a picture's file into RGB uint8 (H, W, 3), or raises an `ImageError`.

    Returns:
        The data, its pictures in the order of their paths, and the file name of each. It has
        groups, the subjects, if every file is named as CK+ names its frames.

    Raises:
        DatasetError: There is no picture, one cannot be read, or two folders mean the same.
    """
    found, names = find_pictures(root)
    labels = in_usual_order(names)
    file_names = [picture.file.name for picture in found]
    data = FaceDataset(
        name,
        labels,
        np.stack([_read_face(picture.file, decode) for picture in found]),
        np.array([labels.index(picture.label) for picture in found], np.int64),
        np.array([picture.split for picture in found], np.str_),
        LICENCE,
        groups=_ck_subjects(file_names),
    )
    return data, file_names


def _ck_subjects(file_names: Sequence[str]) -> npt.NDArray[np.str_] | None:
    matches = [_CK_NAME.fullmatch(name) for name in file_names]
    subjects = [match[1] for match in matches if match is not None]
    return np.array(subjects, np.str_) if len(subjects) == len(file_names) else None


def _read_face(file: E, decode: Callable[[E], npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    try:
        grey = with_channels(decode(file), 1)
    except ImageError as error:
        # The error names the file only; among thousands it takes the folder to find it.
        reason = str(error).removeprefix(f"{display_name(str(file))}: ")
        raise DatasetError(f"{file}: {reason}") from error
    height, width = grey.shape
    return crop_face(grey, whole_image(width, height), _SPEC)
