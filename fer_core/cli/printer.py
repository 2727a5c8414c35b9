"""Prints analyses as they come: a long video's need not be in memory together."""

import csv
import io
import json
from enum import StrEnum
from typing import Any

import typer

from fer_core.domain.analysis import FrameAnalysis


class Format(StrEnum):
    """How `analyze` prints."""

    table = "table"
    json = "json"
    csv = "csv"


class Printer:
    """Prints one list of JSON, one table of CSV, or lines for a person.

    Args:
        format_: Which of these.
        has_videos: Whether CSV needs a column for the numbers of tracked faces.
    """

    def __init__(self, format_: Format, has_videos: bool) -> None:
        self._format = format_
        self._has_videos = has_videos
        self._columns: list[str] = []
        self._printed = 0

    def add(self, analysis: FrameAnalysis) -> None:
        """Print a picture, or a frame of a video, of which a person wants no line."""
        from fer_core.inference.exports import to_table

        if self._format is Format.json:
            text = json.dumps(analysis.to_dict(), indent=2, ensure_ascii=False)
            typer.echo(",\n  " if self._printed else "[\n  ", nl=False)
            typer.echo(text.replace("\n", "\n  "), nl=False)
        elif self._format is Format.csv:
            self._add_rows(analysis)
        elif analysis.time_s is None:
            typer.echo(to_table([analysis]))
        self._printed += 1

    def add_lines(self, lines: str) -> None:
        """Print what sums a video up, for a person only."""
        if self._format is Format.table:
            typer.echo(lines)

    def end(self) -> None:
        """Print what closes it all."""
        if self._format is Format.json:
            typer.echo("\n]" if self._printed else "[]")
        elif self._format is Format.csv and not self._columns:
            self._write_header(["source", "face", "emotion", "confidence"])

    def _add_rows(self, analysis: FrameAnalysis) -> None:
        from fer_core.inference.exports import as_text, face_rows

        rows = face_rows([analysis])
        if rows and not self._columns:
            columns = list(rows[0])
            if self._has_videos and "track_id" not in columns:
                columns.insert(columns.index("face") + 1, "track_id")
            self._write_header(columns)
        self._write([{**row, "source": as_text(row["source"])} for row in rows])

    def _write_header(self, columns: list[str]) -> None:
        self._columns = columns
        self._write([dict(zip(columns, columns, strict=True))])

    def _write(self, rows: list[dict[str, Any]]) -> None:
        stream = io.StringIO()
        csv.DictWriter(stream, self._columns).writerows(rows)
        typer.echo(stream.getvalue(), nl=False)
