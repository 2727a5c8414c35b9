"""Uploads on disk: whole, checked, by content, or not there at all."""

import errno
import os
import shutil
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.base import open_dataset
from fer_core.domain.errors import FerError
from fer_core.domain.images import encode_png
from webapp.upload_store import store

VOTES_HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
)


def csv_of(rows: int = 4) -> bytes:
    pixels = " ".join(["7"] * 2304)
    usages = ["Training", "PublicTest"]
    lines = [f"{i % 7},{pixels},{usages[i % 2]}" for i in range(rows)]
    return "\n".join(["emotion,pixels,Usage", *lines, ""]).encode()


def votes_of(rows: int = 4) -> bytes:
    usages = ["Training", "PublicTest"]
    lines = [f"{usages[i % 2]},fer{i:07}.png,10,0,0,0,0,0,0,0,0,0" for i in range(rows)]
    return (VOTES_HEADER + "\n".join(lines) + "\n").encode()


def zip_of() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for label in ("happy", "sad"):
            archive.writestr(f"{label}/1.png", encode_png(np.full((48, 48, 3), 90, np.uint8)))
    return stream.getvalue()


def npz_of() -> bytes:
    stream = BytesIO()
    np.savez(stream, images=np.zeros((2, 48, 48), np.uint8), labels=np.array(["happy", "sad"]))
    return stream.getvalue()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "uploads"


@pytest.mark.parametrize(
    ("name", "content"),
    [("fer2013.csv", csv_of()), ("faces.zip", zip_of()), ("faces.npz", npz_of())],
)
def test_each_form_is_kept_and_opens(root: Path, name: str, content: bytes) -> None:
    file = store(root, name, [content[:100], content[100:]])
    assert file.name == name
    assert file.read_bytes() == content
    assert len(open_dataset(str(file)).images)
    assert [entry.name for entry in root.iterdir()] == [file.parent.name]


def test_the_same_content_is_kept_once(root: Path) -> None:
    first = store(root, "fer2013.csv", [csv_of()])
    assert store(root, "a copy.csv", [csv_of()]) == first
    assert store(root, "fer2013.csv", [csv_of(6)]) != first
    assert len(list(root.iterdir())) == 2


@pytest.mark.parametrize("name", ["../../etc/x.csv", "/etc/x.csv", "C:\\x.csv", "a\n/../x.csv"])
def test_a_name_leads_nowhere(root: Path, name: str) -> None:
    file = store(root, name, [csv_of()])
    assert file.parent.parent == root
    assert file.name.endswith("x.csv")


@pytest.mark.parametrize("name", ["run.sh", "fer2013.csv.exe", ""])
def test_other_files_are_refused(root: Path, name: str) -> None:
    with pytest.raises(FerError, match="expected a file that ends in"):
        store(root, name, [csv_of()])
    assert not root.exists()


def test_damaged_data_is_told_of_by_its_name_and_nothing_is_left(root: Path) -> None:
    with pytest.raises(FerError) as caught:
        store(root, "fer2013.csv", [csv_of().replace(b"PublicTest", b"Nowhere", 1)])
    assert str(caught.value).startswith("fer2013.csv, line 3: Usage must be one of")
    assert not list(root.iterdir())


def test_what_is_no_data_is_told_of_by_its_name(root: Path) -> None:
    with pytest.raises(FerError, match=r"Cannot tell what data 'notes\.csv' holds"):
        store(root, "notes.csv", [b"a,b\n1,2\n"])
    assert not list(root.iterdir())


def test_an_upload_that_breaks_off_leaves_nothing(root: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield csv_of()[:1000]
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")

    with pytest.raises(FerError, match="Connection reset"):
        store(root, "fer2013.csv", broken())
    assert not list(root.iterdir())


def test_a_full_disk_is_one_line_and_leaves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(FerError, match="no room left in"):
        store(root, "fer2013.csv", [csv_of()])
    assert not list(root.iterdir())


def test_votes_land_beside_their_pictures_as_new_data(root: Path) -> None:
    alone = store(root, "fer2013.csv", [csv_of()])
    both = store(root, "fer2013new.csv", [votes_of()], beside=alone)
    assert both.name == "fer2013.csv"
    assert both != alone
    votes = open_dataset(str(both)).votes
    assert votes is not None
    assert votes.shape == (4, 10)
    assert open_dataset(str(alone)).votes is None  # a run that began with it can go on
    assert store(root, "fer2013new.csv", [votes_of()], beside=alone) == both


def test_votes_of_other_pictures_are_refused(root: Path) -> None:
    alone = store(root, "fer2013.csv", [csv_of()])
    with pytest.raises(FerError, match=r"fer2013new\.csv"):
        store(root, "fer2013new.csv", [votes_of(9)], beside=alone)
    assert [entry.name for entry in root.iterdir()] == [alone.parent.name]


def test_votes_alone_ask_for_pictures(root: Path) -> None:
    with pytest.raises(FerError, match="upload it together"):
        store(root, "fer2013new.csv", [votes_of()])
    arrays = store(root, "faces.npz", [npz_of()])
    with pytest.raises(FerError, match=r"not to faces\.npz"):
        store(root, "fer2013new.csv", [votes_of()], beside=arrays)


def test_what_a_killed_server_left_is_cleared_away_later(root: Path) -> None:
    for name, age_s in (("old", 2 * 86400), ("new", 0)):
        (root / f".new-{name}").mkdir(parents=True)
        os.utime(root / f".new-{name}", (time.time() - age_s,) * 2)
    store(root, "fer2013.csv", [csv_of()])
    assert not (root / ".new-old").exists()
    assert (root / ".new-new").exists()  # another visitor's
    shutil.rmtree(root)
