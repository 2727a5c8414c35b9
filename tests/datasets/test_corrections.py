"""Corrections are a file that people can read, and touch no picture but those they name."""

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.corrections import (
    EXCLUDE,
    Correction,
    CorrectionCount,
    apply_corrections,
    correct,
    picture_id,
    read_corrections,
    write_corrections,
)
from fer_core.domain.errors import DatasetError

ABSENT = "0123456789abcdef"


@pytest.fixture
def data() -> FaceDataset:
    """Eight pictures, image i all i; the last is in both splits."""
    shown = np.array([0, 1, 2, 3, 4, 5, 6, 6], np.uint8)
    return FaceDataset(
        *("Eight", ("happy", "sad", "neutral")),
        shown.repeat(16).reshape(8, 4, 4),
        np.array([0, 0, 1, 1, 2, 2, 0, 0]),
        np.array(["Training"] * 7 + ["PublicTest"]),
        votes=np.arange(80).reshape(8, 10),
        groups=np.array([f"person {i}" for i in range(8)]),
        soft_targets=np.full((8, 3), 1 / 3, np.float32),
    )


def named(data: FaceDataset, position: int) -> str:
    return picture_id(data.images[position])


# --- The file ---


def test_a_picture_is_named_by_its_pixels() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert picture_id(image) == hashlib.sha256(bytes(range(6))).hexdigest()[:16]
    assert picture_id(np.asfortranarray(image)) == picture_id(image)
    assert picture_id(image + 1) != picture_id(image)


def test_corrections_come_back_sorted(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    write_corrections(path, {"f" * 16: EXCLUDE, "a" * 16: "happy"})
    assert path.read_text() == f"picture,label\n{'a' * 16},happy\n{'f' * 16},(exclude)\n"
    assert read_corrections(path) == {"a" * 16: "happy", "f" * 16: EXCLUDE}
    write_corrections(path, {})
    assert read_corrections(path) == {}


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_bytes(f"\ufeffpicture,label\r\n{ABSENT}, happy\r\n\r\n{ABSENT},happy\r\n".encode())
    assert read_corrections(str(path)) == {ABSENT: "happy"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"line 1: expected picture,label, got ''"),
        ("label,picture\n", r"line 1: expected picture,label, got 'label,picture'"),
        ("picture,label\n\nabc,happy\n", r"line 3: expected 16 hexadecimal digits .*'abc'"),
        (f"picture,label\n{ABSENT},\n", r"line 2: expected .* a label, got '0123456789abcdef'"),
        (f"picture,label\n{ABSENT}\n", r"line 2: expected picture,label, got 1 columns"),
        (
            f"picture,label\n{ABSENT},happy\n{ABSENT},sad\n",
            r"line 3: picture 0123456789abcdef is sad here and happy before",
        ),
    ],
    ids=["empty", "header", "picture", "label", "columns", "twice"],
)
def test_a_wrong_line_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(content)
    with pytest.raises(DatasetError, match=rf"corrections\.csv, {message}"):
        read_corrections(path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"No corrections at .*none\.csv: expected a CSV"):
        read_corrections(tmp_path / "none.csv")
    with pytest.raises(DatasetError, match=r"cannot be read \(Is a directory\)"):
        read_corrections(tmp_path)


def test_what_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    write_corrections(path, {ABSENT: "happy"})
    for wrong in ({"abc": "happy"}, {ABSENT: ""}):
        with pytest.raises(DatasetError, match=r"corrections\.csv was not written: expected 16"):
            write_corrections(path, wrong)
    assert read_corrections(path) == {ABSENT: "happy"}
    with pytest.raises(DatasetError, match=r"cannot be written \(No such file or directory\)"):
        write_corrections(tmp_path / "no folder" / "corrections.csv", {})


def test_a_correction_is_checked_when_built() -> None:
    assert Correction(ABSENT, EXCLUDE).label == "(exclude)"
    with pytest.raises(ValueError, match="16 hexadecimal digits"):
        Correction(ABSENT.upper(), "happy")


# --- Their use ---


