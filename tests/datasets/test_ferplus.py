"""FER+'s file is read row by row, and its votes reach the pictures they were cast on."""

from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.crowd_votes import VOTE_NAMES
from fer_core.datasets.ferplus import (
    FerPlusFile,
    named_like_fer2013,
    parse_ferplus,
    read_ferplus,
    with_votes_by_name,
    with_votes_by_row,
)
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import DatasetError

HEADER = f"Usage,Image name,{','.join(VOTE_NAMES)}"
ROWS = [
    "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0",
    "Training,,0,0,0,0,0,0,0,0,3,7",
    # FER+'s numbers fall behind its rows after some of the pictures it removed.
    "PublicTest,fer0000001.png,0,9,0,0,0,0,0,0,0,1",
]
VOTES = [[4, 0, 0, 1, 3, 2, 0, 0, 0, 0], [0] * 9 + [10], [0, 9, 0, 0, 0, 0, 0, 0, 0, 1]]
WHERE = "here/fer2013new.csv"


@pytest.fixture
def file() -> FerPlusFile:
    return parse_ferplus("\n".join([HEADER, *ROWS]), WHERE)


def faces(splits: list[str], targets: list[int] | None = None) -> FaceDataset:
    count = len(splits)
    return FaceDataset(
        *("Faces", FER7_LABELS, np.zeros((count, 1, 1), np.uint8)),
        *(np.array(targets or [0] * count), np.array(splits)),
    )


# --- File ---


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_file_is_read_row_by_row(tmp_path: Path, end: str, mark: str) -> None:
    path = tmp_path / "fer2013new.csv"
    path.write_text(mark + end.join([HEADER, *ROWS, ""]), encoding="utf-8", newline="")
    file = read_ferplus(path)
    assert file.usages == ("Training", "Training", "PublicTest")
    assert file.image_names == ("fer0000000.png", "", "fer0000001.png")
    # Whatever is in the row of a picture that FER+ removed, it is no face.
    assert file.votes.tolist() == VOTES
    assert file.lines == (2, 3, 4)
    assert file.where == str(path)


def test_a_file_without_rows_is_empty() -> None:
    assert parse_ferplus(HEADER, WHERE).votes.shape == (0, 10)


@pytest.mark.parametrize(
    "header", ["", "Usage,neutral", HEADER.replace("anger,disgust", "disgust,anger")]
)
def test_other_columns_are_told(header: str) -> None:
    with pytest.raises(DatasetError, match=rf"^{WHERE}, line 1: expected the columns Usage, Ima"):
        parse_ferplus("\n".join([header, *ROWS]), WHERE)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("Training,fer0000002.png,4,0,0", "expected 12 columns, got 5"),
        (f"{ROWS[0]},0", "expected 12 columns, got 13"),
        (ROWS[0].replace("4", ""), "neutral must be a count of 0 to 255, got ''"),
        (ROWS[0].replace(",3,", ",-3,"), "anger must be a count of 0 to 255, got '-3'"),
        (ROWS[0].replace(",3,", ",2.5,"), r"anger must be a count of 0 to 255, got '2\.5'"),
        (ROWS[0].replace(",3,", ",256,"), "anger must be a count of 0 to 255, got '256'"),
        (ROWS[0].replace(",3,", f",{'9' * 5000},"), "anger must be a count"),
        (ROWS[0].replace(",3,", ",³,"), "anger must be a count of 0 to 255, got '³'"),
        (f"Training,{'x' * 200_000}", "field larger than field limit"),
    ],
)
def test_a_bad_row_is_told_by_its_line(bad: str, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"^{WHERE}, line 4: .*{message}"):
        parse_ferplus("\n".join([HEADER, ROWS[0], "", bad, ROWS[1]]), WHERE)


# --- By row ---


def test_rows_give_their_votes_to_pictures_in_order(file: FerPlusFile) -> None:
    data = with_votes_by_row(faces(["Training", "Training", "PublicTest"]), file)
    assert data.votes is not None
    assert data.votes.tolist() == VOTES


