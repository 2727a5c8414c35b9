"""What a page keeps of data: figures and a few faces, read once."""

import os
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from fer_core.domain.errors import DatasetError
from fer_core.domain.images import encode_png
from webapp.components.training.data_check import SAMPLES, check_data


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Class folders, in a configured folder, with nothing read yet."""
    st.cache_resource.clear()
    monkeypatch.setenv("FER_DATA_DIRS", str(tmp_path))
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    for label in ("happy", "sad"):
        (tmp_path / "faces" / label).mkdir(parents=True)
        for i in range(3):
            picture = np.full((48, 48, 3), 40 * i + len(label), np.uint8)
            (tmp_path / "faces" / label / f"{i}.png").write_bytes(encode_png(picture))
    return tmp_path / "faces"


def test_drawn_faces_are_known_without_their_pictures() -> None:
    check = check_data("drawn_faces")
    assert check.summary.images == 1400
    assert check.outline.images.shape == (1400, 1, 1)
    assert check.outline.counts() == check.summary.counts
    assert [name for name, _ in check.samples][:2] == ["angry", "disgust"]
    assert all(faces.shape == (SAMPLES, 48, 48) for _, faces in check.samples)


def test_data_is_read_once_until_it_changes(folder: Path) -> None:
    first = check_data(str(folder))
    assert check_data(str(folder)) is first
    (folder / "sad" / "2.png").unlink()
    assert check_data(str(folder)).summary.images == 5


def test_large_faces_are_kept_small(folder: Path) -> None:
    file = folder.parent / "large.npz"
    np.savez(file, images=np.zeros((2, 300, 200), np.uint8), labels=np.array(["happy", "sad"]))
    assert {faces.shape for _, faces in check_data(str(file)).samples} == {(1, 128, 85)}


def test_data_elsewhere_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_data(str(folder)).summary.images == 6
    monkeypatch.setenv("FER_DATA_DIRS", os.devnull)
    with pytest.raises(DatasetError, match="lies outside the folders"):
        check_data(str(folder))