def test_pictures_of_the_split_are_relabelled_and_left_out(data: FaceDataset) -> None:
    wanted = {named(data, 1): "neutral", named(data, 3): EXCLUDE, ABSENT: "sad"}
    corrected, count = apply_corrections(data, wanted, "Training")
    assert count == CorrectionCount(relabelled=1, excluded=1, unknown=1)
    assert corrected.images[:, 0, 0].tolist() == [0, 1, 2, 4, 5, 6, 6]
    assert corrected.targets.tolist() == [0, 2, 1, 2, 2, 0, 0]
    assert data.targets.tolist() == [0, 0, 1, 1, 2, 2, 0, 0]  # as it was


def test_all_that_is_known_of_a_picture_stays_with_it(data: FaceDataset) -> None:
    wanted = {named(data, 1): "neutral", named(data, 3): EXCLUDE}
    corrected, _ = apply_corrections(data, wanted, "Training")
    left = [0, 1, 2, 4, 5, 6, 7]
    assert corrected.groups is not None
    assert corrected.groups.tolist() == [f"person {i}" for i in left]
    assert corrected.votes is not None
    assert corrected.votes[:, 0].tolist() == [10 * i for i in left]
    assert corrected.soft_targets is not None
    # Who corrected it is sure of it; of the others nothing changes.
    assert corrected.soft_targets[1].tolist() == [0, 0, 1]
    assert corrected.soft_targets[[0, 2, 3]] == pytest.approx(1 / 3)


def test_other_splits_stay_as_they_are(data: FaceDataset) -> None:
    corrected, count = apply_corrections(data, {named(data, 6): "sad"}, "Training")
    assert corrected.targets[6:].tolist() == [1, 0]
    assert (count.relabelled, count.unknown) == (1, 0)
    corrected, count = apply_corrections(data, {named(data, 0): EXCLUDE}, "PublicTest")
    assert len(corrected.images) == 8
    assert count == CorrectionCount(relabelled=0, excluded=0, unknown=1)


def test_copies_of_a_picture_are_corrected_alike(data: FaceDataset) -> None:
    twice = data.part(np.array([0, 1, 1, 2]))
    corrected, count = apply_corrections(twice, {named(data, 1): "sad"}, "Training")
    assert corrected.targets.tolist() == [0, 1, 1, 1]
    assert count.relabelled == 2


def test_a_label_may_be_spelt_otherwise(data: FaceDataset) -> None:
    corrected, _ = apply_corrections(data, {named(data, 0): "Sadness"}, "Training")
    assert corrected.targets[0] == 1


def test_a_label_that_the_data_lacks_is_told_with_its_line(
    data: FaceDataset, tmp_path: Path
) -> None:
    message = rf"Picture {ABSENT} is corrected to 'fear', which is no class of Eight: expected "
    with pytest.raises(DatasetError, match=message):
        apply_corrections(data, {ABSENT: "fear"}, "Training")
    path = tmp_path / "corrections.csv"
    path.write_text(f"picture,label\n{named(data, 0)},sad\n{ABSENT},fear\n")
    with pytest.raises(DatasetError, match=rf"corrections\.csv, line 3: {message}"):
        correct(data, path, "Training")


def test_the_data_says_what_was_done_to_it(data: FaceDataset, tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    write_corrections(path, {named(data, 0): "sad", named(data, 1): EXCLUDE, ABSENT: EXCLUDE})
    corrected = correct(data, path, "Training")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    expected = {"file": "corrections.csv", "sha256": sha256, "relabelled": 1, "excluded": 1}
    assert corrected.corrections == {**expected, "unknown": 1}
    assert corrected.part(slice(2)).corrections == corrected.corrections
    assert data.corrections == {}
    assert corrected.fingerprint() != data.fingerprint()


def test_a_file_without_corrections_changes_nothing(data: FaceDataset, tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    write_corrections(path, {})
    corrected = correct(data, path, "Training")
    assert corrected.fingerprint() == data.fingerprint()
    assert dataclasses.replace(corrected, corrections={}).corrections == data.corrections
