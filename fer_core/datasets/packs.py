"""Opening .npz files of arrays: cheaply to see what is in one, and with one error if it is bad."""

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.domain.errors import DatasetError


def array_names(path: str) -> frozenset[str]:
    """Names of the arrays in an .npz file; none if it is something else. Reads no array."""
    if Path(path).suffix.lower() != ".npz" or not zipfile.is_zipfile(path):
        return frozenset()
    try:
        with np.load(path, allow_pickle=False) as pack:
            return frozenset(pack.files)
    except (ValueError, zipfile.BadZipFile):
        return frozenset()


def load_arrays(path: str, names: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
    """Read those of the named arrays that the file has; Python objects are refused.

    Raises:
        DatasetError: The file is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as pack:
            return {name: pack[name] for name in names if name in pack.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DatasetError(f"{path} is damaged ({error}): copy or pack it again.") from None
