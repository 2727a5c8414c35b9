"""`analyze` of videos, from the words typed to what is printed and the exit code."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.domain.images import encode_png
from fer_core.video.reading import VideoReader
from tests.cli.test_analyze import ASTRONAUT
from tests.conftest import Image
from tests.video.clips import write_clip

FerCore = Callable[..., Any]  # words in, (code, out, err) out


@pytest.fixture
def clip(astronaut: Image, tmp_path: Path) -> Path:
    """Two seconds of one face that goes to the right."""
    return write_clip(tmp_path / "interview.mp4", rolled(astronaut))


def rolled(astronaut: Image, count: int = 50) -> Iterator[Image]:
    return (np.roll(astronaut, 2 * number, axis=1) for number in range(count))


def test_a_video_is_summed_up_person_by_person(fer_core: FerCore, clip: Path) -> None:
    ended = fer_core("analyze", clip)
    assert (ended.code, ended.err) == (0, "")
    video, person = ended.out.splitlines()
    assert video == f"{clip}  512×512  2.0 s  50 frames read  1 face told apart"
    assert re.fullmatch(
        r"  Person 1 +2\.0 s( +\w+ [\d.]+%){1,3} +happiness ratio [\d.]+% +stress ratio [\d.]+%",
        person,
    )


def test_json_has_every_frame_in_one_list_with_the_pictures(fer_core: FerCore, clip: Path) -> None:
    ended = fer_core("analyze", ASTRONAUT, clip, ASTRONAUT, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    first, *frames, last = json.loads(ended.out)
    assert {first["source"], last["source"]} == {str(ASTRONAUT)}
    assert (first["time_s"], first["faces"][0]["track_id"]) == (None, None)
    assert [round(frame["time_s"] * 25) for frame in frames] == list(range(50))
    for number, frame in enumerate(frames):
        assert list(frame) == ["source", "width", "height", "time_s", "elapsed_ms", "faces"]
        assert (frame["source"], frame["width"]) == (str(clip), 512)
        (face,) = frame["faces"]
        assert face["track_id"] == 1
        assert face["box"][0] == pytest.approx(181 + 2 * number, abs=12)


def test_csv_has_time_and_number_beside_pictures(fer_core: FerCore, clip: Path) -> None:
    ended = fer_core("analyze", ASTRONAUT, clip, "--format", "csv", "--fps", "5")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [row["track_id"] for row in rows] == ["", *["1"] * (len(rows) - 1)]
    assert [row["time_s"] for row in rows[:3]] == ["", "0.0", "0.2"]
    assert len(rows) == 11
    assert {row["source"] for row in rows} == {str(ASTRONAUT), str(clip)}
    assert all(None not in row for row in rows)


def test_a_part_is_read_at_a_pace(fer_core: FerCore, clip: Path) -> None:
    part = ("--start", "0.5", "--end", "1.5", "--fps", "5")
    ended = fer_core("analyze", clip, "--format", "json", *part)
    times = [round(frame["time_s"], 2) for frame in json.loads(ended.out)]
    assert times == [0.52, 0.72, 0.92, 1.12, 1.32]
    nothing = fer_core("analyze", clip, "--start", "99")
    assert (nothing.code, nothing.err) == (0, "")
    assert nothing.out.endswith("0 frames read  no faces told apart\n")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (("--fps", "0"), "Frames a second must be more than 0"),
        (("--start", "-1"), "start must be 0 seconds or later"),
        (("--start", "2", "--end", "1"), "end must be after the start"),
    ],
)
def test_a_part_that_is_none_is_wrong_usage(
    fer_core: FerCore, clip: Path, part: tuple[str, ...], words: str
) -> None:
    ended = fer_core("analyze", clip, *part)
    assert (ended.code, ended.out) == (2, "")
    assert words in " ".join(ended.err.replace("│", " ").split())


def test_a_bad_video_is_one_line_and_the_others_go_on(
    fer_core: FerCore, clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.mp4").write_text("dear diary")
    cut = tmp_path / "cut.mov"
    cut.write_bytes(clip.read_bytes()[:9000])
    picture = tmp_path / "photo.webm"
    picture.write_bytes(ASTRONAUT.read_bytes())
    nowhere = tmp_path / "nowhere.mkv"
    paths = [tmp_path / "text.mp4", cut, picture, nowhere, clip]
    ended = fer_core("analyze", *paths, "--format", "json")
    assert ended.code == 1
    assert len(json.loads(ended.out)) == 50
    for path, line, words in zip(
        paths[:4],
        ended.err.splitlines(),
        ["received plain text", "was cut short", "received a JPEG picture", "found none there"],
        strict=True,
    ):
        assert line.startswith(f"Error: {path}: ")
        assert words in line


def test_what_is_missing_in_a_file_is_told(
    fer_core: FerCore, astronaut: Image, tmp_path: Path
) -> None:
    path = tmp_path / "half.mp4"
    write_clip(path, rolled(astronaut), options={"movflags": "faststart"})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    ended = fer_core("analyze", path, "--fps", "5")
    assert ended.code == 0
    assert re.match(
        r"Warning: .*half\.mp4: the file ends before its time, at [01]\.\d s", ended.err
    )
    assert "1 face told apart" in ended.out


def test_a_folder_gives_its_videos_and_a_gif_is_one_if_it_moves(
    fer_core: FerCore, astronaut: Image, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    wall = np.full((64, 64, 3), 99, np.uint8)
    grey = [np.full((64, 64, 3), 20 * number, np.uint8) for number in range(5)]
    write_clip(folder / "a.MKV", grey)
    write_clip(folder / "moving.gif", grey, codec="gif", pixels="rgb8")
    write_clip(folder / "still.gif", [wall], codec="gif", pixels="rgb8")
    (folder / "wall.png").write_bytes(encode_png(wall))
    ended = fer_core("analyze", folder, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found = [(Path(entry["source"]).name, entry["time_s"]) for entry in json.loads(ended.out)]
    assert [name for name, _ in found] == [
        *["a.MKV"] * 5,
        *["moving.gif"] * 5,
        "still.gif",
        "wall.png",
    ]
    assert [time_s is None for _, time_s in found] == [False] * 10 + [True] * 2


def test_an_annotated_video_is_written_beside_annotated_pictures(
    fer_core: FerCore, clip: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "out"
    part = ("--start", "1", "--fps", "10")
    ended = fer_core("analyze", ASTRONAUT, clip, *part, "--annotate", folder)
    assert (ended.code, ended.err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == [
        "001_astronaut.jpg",
        "002_interview.mp4",
    ]
    with VideoReader(folder / "002_interview.mp4") as drawn, VideoReader(clip) as plain:
        shown = list(drawn.frames())
        assert len(shown) == 25  # every frame of the part, also those that were not read
        for frame, before in zip(shown, plain.frames(1.0), strict=True):
            differs = np.abs(frame.image_rgb.astype(int) - before.image_rgb).max(axis=2) > 90
            assert differs.sum() > 300


def test_an_annotated_video_that_cannot_be_written_costs_only_itself(
    fer_core: FerCore, clip: Path, pictures: Path
) -> None:
    within_a_file = pictures / "notes.txt" / "annotated"
    ended = fer_core("analyze", clip, "--annotate", within_a_file, "--fps", "2")
    assert ended.code == 1
    assert "1 face told apart" in ended.out
    (line,) = ended.err.splitlines()
    assert line.startswith(f"Error: {within_a_file}/001_interview.mp4: cannot be written")


def test_progress_is_for_a_terminal_only(
    fer_core: FerCore, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fer_core("analyze", clip, "--fps", "2").err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    told = fer_core("analyze", clip, "--fps", "2").err
    assert told.startswith("\rinterview.mp4  0 of 2 s")
    assert told.endswith("\r\x1b[K")  # the line is gone at the end
