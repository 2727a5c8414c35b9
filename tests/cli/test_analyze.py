"""`analyze`, from the words typed to what is printed and the exit code."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.domain.images import encode_png, read_image

ASTRONAUT = Path(__file__).resolve().parents[2] / "fer_core" / "samples" / "astronaut.jpg"
FerCore = Callable[..., Any]  # words in, (code, out, err) out


def test_a_bad_file_is_told_while_the_others_are_printed(
    command: FerCore, served_models: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "notes.jpg"
    bad.write_text("dear diary")
    ended = command("analyze", bad, ASTRONAUT, "--format", "json")
    assert ended.code == 1
    (line,) = ended.err.splitlines()
    assert line.startswith(f"Error: {bad}: expected a picture")
    (entry,) = json.loads(ended.out)
    # The promise of the project's design, word for word.
    assert list(entry) == ["source", "width", "height", "time_s", "elapsed_ms", "faces"]
    (face,) = entry["faces"]
    assert set(face) == {
        *("box", "emotion", "confidence", "scores", "landmarks", "track_id", "quality")
    }
    assert len(face["box"]) == 4
    assert len(face["landmarks"]) == 5
    assert face["confidence"] == max(face["scores"].values())


def test_an_unknown_model_is_one_line_on_stderr(command: FerCore, served_models: Path) -> None:
    ended = command("analyze", ASTRONAUT, "--model", "nobody")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "Error: Unknown model 'nobody': expected one of default.\n"


def test_analyze_prints_a_table_unless_told_otherwise(fer_core: FerCore) -> None:
    ended = fer_core("analyze", ASTRONAUT)
    assert (ended.code, ended.err) == (0, "")
    picture, face = ended.out.splitlines()
    assert picture.startswith(f"{ASTRONAUT}  512×512  1 face  ")
    assert face.count("%") == 3


def test_analyze_prints_csv(fer_core: FerCore, pictures: Path) -> None:
    ended = fer_core("analyze", pictures, "--detector", "full_frame", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [Path(row["source"]).name for row in rows] == ["b.png", "A.PNG"]
    assert [(row["width"], row["height"]) for row in rows] == [("60.0", "50.0")] * 2


def test_a_folder_gives_its_pictures_and_leaves_hidden_ones(
    fer_core: FerCore, pictures: Path
) -> None:
    ended = fer_core("analyze", pictures, "--format", "json")
    assert ended.code == 0
    sources = [Path(entry["source"]) for entry in json.loads(ended.out)]
    assert sources == [pictures / "b.png", pictures / "deeper" / "A.PNG"]


def test_a_zip_gives_its_pictures(fer_core: FerCore, pictures: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "trip.zip", "w") as archive:
        archive.write(pictures / "b.png", "b.png")
        archive.write(pictures / "notes.txt", "notes.txt")
    ended = fer_core("analyze", tmp_path / "trip.zip", "--format", "json")
    assert ended.code == 1
    assert [entry["source"] for entry in json.loads(ended.out)] == ["trip.zip/b.png"]
    assert ended.err.startswith("Error: trip.zip/notes.txt: expected a picture")


def test_every_bad_path_is_told_and_the_good_ones_are_read(
    fer_core: FerCore, pictures: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    nowhere, too_long = tmp_path / "nowhere.png", "x" * 5000
    ended = fer_core(*("analyze", nowhere, empty, too_long, pictures / "b.png", "--format", "json"))
    assert ended.code == 1
    assert len(json.loads(ended.out)) == 1
    first, second, third = ended.err.splitlines()
    assert first.startswith(f"Error: {nowhere}: cannot be read (No such file or directory)")
    assert second.startswith(f"Error: {empty}: no pictures or videos in this folder; expected .jpg")
    assert third.startswith("Error: xxx")


def test_a_picture_without_faces_is_no_error(fer_core: FerCore, tmp_path: Path) -> None:
    (tmp_path / "wall.png").write_bytes(encode_png(np.full((90, 90, 3), 99, np.uint8)))
    ended = fer_core("analyze", tmp_path / "wall.png", "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)[0]["faces"] == []


def test_a_name_that_is_not_utf8_is_printed_all_the_same(fer_core: FerCore, pictures: Path) -> None:
    odd = os.fsencode(pictures) + b"/\xff.png"
    Path(os.fsdecode(odd)).write_bytes((pictures / "b.png").read_bytes())
    ended = fer_core("analyze", os.fsdecode(odd), "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)[0]["source"].endswith("/\ufffd.png")


def test_annotated_pictures_go_to_a_new_folder(
    fer_core: FerCore, pictures: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "annotated"
    ended = fer_core("analyze", pictures, "--detector", "full_frame", "--annotate", folder)
    assert ended.code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["001_b.jpg", "002_A.jpg"]
    height, width = read_image(folder / "001_b.jpg").shape[:2]
    assert (width % 60, height % 50) == (0, 0)  # enlarged by a whole factor
    assert (pictures / "b.png").read_bytes() == (pictures / "deeper" / "A.PNG").read_bytes()


def test_a_file_in_place_of_the_annotated_folder_is_wrong_usage(
    fer_core: FerCore, pictures: Path
) -> None:
    ended = fer_core("analyze", pictures, "--annotate", pictures / "notes.txt")
    assert ended.code == 2
    assert "is a file" in ended.err


def test_an_annotated_picture_that_cannot_be_written_costs_only_itself(
    fer_core: FerCore, pictures: Path
) -> None:
    within_a_file = pictures / "notes.txt" / "annotated"
    ended = fer_core("analyze", pictures, "--annotate", within_a_file, "--format", "json")
    assert ended.code == 1
    assert len(json.loads(ended.out)) == 2
    assert ended.err.count("cannot be written") == 2


@pytest.mark.parametrize("words", [[""], [ASTRONAUT, "--annotate", ""]])
def test_an_empty_path_is_wrong_usage_not_the_current_folder(
    fer_core: FerCore, words: list[object]
) -> None:
    ended = fer_core("analyze", *words)
    assert (ended.code, ended.out) == (2, "")
    assert "empty text" in ended.err


def test_a_folder_gives_its_zips_too(fer_core: FerCore, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "holiday.zip", "w") as archive:
        archive.write(ASTRONAUT, "me.jpg")
    ended = fer_core("analyze", tmp_path, "--format", "json")
    assert ended.code == 0
    assert [entry["source"] for entry in json.loads(ended.out)] == ["holiday.zip/me.jpg"]


def test_a_line_break_in_a_name_breaks_no_line(fer_core: FerCore, tmp_path: Path) -> None:
    (tmp_path / "good\nname.jpg").write_bytes(ASTRONAUT.read_bytes())
    (tmp_path / "bad\nname.jpg").write_bytes(b"text")
    ended = fer_core("analyze", tmp_path)
    assert len(ended.err.splitlines()) == 1
    assert len(ended.out.splitlines()) == 2


def test_bad_files_of_one_name_are_told_apart(fer_core: FerCore, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "empty.jpg").touch()
    lines = fer_core("analyze", tmp_path).err.splitlines()
    for folder, line in zip("ab", lines, strict=True):
        assert f"{tmp_path}/{folder}/empty.jpg: " in line
