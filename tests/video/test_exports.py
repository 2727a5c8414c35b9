"""A video's table, captions and JSON: what other programs read is what was seen."""

import csv
import io
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest

from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import FerError
from fer_core.inference.exports import to_json as pictures_to_json
from fer_core.video.exports import columns, to_csv, to_json, to_parquet, to_srt
from fer_core.video.people import People
from fer_core.video.summary import Smoothing
from fer_core.video.view import VideoView
from tests.video.views import view_of


@pytest.fixture
def view() -> VideoView:
    """Ann is sad and after two seconds happy; the other one is there from one second on."""
    return view_of(
        {1: lambda t: "happy" if t >= 2 else "sad", 2: lambda t: "neutral" if t >= 1 else None},
        people=People({1: "Ann"}),
    )


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- Columns ---


def test_columns_are_those_that_are_promised_and_of_one_length(view: VideoView) -> None:
    table = columns(view)
    assert list(table) == [
        *("source", "time_s", "timestamp", "person", "name", "emotion", "confidence"),
        *FER7_LABELS,
        "smoothed_emotion",
        *(f"smoothed_{label}" for label in FER7_LABELS),
        *("valence", "score", "x", "y", "width", "height"),
        *("size_px", "sharpness", "brightness", "roll_deg"),
    ]
    assert {len(column) for column in table.values()} == {100 + 75}


def test_a_row_holds_the_frame_alone_and_what_is_left_without_flicker(view: VideoView) -> None:
    table = columns(view)
    # Ann's first happy frame: 40 ms after a sad one, smoothing over 0.3 s still says sad.
    (row,) = np.flatnonzero((table["person"] == np.int64(1)) & (table["time_s"] == np.float64(2.0)))
    told = {name: column[row] for name, column in table.items()}
    assert (told["name"], told["emotion"], told["smoothed_emotion"]) == ("Ann", "happy", "sad")
    assert told["timestamp"] == "00:00:02.000"
    assert told["confidence"] == told["happy"] == pytest.approx(0.8)
    kept = np.exp(-0.04 / 0.3)
    assert told["smoothed_happy"] == pytest.approx(0.8 - kept * (0.8 - 0.2 / 6), abs=1e-6)
    negative = sum(told[f"smoothed_{label}"] for label in ("angry", "disgust", "fear", "sad"))
    assert told["valence"] == pytest.approx(told["smoothed_happy"] - negative, abs=1e-6)
    assert (told["x"], told["y"], told["width"], told["height"]) == (100, 120, 120, 150)
    assert told["roll_deg"] == pytest.approx(-3.2)


def test_the_leading_emotion_is_that_of_the_smoothing(view: VideoView) -> None:
    path = VideoView(view.raw, view.people, Smoothing.path)
    assert columns(path)["smoothed_emotion"] == [
        path.labels[index] for index in path.leading.tolist()
    ]
    raw = VideoView(view.raw, view.people, Smoothing.none)
    assert columns(raw)["smoothed_emotion"] == columns(raw)["emotion"]


def test_merged_faces_are_one_person(view: VideoView) -> None:
    seen = view_of({1: lambda t: "sad" if t < 1 else None, 2: lambda t: "sad" if t > 1 else None})
    both = VideoView(seen.raw, People({1: "Ann"}).joined(2, 1))
    assert set(columns(both)["person"]) == {1}
    assert set(columns(both)["name"]) == {"Ann"}


# --- CSV ---


def test_csv_says_the_same_as_the_columns(view: VideoView) -> None:
    rows, table = rows_of(to_csv(view)), columns(view)
    assert list(rows[0]) == list(table)
    assert [float(row["smoothed_happy"]) for row in rows] == pytest.approx(
        list(table["smoothed_happy"]), abs=1e-6
    )
    assert [row["name"] for row in rows] == table["name"]
    assert {len(row["happy"]) for row in rows} <= set(range(3, 9))  # no digits that say nothing


def test_csv_leaves_empty_what_is_not_known(view: VideoView) -> None:
    rolls = {row["person"]: row["roll_deg"] for row in rows_of(to_csv(view))}
    assert rolls == {"1": "-3.2", "2": ""}


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_spreadsheet_runs_no_name(start: str) -> None:
    # OWASP, "CSV Injection": these characters begin a formula.
    bad = f"{start}HYPERLINK(1)"
    view = view_of({1: lambda _: "sad"}, 0.1, source=bad, people=People({1: bad}))
    (row, *_) = rows_of(to_csv(view))
    assert (row["source"], row["name"]) == (f"'{bad}", f"'{bad}")


