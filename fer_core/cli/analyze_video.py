"""`analyze` of a video: its frames as they come, or a few lines that sum it up."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.errors import VideoError

if TYPE_CHECKING:
    from fer_core.inference.analyzer import EmotionAnalyzer
    from fer_core.video.analysis import VideoChoices
    from fer_core.video.reading import VideoReader
    from fer_core.video.view import VideoView

_TOLD_EVERY_S = 0.5
_LEADING = 3


@dataclass(frozen=True, slots=True, eq=False)
class ReadVideo:
    """A video that was read.

    Attributes:
        view: All that was read.
        duration_s: Of the whole file, as far as it tells, else until the last frame.
        warning: What was missing in the file; "" if nothing was.
    """

    view: "VideoView"
    duration_s: float
    warning: str


def is_video(path: Path) -> bool:
    """Whether a path is to be read as a video; a GIF is one if it moves."""
    from fer_core.video.opening import SUPPORTED_SUFFIXES
    from fer_core.video.reading import VideoReader

    if path.suffix.lower() != ".gif":
        return path.suffix.lower() in SUPPORTED_SUFFIXES
    try:
        with VideoReader(path) as reader:
            return len(list(islice(reader.frames(), 2))) > 1
    except VideoError:
        return False


def read_video(
    analyzer: "EmotionAnalyzer",
    path: Path,
    source: str,
    choices: "VideoChoices",
    each: Callable[[FrameAnalysis], None],
    shows_progress: bool,
) -> ReadVideo:
    """Read a video; what is held in memory does not grow by pictures, only by figures.

    Args:
        analyzer: Reads the faces.
        path: The file.
        source: Its name in what is printed.
        choices: Which part, and how closely.
        each: Is given every frame's analysis, in order.
        shows_progress: Tell on stderr how far it is.

    Raises:
        VideoError: It cannot be read.
    """
    from fer_core.video.analysis import analyze_video
    from fer_core.video.reading import VideoReader
    from fer_core.video.record import RecordHeader, RecordWriter, VideoRecord
    from fer_core.video.view import VideoView

    with VideoReader(path) as reader, tempfile.TemporaryDirectory() as folder:
        labels, info = analyzer.classifier.labels, reader.info
        header = RecordHeader(source, labels, info.size_wh, "", "")
        pairs = analyze_video(analyzer, reader, choices)
        analyses: Iterator[FrameAnalysis] = (analysis for _, analysis in pairs)
        if shows_progress:
            analyses = _told(analyses, source, choices, info.duration_s)
        with RecordWriter(Path(folder), header) as writer:
            for analysis in analyses:
                writer.add(analysis)
                each(replace(analysis, source=source))
        record = VideoRecord.read(Path(folder))
        return ReadVideo(
            VideoView(record), info.duration_s or reader.read_to_s, _warning(reader, source)
        )


def summary_lines(video: ReadVideo) -> str:
    """Lines for a person: the video, and what each person's time adds up to."""
    record = video.view.raw
    (width, height), count = record.header.size_wh, len(record.frame_times_s)
    persons = video.view.persons
    source = " ".join(record.header.source.split())  # a name may hold a line break
    lines = [
        f"{source}  {width}×{height}  {video.duration_s:.1f} s  "
        f"{count:,} frame{'s' * (count != 1)} read  "
        f"{len(persons) or 'no'} face{'s' * (len(persons) != 1)} told apart"
    ]
    for person in persons:
        summary = video.view.summaries[person]
        ranked = sorted(summary.shares.items(), key=lambda item: -item[1])[:_LEADING]
        leading = "  ".join(f"{label} {share:.1%}" for label, share in ranked if share)
        lines.append(
            f"  {video.view.name_of(person):<10}  {summary.seconds:6.1f} s  {leading:<44}  "
            f"happiness ratio {summary.happiness_ratio:.1%}  "
            f"stress ratio {summary.stress_ratio:.1%}"
        )
    return "\n".join(lines)


def _warning(reader: "VideoReader", source: str) -> str:
    """What of a file could not be read."""
    shown = " ".join(source.split())
    cut_at_s = reader.cut_short_at_s()
    if cut_at_s is not None:
        return f"{shown}: the file ends before its time, at {cut_at_s:.1f} s. Copy it again."
    parts = (
        "1 damaged part was" if reader.skipped == 1 else f"{reader.skipped:,} damaged parts were"
    )
    return f"{shown}: {parts} skipped." if reader.skipped else ""


def _told(
    analyses: Iterator[FrameAnalysis],
    source: str,
    choices: "VideoChoices",
    duration_s: float | None,
) -> Iterator[FrameAnalysis]:
    """The same, and on stderr one line of how far they are."""
    end_s = min((s for s in (choices.end_s, duration_s) if s), default=None)
    of = f" of {end_s:.0f}" if end_s else ""
    told_at = 0.0
    try:
        for analysis in analyses:
            if time.monotonic() > told_at + _TOLD_EVERY_S:
                told_at = time.monotonic()
                line = f"\r{Path(source).name[-60:]}  {analysis.time_s or 0.0:.0f}{of} s"
                typer.echo(line, err=True, nl=False)
            yield analysis
    finally:
        typer.echo("\r\x1b[K", err=True, nl=False)
        sys.stderr.flush()
