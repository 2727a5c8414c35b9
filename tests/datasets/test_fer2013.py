"""FER2013 is read bit by bit, and a wrong row is told by its line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.datasets.base import FaceDataset, open_dataset
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import DatasetError

FACES = np.random.default_rng(2013).integers(0, 256, (3, 48, 48), np.uint8)
EMOTIONS, USAGES = [3, 0, 6], ["Training", "PublicTest", "PrivateTest"]
# FER+'s order: neutral, happiness, …, unknown, NF.
VOTES = np.array(
    [
        [1, 9, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 6, 2, 0, 0, 1, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 10],
    ]
)
FERPLUS_ROWS = [
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF",
    "Training,fer0000000.png,1,9,0,0,0,0,0,0,0,0",
    "PublicTest,fer0000001.png,0,0,0,0,6,2,0,0,1,1",
    "PrivateTest,,0,0,0,0,0,0,0,0,0,10",
]


def row(face: npt.NDArray[np.uint8], emotion: object = 3, usage: str = "Training") -> str:
    return f"{emotion},{' '.join(map(str, face.ravel()))},{usage}"


GOOD = row(FACES[0])
WriteCsv = Callable[..., str]
WritePack = Callable[..., str]


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteCsv:
    """Write rows below Kaggle's header; returns the path."""

    def write(*rows: str, header: str = "emotion,pixels,Usage", end: str = "\n") -> str:
        path = tmp_path / "fer2013.csv"
        path.write_text(end.join([header, *rows, ""]), encoding="utf-8", newline="")
        return str(path)

    return write


@pytest.fixture
def write_pack(tmp_path: Path) -> WritePack:
    """Write the lossless pack of `FACES`, with arrays changed as asked; returns the path."""

    def write(**changes: Any) -> str:
        # Over 100, OpenCV's WebP loses nothing.
        quality = [cv2.IMWRITE_WEBP_QUALITY, 101]
        packed = [cv2.imencode(".webp", face, quality)[1].ravel() for face in FACES]
        arrays = {
            "webp": np.concatenate(packed),
            "offset": np.cumsum([0, *map(len, packed)]),
            "emotion": np.array(EMOTIONS),
            "usage": np.array([0, 1, 2]),
        }
        path = tmp_path / "fer2013.npz"
        np.savez(path, **(arrays | changes))
        return str(path)

    return write


def check_whole(data: FaceDataset) -> None:
    assert (data.name, data.labels) == ("FER2013", FER7_LABELS)
    assert "research" in data.licence
    assert np.array_equal(data.images, FACES)
    assert data.targets.tolist() == EMOTIONS
    assert data.splits.tolist() == USAGES


# --- CSV ---


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "header", ["emotion,pixels,Usage", "emotion, pixels, Usage", "\ufeffemotion,pixels,Usage"]
)
def test_kaggles_csv_is_read_pixel_by_pixel(write_csv: WriteCsv, header: str, end: str) -> None:
    rows = [row(*fields) for fields in zip(FACES, EMOTIONS, USAGES, strict=True)]
    check_whole(open_dataset(write_csv(*rows, header=header, end=end)))


def test_quotes_around_pixels_are_fine(write_csv: WriteCsv) -> None:
    quoted = GOOD.replace("3,", '3,"', 1).replace(",Training", '",Training')
    assert np.array_equal(open_dataset(write_csv(quoted)).images[0], FACES[0])


def test_columns_may_come_in_another_order(write_csv: WriteCsv) -> None:
    # As in icml_face_data.csv, the competition's second copy.
    rows = [
        ",".join(row(*fields).split(",")[i] for i in (0, 2, 1))
        for fields in zip(FACES, EMOTIONS, USAGES, strict=True)
    ]
    check_whole(open_dataset(write_csv(*rows, header="emotion, Usage, pixels")))


def test_an_empty_csv_is_an_empty_data_set(write_csv: WriteCsv) -> None:
    data = open_dataset(write_csv())
    assert data.images.shape == (0, 48, 48)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("3", "got 1 columns"),
        (f"3,{'7 ' * 2304}", "got 2 columns"),
        (row(FACES[0], 7), "emotion must be 0 to 6, got '7'"),
        (row(FACES[0], -1), "emotion must be 0 to 6, got '-1'"),
        (row(FACES[0], ""), "emotion must be 0 to 6, got ''"),
        (row(FACES[0], "happy"), "emotion must be 0 to 6, got 'happy'"),
        (row(FACES[0], 3.0), r"emotion must be 0 to 6, got '3\.0'"),
        (row(FACES[0], usage="Test"), "Usage must be one of Training, PublicTest, PrivateTest"),
        (row(FACES[0], usage=""), "got ''"),
        (row(FACES[0][1:]), "expected 2,304 pixel values, got 2,256"),
        (row(np.append(FACES[0], 7)), "expected 2,304 pixel values, got 2,305"),
        ("3,,Training", "expected 2,304 pixel values, got 0"),
        (f"3,{'256 ' * 2304},Training", "integers of 0 to 255"),
        (f"3,{'-1 ' * 2304},Training", "integers of 0 to 255"),
        (f"3,{'1.5 ' * 2304},Training", "integers of 0 to 255"),
        (f"3,{'x ' * 2304},Training", "integers of 0 to 255"),
        (f"3,{'9' * 30}{' 7' * 2303},Training", "integers of 0 to 255"),
        (f'3,"{"1 " * 99_999}",Training', "field larger than field limit"),
    ],
)
def test_a_bad_row_is_told_by_its_line(write_csv: WriteCsv, bad: str, message: str) -> None:
    path = write_csv(GOOD, GOOD, bad, GOOD)
    # The header is line 1.
    with pytest.raises(DatasetError, match=rf"fer2013\.csv, line 4: .*{message}"):
        open_dataset(path)


