"""A ZIP of class folders is the data that its folder is, and a bad one is told by its path."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.datasets.base import open_dataset
from fer_core.datasets.image_zip import ImageZip
from fer_core.domain.errors import DatasetError

FACES = np.random.default_rng(7).integers(0, 256, (6, 48, 48), np.uint8)
NAMES = (
    "train/happy/Training_0.png",
    "train/Sadness/Training_1.png",
    "test/happy/PublicTest_2.png",
    "test/sad/PrivateTest_3.png",
)
FERPLUS = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
    "Training,fer0000000.png,0,10,0,0,0,0,0,0,0,0\n"
    "Training,fer0000001.png,3,0,0,7,0,0,0,0,0,0\n"
    "PublicTest,fer0000002.png,3,7,0,0,0,0,0,0,0,0\n"
    "PrivateTest,fer0000003.png,3,0,0,7,0,0,0,0,0,0\n"
)

WriteZip = Callable[..., str]


def png(i: int) -> bytes:
    return bytes(cv2.imencode(".png", FACES[i])[1])


@pytest.fixture
def write(tmp_path: Path) -> WriteZip:
    """Write members, (name, bytes) pairs, into `faces.zip`; returns its path."""

    def pack(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> str:
        path = tmp_path / "faces.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in members:
                archive.writestr(name, data)
        return str(path)

    return pack


def tree(wrapper: str = "") -> list[tuple[str, bytes]]:
    return [(wrapper + name, png(i)) for i, name in enumerate(NAMES)]


# --- What is read ---


@pytest.mark.parametrize("wrapper", ["", "CK+48/", "home/me/CK+48/", "/abs/", "../../up/"])
def test_a_zip_is_read_as_its_folder(write: WriteZip, tmp_path: Path, wrapper: str) -> None:
    for name, data in tree():
        file = tmp_path / "faces" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    by_folder = open_dataset(str(tmp_path / "faces"))
    clutter = [("__MACOSX/train/happy/a.png", b"junk"), (f"{wrapper}.DS_Store", b"junk")]
    by_zip = open_dataset(write([*reversed(tree(wrapper)), *clutter]))
    assert by_zip.fingerprint() == by_folder.fingerprint()
    assert by_zip.counts() == by_folder.counts()
    assert (by_zip.name, by_zip.licence) == ("faces", by_folder.licence)


def test_files_beside_one_wrapping_folder_are_passed_over(write: WriteZip) -> None:
    members = [("README.txt", b"Faces."), ("CK+48/happy/a.png", png(0)), ("docs.zip", b"PK\3\4")]
    assert open_dataset(write(members)).labels == ("happy",)


def test_the_first_bytes_tell_a_zip_not_its_suffix(write: WriteZip, tmp_path: Path) -> None:
    renamed = Path(write(tree())).rename(tmp_path / "faces.data")
    assert open_dataset(str(renamed)).name == "faces"
    (tmp_path / "text.zip").write_text("no ZIP")
    assert not ImageZip().accepts(str(tmp_path / "text.zip"))
    assert not ImageZip().accepts(str(tmp_path))


@pytest.mark.parametrize("inside", [True, False])
def test_votes_are_found_inside_and_beside(write: WriteZip, inside: bool) -> None:
    path = write([*tree("FER/"), *([("FER/fer2013new.csv", FERPLUS.encode())] if inside else [])])
    if not inside:
        Path(path).with_name("fer2013new.csv").write_text(FERPLUS)
    votes = open_dataset(path).votes
    assert votes is not None
    assert votes[:, [0, 1, 3]].tolist() == [[3, 7, 0], [3, 0, 7], [3, 0, 7], [0, 10, 0]]


def test_ck_names_tell_groups(write: WriteZip) -> None:
    groups = open_dataset(write([("anger/S005_001_00000009.png", png(0))])).groups
    assert groups is not None
    assert groups.tolist() == ["S005"]


# --- What is told ---


@pytest.mark.parametrize(
    "members", [[("a.png", png(0))], [("train/a.png", png(0))], [("fer2013.csv", b"emotion")]]
)
def test_a_zip_of_something_else_is_told(write: WriteZip, members: list[tuple[str, bytes]]) -> None:
    path = write(members)
    with pytest.raises(DatasetError, match=r"faces\.zip: expected a ZIP of pictures in folders"):
        open_dataset(path)


@pytest.mark.parametrize(
    ("data", "method", "message"),
    [
        (b"junk", zipfile.ZIP_DEFLATED, "expected a picture"),
        (b"", zipfile.ZIP_STORED, "received an empty file"),
        (png(0), zipfile.ZIP_LZMA, "received LZMA"),
        (b"PK\3\4", zipfile.ZIP_STORED, "received an archive within the archive"),
    ],
)
def test_a_bad_picture_is_told_by_its_path(
    write: WriteZip, data: bytes, method: int, message: str
) -> None:
    path = write([("happy/a.png", data)], method)
    with pytest.raises(DatasetError) as caught:
        open_dataset(path)
    assert str(caught.value).startswith(f"{path}/happy/a.png: expected ")
    assert message in str(caught.value)
    assert str(caught.value).count("a.png") == 1


def test_a_damaged_zip_is_told(write: WriteZip) -> None:
    path = Path(write(tree()))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DatasetError, match=r"faces\.zip: expected a whole ZIP archive"):
        open_dataset(str(path))
    path.write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.raises(DatasetError, match=r"faces\.zip: .*a ZIP without files"):
        open_dataset(str(path))


def test_limits_are_told(write: WriteZip, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tree())
    monkeypatch.setattr("fer_core.datasets.image_zip._MAX_PICTURES", 3)
    with pytest.raises(DatasetError, match=r"faces\.zip: expected at most 3 files .* folder\."):
        open_dataset(path)
    monkeypatch.setattr("fer_core.datasets.image_zip.MAX_TOTAL_BYTES", 100)
    with pytest.raises(DatasetError, match=r"faces\.zip: expected a ZIP of at most"):
        open_dataset(path)


def test_a_path_too_long_to_be_kept_whole_is_told(write: WriteZip) -> None:
    with pytest.raises(DatasetError, match="expected a shorter path within the ZIP"):
        open_dataset(write([(f"happy/{'a' * 150}.png", png(0))]))
