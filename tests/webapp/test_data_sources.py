"""Which data pages offer, and which they never open."""

import os
from pathlib import Path

import numpy as np
import pytest

from fer_core.domain.errors import FerError
from fer_core.domain.images import encode_png
from webapp.data_sources import (
    DataSource,
    data_sources,
    is_allowed,
    is_allowed_file,
    store_upload,
)

HEADER = "emotion,pixels,Usage\n"
ROW = f"3,{' '.join(['7'] * 2304)},Training\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configured folder with two kinds of data, and things that are none."""
    folder = tmp_path / "data"
    for label in ("happy", "sad"):
        (folder / "mine" / label).mkdir(parents=True)
        picture = encode_png(np.zeros((48, 48, 3), np.uint8))
        (folder / "mine" / label / "1.png").write_bytes(picture)
    (folder / "fer2013.csv").write_text(HEADER + ROW)
    (folder / "notes.csv").write_text("a,b\n")
    (folder / ".hidden.csv").write_text(HEADER)
    monkeypatch.setenv("FER_DATA_DIRS", os.pathsep.join([str(folder), str(tmp_path / "none")]))
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    return folder


def test_drawn_faces_come_first_then_what_the_folders_hold(data: Path) -> None:
    found = data_sources()
    assert [source.path for source in found] == [
        "drawn_faces",
        str(data / "fer2013.csv"),
        str(data / "mine"),
    ]
    assert [source.note for source in found[1:]] == [
        "fer2013.csv in data/",
        "class folders in data/",
    ]


def test_a_folder_of_data_may_be_configured_itself(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_DATA_DIRS", str(data / "mine"))
    assert [source.name for source in data_sources()] == ["Drawn faces", "mine"]


def test_new_data_is_found_at_once(data: Path) -> None:
    assert len(data_sources()) == 3
    (data / "more.csv").write_text(HEADER)
    assert len(data_sources()) == 4


def test_an_upload_is_offered_at_once(data: Path) -> None:
    source = store_upload("faces.csv", [(HEADER + ROW).encode()])
    assert source == data_sources()[-1]
    assert source.note == "uploaded"
    assert is_allowed(source.path)


def test_what_lies_in_the_folders_may_be_opened(data: Path) -> None:
    assert is_allowed("drawn_faces")
    assert is_allowed(str(data))
    assert is_allowed(str(data / "mine" / "happy"))


@pytest.mark.parametrize("path", ["", ".", "/", "/etc/passwd", "drawn_faces/..", "a\0b", "~"])
def test_what_lies_elsewhere_may_not(data: Path, path: str) -> None:
    assert not is_allowed(path)
    assert not is_allowed_file(path)


def test_no_way_leads_out_of_the_folders(data: Path) -> None:
    outside = data.parent / "outside"
    outside.mkdir()
    (outside / "fer2013.csv").write_text(HEADER)
    (data / "link.csv").symlink_to(outside / "fer2013.csv")
    (data / "circle").symlink_to(data / "circle")
    (data.parent / "data-too").mkdir()
    for path in ("link.csv", "../outside/fer2013.csv", "circle", "../data-too", "gone.csv"):
        assert not is_allowed(str(data / path))
    assert "link.csv" not in [source.name for source in data_sources()]


def test_votes_go_only_beside_data_that_may_be_opened(data: Path) -> None:
    outside = data.parent / "fer2013.csv"
    outside.write_text(HEADER + ROW)
    with pytest.raises(FerError, match="choose that data first"):
        store_upload("fer2013new.csv", [b"x"], DataSource("x", str(outside), ""))


def test_corrections_may_lie_among_the_runs(data: Path) -> None:
    file = data.parent / "runs" / "a-run" / "corrections.csv"
    file.parent.mkdir(parents=True)
    file.write_text("picture,label\n")
    assert is_allowed_file(str(file))
    assert not is_allowed(str(file))