@pytest.mark.parametrize("count", [0, 2, 4])
def test_another_number_of_rows_is_told(file: FerPlusFile, count: int) -> None:
    with pytest.raises(DatasetError, match=f"^{WHERE} has 3 rows for {count} pictures: expected"):
        with_votes_by_row(faces(["Training"] * count), file)


def test_a_row_of_another_split_is_told_by_its_line(file: FerPlusFile) -> None:
    with pytest.raises(
        DatasetError, match=r"line 3: expected Usage 'PrivateTest' .*, got 'Training'"
    ):
        with_votes_by_row(faces(["Training", "PrivateTest", "PublicTest"]), file)


# --- By name ---


def test_names_tell_rows(file: FerPlusFile) -> None:
    names = ["PublicTest_2.jpg", "fer0000001.png", "Training_0.png", "mine.png", "Training_1.png"]
    data = with_votes_by_name(faces(["x"] * 5), names, file)
    assert data.votes is not None
    assert data.votes.tolist() == [VOTES[2], VOTES[2], VOTES[0], [0] * 10, VOTES[1]]


def test_numbers_that_are_no_rows_tell_nothing(file: FerPlusFile) -> None:
    # One copy of FER2013 on Kaggle: most numbers have eight digits, a few are small by chance.
    names = ["Training_10118481.jpg", "Training_2.jpg"]
    assert with_votes_by_name(faces(["x"] * 2), names, file).votes is None
    names.append("fer0000000.png")
    data = with_votes_by_name(faces(["x"] * 3), names, file)
    assert data.votes is not None
    assert data.votes.any(axis=1).tolist() == [False, False, True]


def test_names_of_other_data_tell_nothing(file: FerPlusFile) -> None:
    names = ["S010_004_00000017.png", "Validation_1.png", "Training_1_2.png", "Training_.png"]
    assert with_votes_by_name(faces(["x"] * 4), names, file).votes is None


@pytest.mark.parametrize(
    ("name", "could"),
    [
        ("fer0000012.png", True),
        ("Training_12.jpg", True),
        ("S010_004_00000017.png", False),
        ("Training_1_2.png", False),
        ("ferry.png", False),
    ],
)
def test_some_names_could_tell_a_row(name: str, could: bool) -> None:
    assert named_like_fer2013(["a.png", name]) is could


def test_a_number_of_another_split_is_told_by_both_names(file: FerPlusFile) -> None:
    with pytest.raises(
        DatasetError, match=r"line 4: expected Usage 'Training' .* Training_2\.png, got 'PublicT"
    ):
        with_votes_by_name(faces(["x"] * 2), ["Training_0.png", "Training_2.png"], file)


# --- Out of step ---


@pytest.mark.parametrize("shift", [0, 1])
def test_votes_that_agree_by_chance_only_are_told(shift: int) -> None:
    # Six in ten people's choices are the label's, about as on FER2013.
    random = np.random.default_rng(0)
    order = ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
    targets = random.integers(0, 7, 2000)
    seen = np.where(random.random(2000) < 0.6, targets, random.integers(0, 7, 2000))
    votes = np.zeros((2000, 10), np.uint8)
    votes[np.arange(2000), [VOTE_NAMES.index(order[i]) for i in np.roll(seen, shift)]] = 10
    file = FerPlusFile(WHERE, ("Training",) * 2000, ("",) * 2000, votes, tuple(range(2, 2002)))
    data = faces(["Training"] * 2000, targets.tolist())
    names = [f"Training_{i}.png" for i in range(2000)]
    if shift == 0:
        assert with_votes_by_row(data, file).votes is votes
        assert with_votes_by_name(data, names, file).votes is not None
        return
    for join in (
        lambda: with_votes_by_row(data, file),
        lambda: with_votes_by_name(data, names, file),
    ):
        with pytest.raises(
            DatasetError, match=r"agree with the labels of 1.% of the pictures, no "
        ):
            join()


def test_one_class_says_nothing_of_the_order() -> None:
    votes = np.zeros((2000, 10), np.uint8)
    votes[::2, 0] = votes[1::2, 4] = 10
    file = FerPlusFile(WHERE, ("Training",) * 2000, ("",) * 2000, votes, tuple(range(2, 2002)))
    assert with_votes_by_row(faces(["Training"] * 2000), file).votes is votes
