"""A user's own faces as arrays in an .npz file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset, dataset_forms
from fer_core.datasets.class_folders import WHOLE_SPLIT
from fer_core.datasets.image_folder import LICENCE
from fer_core.datasets.label_sets import in_usual_order
from fer_core.datasets.packs import array_names, load_arrays
from fer_core.domain.emotions import canonical
from fer_core.domain.errors import DatasetError
from fer_core.preprocessing.crop import with_channels

Array = npt.NDArray[Any]

_REQUIRED = ("images", "labels")
_OPTIONAL = ("label_names", "splits", "groups")


@dataset_forms.register("array_npz")
class ArrayNpz:
    """An .npz with the arrays images and labels; label_names, splits and groups are optional.

    - images: (N, H, W) or (N, H, W, 1) grey, or (N, H, W, 3) RGB, uint8; RGB becomes grey.
    - labels: (N,) texts, or integers that are positions in label_names.
    - label_names: (K,) texts, the order of the classes.
    - splits: (N,) texts; without them, all pictures are in one split.
    - groups: (N,) texts, whose picture each is.
    """

    def accepts(self, path: str) -> bool:
        """An .npz file that has both arrays."""
        return array_names(path) >= set(_REQUIRED)

    def read(self, path: str) -> FaceDataset:
        """Read all arrays.

        Raises:
            DatasetError: The file is damaged, or an array is wrong; the text names it and, where
                one value is to blame, its index.
        """
        arrays = load_arrays(path, _REQUIRED + _OPTIONAL)
        images = _grey(path, arrays["images"])
        for name in ("labels", "splits", "groups"):
            if name in arrays and arrays[name].shape != (len(images),):
                raise DatasetError(
                    f"{path}: expected {name} of shape ({len(images)},), one for each image, got "
                    f"{arrays[name].shape}."
                )
        labels, targets = _classes(path, arrays["labels"], arrays.get("label_names"))
        splits = np.full(len(images), WHOLE_SPLIT)
        if "splits" in arrays:
            splits = np.array(_texts(path, "splits", arrays["splits"]), np.str_)
        groups = None
        if "groups" in arrays:
            groups = np.array(_texts(path, "groups", arrays["groups"]), np.str_)
        return FaceDataset(Path(path).stem, labels, images, targets, splits, LICENCE, groups=groups)


def _grey(path: str, images: Array) -> npt.NDArray[np.uint8]:
    shape = images.shape
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or shape[3:] not in ((), (1,), (3,)):
        raise DatasetError(
            f"{path}: expected images of dtype uint8 and shape (N, H, W), (N, H, W, 1) or "
            f"(N, H, W, 3), got {images.dtype} {shape}."
        )
    if 0 in shape:
        raise DatasetError(f"{path}: expected at least one image with pixels, got shape {shape}.")
    if images.ndim == 3:
        return images
    if shape[3] == 1:
        return images[..., 0]
    return np.stack([with_channels(image, 1) for image in images])


def _classes(
    path: str, labels: Array, label_names: Array | None
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """The classes' canonical names in order, and each picture's position among them."""
    if labels.dtype.kind not in "iuU":
        raise DatasetError(f"{path}: expected labels as integers or texts, got {labels.dtype}.")
    if label_names is not None:
        names = _names(path, label_names)
    elif labels.dtype.kind == "U":
        names = in_usual_order(canonical(label) for label in _texts(path, "labels", labels))
    else:
        raise DatasetError(
            f"{path}: expected label_names, the name of each number in labels; there is none."
        )
    if labels.dtype.kind == "U":
        found = [canonical(label) for label in _texts(path, "labels", labels)]
        _tell_first(path, "labels", labels, np.isin(found, names), f"one of {', '.join(names)}")
        return names, np.array([names.index(name) for name in found], np.int64)
    known = (labels >= 0) & (labels < len(names))
    _tell_first(path, "labels", labels, known, f"0 to {len(names) - 1}, a position in label_names")
    return names, labels.astype(np.int64)


def _names(path: str, label_names: Array) -> tuple[str, ...]:
    if label_names.ndim != 1:
        raise DatasetError(f"{path}: expected label_names of shape (K,), got {label_names.shape}.")
    names = tuple(canonical(name) for name in _texts(path, "label_names", label_names))
    for i, name in enumerate(names):
        first = names.index(name)
        if first < i:
            raise DatasetError(
                f"{path}: label_names[{first}] and label_names[{i}] both mean {name!r}: expected "
                "each class once."
            )
    return names


def _texts(path: str, array_name: str, values: Array) -> Sequence[str]:
    if values.dtype.kind != "U":
        raise DatasetError(f"{path}: expected {array_name} as texts, got {values.dtype}.")
    texts: list[str] = values.tolist()
    filled = np.array([bool(text.strip()) for text in texts], np.bool_)
    _tell_first(path, array_name, values, filled, "a text that is not empty")
    return texts


def _tell_first(
    path: str, array_name: str, values: Array, good: npt.NDArray[np.bool_], expected: str
) -> None:
    """Raise an error for the first value that is not good."""
    if not good.all():
        i = int(np.argmin(good))
        raise DatasetError(
            f"{path}: expected {array_name}[{i}] to be {expected}, got {values[i].item()!r}."
        )
