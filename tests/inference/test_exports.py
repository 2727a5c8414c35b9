"""Analyses as files that other programs read."""

import csv
import io
import json
from collections.abc import Callable

import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.faces import Face
from fer_core.inference.exports import annotated_name, face_rows, to_csv, to_json, to_table

ReadFace = Callable[..., AnalyzedFace]

EYES_TO_MOUTH = ((30.0, 40.0), (50.0, 40.0), (40.0, 50.0), (33.0, 60.0), (47.0, 60.0))


@pytest.fixture
def frame() -> FrameAnalysis:
    """A frame of a video with one fully described face."""
    face = AnalyzedFace(
        Face((20.04, 20.0, 40.0, 60.0), 0.9, EYES_TO_MOUTH),
        EmotionScores(("sad", "happy", "neutral"), (0.2, 0.7, 0.1)),
        FaceQuality(40.0, 123.4, 0.5, -3.2),
        track_id=3,
    )
    return FrameAnalysis("clip.mp4", (640, 480), (face,), 12.345, 1.5)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# --- JSON ---


def test_json_has_the_documented_keys(frame: FrameAnalysis) -> None:
    (entry,) = json.loads(to_json([frame]))
    # The command line's promise, word for word in the project's design.
    assert list(entry) == ["source", "width", "height", "time_s", "elapsed_ms", "faces"]
    (face,) = entry["faces"]
    assert list(face) == [
        *("box", "emotion", "confidence", "scores", "landmarks", "track_id", "quality")
    ]
    assert face["box"] == [20.0, 20.0, 40.0, 60.0]
    assert (face["emotion"], face["confidence"], face["track_id"]) == ("happy", 0.7, 3)
    assert face["scores"] == {"sad": 0.2, "happy": 0.7, "neutral": 0.1}
    assert face["landmarks"] == [list(point) for point in EYES_TO_MOUTH]


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(to_json([])) == []


def test_json_keeps_a_picture_without_faces() -> None:
    (entry,) = json.loads(to_json([FrameAnalysis("wand.jpg", (10, 20))]))
    assert (entry["source"], entry["faces"]) == ("wand.jpg", [])


def test_json_keeps_letters_readable() -> None:
    assert '"Grüße.jpg"' in to_json([FrameAnalysis("Grüße.jpg", (10, 20))])


# --- CSV ---


def test_csv_has_a_row_for_each_face_with_all_columns(frame: FrameAnalysis) -> None:
    (row,) = rows_of(to_csv([frame]))
    assert row == {
        "source": "clip.mp4",
        "time_s": "1.5",
        "face": "1",
        "track_id": "3",
        "emotion": "happy",
        "confidence": "0.7",
        "sad": "0.2",
        "happy": "0.7",
        "neutral": "0.1",
        "x": "20.0",
        "y": "20.0",
        "width": "40.0",
        "height": "60.0",
        "size_px": "40.0",
        "sharpness": "123.4",
        "brightness": "0.5",
        "roll_deg": "-3.2",
    }


def test_csv_numbers_the_faces_of_each_picture(read_face: ReadFace) -> None:
    faces = (read_face((0, 0, 10, 10)), read_face((20, 0, 10, 10)))
    frames = [
        FrameAnalysis("a.jpg", (50, 50), faces),
        FrameAnalysis("wall.jpg", (50, 50)),
        FrameAnalysis("b.jpg", (50, 50), faces[:1]),
    ]
    rows = rows_of(to_csv(frames))
    assert [(row["source"], row["face"]) for row in rows] == [
        *(("a.jpg", "1"), ("a.jpg", "2"), ("b.jpg", "1"))
    ]


def test_csv_without_faces_is_a_header_alone() -> None:
    text = to_csv([FrameAnalysis("wall.jpg", (50, 50))])
    assert text.splitlines() == ["source,face,emotion,confidence"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_does_not_run_a_file_name(start: str, read_face: ReadFace) -> None:
    # OWASP, "CSV Injection": these characters begin a formula.
    name = f'{start}HYPERLINK("http://evil")'
    frame = FrameAnalysis(name, (50, 50), (read_face((0, 0, 10, 10)),))
    (row,) = csv.DictReader(io.StringIO(to_csv([frame]), newline=""))
    assert row["source"] == "'" + name


def test_an_ordinary_name_is_left_alone_even_with_separators(read_face: ReadFace) -> None:
    name = 'a,b "c"; 1=2.jpg'
    frame = FrameAnalysis(name, (50, 50), (read_face((0, 0, 10, 10)),))
    assert rows_of(to_csv([frame]))[0]["source"] == name


def test_models_with_other_labels_share_a_table(frame: FrameAnalysis, read_face: ReadFace) -> None:
    other = FrameAnalysis("b.jpg", (50, 50), (read_face((0, 0, 10, 10)),))
    first, second = rows_of(to_csv([frame, other]))
    assert first["angry"] == ""
    assert float(second["angry"]) > 0


def test_rows_are_flat_values_in_the_models_label_order(read_face: ReadFace) -> None:
    (row,) = face_rows([FrameAnalysis("a.jpg", (50, 50), (read_face((0, 0, 10, 10)),))])
    assert [key for key in row if key in FER7_LABELS] == list(FER7_LABELS)
    assert not any(isinstance(value, (dict, list, tuple)) for value in row.values())


# --- Table ---


def test_the_table_tells_each_picture_and_its_leading_emotions(frame: FrameAnalysis) -> None:
    picture, face = to_table([frame]).splitlines()
    assert picture == "clip.mp4  640×480  1 face  12 ms"
    assert face.split() == [
        *("1", "happy", "70.0%", "sad", "20.0%", "neutral", "10.0%"),
        *("at", "20,20", "size", "40×60"),
    ]


def test_the_table_says_when_there_is_no_face() -> None:
    assert to_table([FrameAnalysis("wall.jpg", (5, 6))]) == "wall.jpg  5×6  no face found  0 ms"


def test_the_table_counts_faces_and_shows_three_emotions(read_face: ReadFace) -> None:
    faces = (read_face((0, 0, 10, 10)), read_face((20, 0, 10, 10)))
    picture, first, second = to_table([FrameAnalysis("a.jpg", (50, 50), faces)]).splitlines()
    assert "2 faces" in picture
    assert first.count("%") == second.count("%") == 3


# --- Names of annotated pictures ---


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("me.png", "007_me.jpg"),
        ("holiday.zip/inner/me.v2.jpeg", "007_me.v2.jpg"),
        ("../../etc/passwd", "007_passwd.jpg"),
        ("C:\\photos\\me.bmp", "007_me.jpg"),
        ("a b;rm -rf $HOME.png", "007_a_b_rm_-rf_HOME.jpg"),
        ("Grüße.png", "007_Grüße.jpg"),
        ("...", "007_photo.jpg"),
        ("..", "007_photo.jpg"),
        ("", "007_photo.jpg"),
        ("nul\0byte\n.png", "007_nul_byte.jpg"),
        ("x" * 300 + ".png", "007_" + "x" * 80 + ".jpg"),
    ],
)
def test_an_annotated_picture_gets_a_safe_name(source: str, expected: str) -> None:
    assert annotated_name(source, 7) == expected


def test_pictures_of_one_name_stay_apart() -> None:
    assert annotated_name("a/me.png", 1) != annotated_name("b/me.png", 2)