def test_a_row_that_is_not_utf8_is_told_by_its_line(write_csv: WriteCsv) -> None:
    path = Path(write_csv(GOOD, GOOD))
    path.write_bytes(path.read_bytes() + b"3,\xff\xfe,Training\n")
    with pytest.raises(DatasetError, match="line 4: expected 2,304 pixel values, got 1"):
        open_dataset(str(path))


# --- Pack ---


def test_the_pack_is_read_pixel_by_pixel(write_pack: WritePack) -> None:
    check_whole(open_dataset(write_pack()))


def test_both_forms_have_one_fingerprint(write_csv: WriteCsv, write_pack: WritePack) -> None:
    rows = [row(*fields) for fields in zip(FACES, EMOTIONS, USAGES, strict=True)]
    by_csv, by_pack = open_dataset(write_csv(*rows)), open_dataset(write_pack())
    assert by_csv.fingerprint() == by_pack.fingerprint()


def test_more_arrays_than_needed_are_fine(write_pack: WritePack) -> None:
    check_whole(open_dataset(write_pack(notes=np.array(["mine"]))))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"emotion": np.array([3, 0])}, "one emotion and one usage of 0 to 2 for each of 3"),
        ({"usage": np.array([0, 1])}, "one emotion and one usage"),
        ({"usage": np.array([0, 1, 3])}, "one emotion and one usage"),
        ({"usage": np.array([0, 1, -1])}, "one emotion and one usage"),
        ({"emotion": np.array([3, 0, 7])}, "a target lies outside the labels"),
        ({"offset": np.array([0, 0, 9, 9])}, "image 0 is not a 48×48 picture"),
        ({"webp": np.zeros(9000, np.uint8)}, "image 0 is not a 48×48 picture"),
        ({"emotion": np.array([3, 0, None])}, "is damaged"),
        ({"ferplus_votes": VOTES[:2]}, r"ferplus_votes of shape \(3, 10\) .* got \(2, 10\)"),
        ({"ferplus_votes": VOTES[:, :8]}, r"got \(3, 8\)"),
        ({"ferplus_votes": VOTES / 10}, "ferplus_votes as integers of 0 to 255"),
        ({"ferplus_votes": VOTES - 11}, "ferplus_votes as integers of 0 to 255"),
        ({"ferplus_votes": VOTES, "ferplus_id": np.array([1, 2])}, r"and \(2,\)"),
    ],
)
def test_a_wrong_pack_is_told(write_pack: WritePack, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        open_dataset(write_pack(**changes))


def test_a_picture_of_another_size_is_told_by_its_number(write_pack: WritePack) -> None:
    with np.load(write_pack()) as pack:
        data, offset = pack["webp"], pack["offset"]
    _, large = cv2.imencode(".webp", np.zeros((96, 96), np.uint8))
    packed = np.concatenate([data[: offset[1]], large.ravel(), data[offset[2] :]])
    shifted = offset + np.array([0, 0, 1, 1]) * (large.size - (offset[2] - offset[1]))
    with pytest.raises(DatasetError, match="image 1 is not a 48×48 picture"):
        open_dataset(write_pack(webp=packed, offset=shifted))


def test_a_pack_with_flipped_bits_is_told(write_pack: WritePack) -> None:
    path = Path(write_pack())
    content = bytearray(path.read_bytes())
    content[1000] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"fer2013\.npz is damaged .*copy or pack it again"):
        open_dataset(str(path))


def test_blank_lines_are_passed_over(write_csv: WriteCsv) -> None:
    assert len(open_dataset(str(write_csv(GOOD, "", GOOD, ""))).images) == 2


def test_a_file_of_one_endless_line_is_no_fer2013(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("x" * 500_000)
    with pytest.raises(DatasetError, match="Cannot tell what data"):
        open_dataset(str(path))


# --- Votes ---


def test_votes_beside_the_csv_are_read_with_it(write_csv: WriteCsv, write_pack: WritePack) -> None:
    path = write_csv(*(row(*fields) for fields in zip(FACES, EMOTIONS, USAGES, strict=True)))
    assert open_dataset(path).votes is None
    Path(path).with_name("fer2013new.csv").write_text("\n".join(FERPLUS_ROWS))
    data = open_dataset(path)
    check_whole(data)
    assert np.array_equal(data.votes, VOTES)
    # The pack leaves a removed picture's votes at zero; its missing name says what it is.
    votes, names = VOTES * [[1], [1], [0]], np.array([0, 1, -1])
    by_pack = open_dataset(write_pack(ferplus_votes=votes, ferplus_id=names))
    assert by_pack.fingerprint() == data.fingerprint()


def test_a_pack_without_image_names_has_its_votes_as_they_are(write_pack: WritePack) -> None:
    assert np.array_equal(open_dataset(write_pack(ferplus_votes=VOTES)).votes, VOTES)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (FERPLUS_ROWS[:3], "has 2 rows for 3 pictures"),
        (
            [*FERPLUS_ROWS[:2], FERPLUS_ROWS[3], FERPLUS_ROWS[2]],
            "line 3: expected Usage 'PublicTest' .* got 'PrivateTest'",
        ),
    ],
)
def test_votes_of_other_rows_are_told(write_csv: WriteCsv, rows: list[str], message: str) -> None:
    path = write_csv(*(row(*fields) for fields in zip(FACES, EMOTIONS, USAGES, strict=True)))
    Path(path).with_name("fer2013new.csv").write_text("\n".join(rows))
    with pytest.raises(DatasetError, match=rf"fer2013new\.csv.* {message}"):
        open_dataset(path)
