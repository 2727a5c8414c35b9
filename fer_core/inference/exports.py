"""Analyses as files that other programs read: JSON, and CSV with one row for each face."""

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from fer_core.domain.analysis import FrameAnalysis


def to_json(analyses: Iterable[FrameAnalysis]) -> str:
    """A list with one object for each analysis, as the command line prints it."""
    return json.dumps([analysis.to_dict() for analysis in analyses], indent=2, ensure_ascii=False)


def to_csv(analyses: Iterable[FrameAnalysis]) -> str:
    """One row for each face under a header; analyses without faces leave no row."""
    rows = face_rows(analyses)
    columns = dict.fromkeys(column for row in rows for column in row)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(columns) or ["source", "face", "emotion", "confidence"])
    writer.writeheader()
    writer.writerows({**row, "source": as_text(row["source"])} for row in rows)
    return stream.getvalue()


def face_rows(analyses: Iterable[FrameAnalysis]) -> list[dict[str, Any]]:
    """One flat row for each face, in the order of the analyses; keys are column names."""
    rows: list[dict[str, Any]] = []
    for analysis in analyses:
        for number, face in enumerate(analysis.to_dict()["faces"], start=1):
            x, y, width, height = face["box"]
            rows.append(
                {
                    "source": analysis.source,
                    "time_s": analysis.time_s,
                    "face": number,
                    **({} if face["track_id"] is None else {"track_id": face["track_id"]}),
                    "emotion": face["emotion"],
                    "confidence": face["confidence"],
                    **face["scores"],
                    "x": x,
                    "y": y,
                    "width": width,
                    "height": height,
                    **face["quality"],
                }
            )
    return rows


def as_text(name: str) -> str:
    """A name that somebody chose, which a spreadsheet will not run as a formula."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t", "\r") else name


def to_table(analyses: Iterable[FrameAnalysis]) -> str:
    """Lines for a person: each picture, its faces, and the three leading emotions of each."""
    lines = []
    for analysis in analyses:
        width, height = analysis.size_wh
        count = len(analysis.faces)
        faces = "no face found" if not count else f"{count} face{'s' if count > 1 else ''}"
        source = " ".join(analysis.source.split())  # a name may hold a line break
        lines.append(f"{source}  {width}×{height}  {faces}  {analysis.elapsed_ms:.0f} ms")
        for number, face in enumerate(analysis.faces, start=1):
            x, y, w, h = (round(value) for value in face.face.box_xywh)
            leading = "  ".join(f"{label} {p:.1%}" for label, p in face.scores.ranked()[:3])
            lines.append(f"  {number:>3}  {leading:<44}  at {x},{y} size {w}×{h}")
    return "\n".join(lines)


def annotated_name(source: str, number: int) -> str:
    """A file name for an annotated picture: numbered, since two folders may hold one name."""
    stem = PurePosixPath(source.replace("\\", "/")).stem
    safe = re.sub(r"[^\w.-]+", "_", stem).strip("._") or "photo"
    return f"{number:03d}_{safe[:80]}.jpg"
