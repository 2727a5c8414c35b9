"""A video's record as files that other programs read: CSV, Parquet, JSON and subtitles."""

import csv
import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.domain.errors import FerError
from fer_core.inference.exports import as_text
from fer_core.video.captions import LEAST_CUE_S, cues
from fer_core.video.summary import STRESSED_RATIO, PersonSummary, valence
from fer_core.video.view import VideoView

Column = list[str] | npt.NDArray[Any]

_DECIMALS = 6  # all that 32 bits hold of a probability


def columns(view: VideoView) -> dict[str, Column]:
    """A table with one row for each face and frame, in the order of the frames.

    Args:
        view: The record, with names and smoothing.

    Returns:
        Columns by their names, all of one length: texts as lists, numbers as arrays. Seconds,
        pixels of the frames, degrees (nan without landmarks); probabilities of 0 to 1, under the
        label's name those of the frame alone, under "smoothed_" those without flicker.
    """
    faces, labels = view.record.faces, view.labels
    raw, smoothed = faces["probabilities"], view.smoothed.faces["probabilities"]
    numbers = faces["track_id"].astype(np.int64)
    names = {person: view.name_of(person) for person in view.series}
    return {
        "source": [view.raw.header.source] * len(faces),
        "time_s": faces["time_s"],
        "timestamp": _timestamps(faces["time_s"]),
        "person": numbers,
        "name": [names[person] for person in numbers.tolist()],
        "emotion": [labels[index] for index in raw.argmax(axis=1).tolist()],
        "confidence": raw.max(axis=1, initial=0.0),
        **{label: raw[:, index] for index, label in enumerate(labels)},
        "smoothed_emotion": [labels[index] for index in view.leading.tolist()],
        **{f"smoothed_{label}": smoothed[:, index] for index, label in enumerate(labels)},
        "valence": _valence(view),
        "score": faces["score"],
        **dict(zip(("x", "y", "width", "height"), faces["box_xywh"].T, strict=True)),
        **{name: faces[name] for name in ("size_px", "sharpness", "brightness", "roll_deg")},
    }


def to_csv(view: VideoView) -> str:
    """The table of `columns` under a header; a value that is not known is left empty."""
    table = columns(view)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(map(as_text, table))
    writer.writerows(zip(*map(_cells, table.values()), strict=True))
    return stream.getvalue()


def to_parquet(view: VideoView) -> bytes:
    """The table of `columns` as Apache Parquet.

    The schema's metadata holds source, model, detector, labels (JSON), smoothing, time_constant_s
    and stress_threshold.

    Raises:
        FerError: pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise FerError(
            "Parquet needs pyarrow, which is not installed: run `pip install pyarrow`, or take CSV."
        ) from error
    header = view.raw.header
    arrays = {
        name: pyarrow.array(np.ascontiguousarray(column), from_pandas=True)  # nan becomes null
        if isinstance(column, np.ndarray)
        else pyarrow.array(column, pyarrow.string())
        for name, column in columns(view).items()
    }
    about = {
        "source": header.source,
        "model": header.model,
        "detector": header.detector,
        "labels": json.dumps(header.labels),
        "smoothing": view.smoothing.value,
        "time_constant_s": str(view.time_constant_s),
        "stress_threshold": str(view.stress_threshold),
    }
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.table(arrays, metadata=about), sink, compression="zstd")
    return bytes(sink.getvalue())


def to_json(view: VideoView) -> str:
    """One object: what was read and how, the people, and each frame as it was read.

    People are those of `VideoView.persons`; frames hold every face, numbered by persons, with the
    probabilities of that frame alone, as the command line gives a picture's.
    """
    header = view.raw.header
    about = {
        "source": header.source,
        "model": header.model,
        "detector": header.detector,
        "labels": header.labels,
        "width": header.size_wh[0],
        "height": header.size_wh[1],
        "smoothing": {"kind": view.smoothing.value, "time_constant_s": view.time_constant_s},
        "thresholds": {"stress": view.stress_threshold, "stressed_ratio": STRESSED_RATIO},
        "people": [_person(view, view.summaries[person]) for person in view.persons],
    }
    frames = (
        json.dumps(analysis.to_dict(), ensure_ascii=False, allow_nan=False)
        for analysis in view.record.analyses()
    )
    start = json.dumps(about, indent=2, ensure_ascii=False, allow_nan=False).removesuffix("\n}")
    # A line a frame: whoever looks into the file sees where one ends.
    return f'{start},\n  "frames": [\n' + ",\n".join(frames) + "\n  ]\n}\n"


def to_srt(view: VideoView, least_s: float = LEAST_CUE_S) -> str:
    """Subtitles in SubRip's form: "Ann: happy 83%", a line for each person who is seen.

    Args:
        view: The record.
        least_s: Shorter captions are joined with their neighbours.
    """
    blocks = []
    for number, cue in enumerate(cues(view, least_s), start=1):
        lines = [
            f"{view.name_of(one.person)}: {one.label} {one.probability:.0%}" for one in cue.shown
        ]
        # An arrow within a text is taken for another caption's times, what is in angles for markup.
        text = "\n".join(lines).replace("-->", "→").replace("<", "‹").replace(">", "›")
        blocks.append(
            f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{text}\n\n"
        )
    return "".join(blocks)


def _timestamps(times_s: npt.NDArray[np.float64]) -> list[str]:
    return [_clock(time_s) for time_s in times_s.tolist()]


def _clock(time_s: float, point: str = ".") -> str:
    """Seconds as HH:MM:SS.mmm."""
    seconds, thousandths = divmod(round(time_s * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"


def _valence(view: VideoView) -> npt.NDArray[np.float32]:
    values = np.zeros(len(view.record.faces), np.float32)
    for person, series in view.series.items():
        values[view.record.faces["track_id"] == person] = valence(series, view.labels)
    return values


def _cells(column: Column) -> list[Any]:
    """A column as CSV's cells."""
    if isinstance(column, list):
        return [as_text(text) for text in column]
    if not np.issubdtype(column.dtype, np.floating):
        return list(column.tolist())
    rounded = np.round(column.astype(np.float64), _DECIMALS)
    cells: list[Any] = rounded.tolist()
    for row in np.flatnonzero(np.isnan(rounded)).tolist():
        cells[row] = ""
    return cells


def _person(view: VideoView, summary: PersonSummary) -> dict[str, Any]:
    return {
        "person": summary.person,
        "name": view.name_of(summary.person),
        "seconds": summary.seconds,
        "first_s": summary.first_s,
        "last_s": summary.last_s,
        "shares": summary.shares,
        "happiness_ratio": summary.happiness_ratio,
        "stress_ratio": summary.stress_ratio,
        "is_stressed": summary.is_stressed,
        "valence": summary.valence,
        "transitions": [
            {"from": view.labels[a], "to": view.labels[b], "count": int(summary.transitions[a, b])}
            for a, b in np.argwhere(summary.transitions).tolist()
        ],
        "peaks": {
            label: [{"time_s": peak.time_s, "probability": peak.probability} for peak in peaks]
            for label, peaks in summary.peaks.items()
        },
    }