@pytest.mark.parametrize("shown", [{}, {1: lambda _: None}])
def test_a_video_without_faces_is_a_header_alone(shown: dict[int, object]) -> None:
    view = view_of(shown, 0.2)  # type: ignore[arg-type]
    assert to_csv(view).splitlines() == [",".join(columns(view))]
    assert pd.read_parquet(io.BytesIO(to_parquet(view))).empty
    assert to_srt(view) == ""
    assert json.loads(to_json(view))["people"] == []


# --- Parquet ---


def test_parquet_says_the_same_as_the_columns(view: VideoView) -> None:
    read = pd.read_parquet(io.BytesIO(to_parquet(view)))
    table = columns(view)
    assert list(read.columns) == list(table)
    for name, column in table.items():
        expected = list(column)
        if name == "roll_deg":
            expected = [None if np.isnan(value) else value for value in expected]
            assert read[name].isna().tolist() == [value is None for value in expected]
            continue
        assert read[name].tolist() == expected, name


def test_parquet_tells_how_it_was_read(view: VideoView) -> None:
    from pyarrow import parquet

    file = parquet.ParquetFile(io.BytesIO(to_parquet(view)))
    about = {key.decode(): value.decode() for key, value in file.schema_arrow.metadata.items()}
    assert json.loads(about.pop("labels")) == list(FER7_LABELS)
    assert about == {
        "source": "clip.mp4",
        "model": "tiny",
        "detector": "yunet",
        "smoothing": "exponential",
        "time_constant_s": "0.3",
        "stress_threshold": "0.5",
    }
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_without_pyarrow_it_says_what_to_install(
    view: VideoView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if it were not installed
    with pytest.raises(FerError, match=r"^[^\n]*pip install pyarrow[^\n]*$"):
        to_parquet(view)


# --- JSON ---


def test_json_has_people_and_frames_as_the_command_line_gives_them(view: VideoView) -> None:
    told = json.loads(to_json(view))
    assert list(told) == [
        *("source", "model", "detector", "labels", "width", "height"),
        *("smoothing", "thresholds", "people", "frames"),
    ]
    assert told["smoothing"] == {"kind": "exponential", "time_constant_s": 0.3}
    assert told["thresholds"] == {"stress": 0.5, "stressed_ratio": 0.25}
    assert told["frames"] == json.loads(pictures_to_json(view.record.analyses()))
    assert len(told["frames"]) == 100


def test_json_sums_up_each_person(view: VideoView) -> None:
    ann, other = json.loads(to_json(view))["people"]
    assert list(ann) == [
        *("person", "name", "seconds", "first_s", "last_s", "shares", "happiness_ratio"),
        *("stress_ratio", "is_stressed", "valence", "transitions", "peaks"),
    ]
    assert (ann["name"], other["name"]) == ("Ann", "Person 2")
    assert (ann["seconds"], other["first_s"]) == (pytest.approx(3.96), 1.0)
    assert sum(ann["shares"].values()) == pytest.approx(1)
    assert ann["transitions"] == [{"from": "sad", "to": "happy", "count": 1}]
    assert ann["is_stressed"]
    assert ann["peaks"]["happy"][0]["time_s"] == pytest.approx(3.96)
    assert other["happiness_ratio"] == 0


def test_letters_stay_readable() -> None:
    assert "Zoë" in to_json(view_of({1: lambda _: "sad"}, 0.2, people=People({1: "Zoë"})))


# --- Captions ---


def test_captions_are_valid_and_tell_each_person(view: VideoView) -> None:
    blocks = to_srt(view).strip().split("\n\n")
    moment = r"\d\d:\d\d:\d\d,\d\d\d"
    for number, block in enumerate(blocks, start=1):
        index, times, *lines = block.split("\n")
        assert index == str(number)
        assert re.fullmatch(f"{moment} --> {moment}", times)
        assert all(re.fullmatch(r"(Ann|Person 2): \w+ \d+%", line) for line in lines)
    assert blocks[0] == "1\n00:00:00,000 --> 00:00:01,000\nAnn: sad 80%"
    rows = pd.DataFrame(columns(view)).query("name == 'Ann' and time_s >= 1")
    sad = rows.query("smoothed_emotion == 'sad'")["smoothed_sad"].mean()
    assert blocks[1].split("\n")[2:] == [f"Ann: sad {sad:.0%}", "Person 2: neutral 80%"]
    assert sad < 0.77  # its last frames are on the way to happy
    assert blocks[-1].split("\n")[1].endswith("--> 00:00:04,000")


def test_a_name_is_not_taken_for_times() -> None:
    view = view_of({1: lambda _: "sad"}, 1.0, people=People({1: "A --> B"}))
    assert "A → B: sad 80%" in to_srt(view)


def test_times_beyond_an_hour() -> None:
    view = view_of({1: lambda _: "sad"}, times_s=[3723.0, 3724.0015])
    assert "01:02:03,000 --> 01:02:05,003" in to_srt(view)
    assert columns(view)["timestamp"][1] == "01:02:04.002"
