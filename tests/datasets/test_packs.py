"""An .npz is looked into cheaply, and a bad one is one error."""

from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.packs import array_names, load_arrays
from fer_core.domain.errors import DatasetError


def test_names_are_told_without_reading_arrays(tmp_path: Path) -> None:
    path = tmp_path / "own.NPZ"
    with path.open("wb") as stream:
        np.savez(stream, labels=np.zeros(3), bad=np.array([None]))
    assert array_names(str(path)) == {"labels", "bad"}


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_npz_has_no_names(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.npz"
    path.write_bytes(content)
    assert array_names(str(path)) == frozenset()
    assert array_names(str(tmp_path / "nowhere.npz")) == frozenset()


def test_only_arrays_that_are_there_are_read(tmp_path: Path) -> None:
    path = str(tmp_path / "own.npz")
    np.savez(path, labels=np.arange(3), bad=np.array([None]))
    arrays = load_arrays(path, ["labels", "splits"])
    assert {name: array.tolist() for name, array in arrays.items()} == {"labels": [0, 1, 2]}


def test_python_objects_are_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "own.npz")
    np.savez(path, labels=np.array([None]))
    with pytest.raises(DatasetError, match=r"own\.npz is damaged \(Object arrays cannot"):
        load_arrays(path, ["labels"])


def test_a_file_cut_short_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    np.savez(path, labels=np.arange(9_000))
    content = bytearray(path.read_bytes())
    content[5_000] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"own\.npz is damaged"):
        load_arrays(str(path), ["labels"])
