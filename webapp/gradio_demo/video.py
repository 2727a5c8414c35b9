"""The demo's video tab: a short clip in; its faces drawn, and each person's time, out."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import gradio as gr

from fer_core.domain.errors import FerError
from fer_core.video.analysis import VideoChoices, analyze_video
from fer_core.video.annotated import annotate_video
from fer_core.video.exports import to_csv, to_srt
from fer_core.video.html_report import html_report
from fer_core.video.opening import SUPPORTED_SUFFIXES
from fer_core.video.reading import VideoReader
from fer_core.video.record import RecordHeader, VideoRecord
from fer_core.video.view import VideoView
from webapp.gradio_demo import readers
from webapp.gradio_demo.choices import Choices
from webapp.gradio_demo.told import told
from webapp.gradio_demo.turns import Turns

AT_MOST_S = 60.0
"""Longer clips are read so far; whoever has more to read has the app or the command line."""

_IN_TURNS = 8
_HEADERS = ["person", "seconds", "leading", "share", "happiness ratio", "stress ratio", "valence"]


def video_tab(choices: Choices) -> None:
    """Draw the tab and register `/analyze_video`.

    Args:
        choices: The model, the detector and the least detector score.
    """
    gr.Markdown(
        f"The first {AT_MOST_S:.0f} seconds are read; the file lies on this server for some "
        "minutes. Not for decisions about people: in the European Union, inferring emotions at "
        "the workplace and in education is prohibited (Regulation (EU) 2024/1689, Article 5)."
    )
    with gr.Row():
        with gr.Column():
            clip = gr.File(label="Video", file_types=list(SUPPORTED_SUFFIXES), height=160)
            button = gr.Button("Read it", variant="primary")
            line = gr.Markdown(container=False)
        video = gr.Video(label="Faces", interactive=False, height=360, buttons=["download"])
    table = gr.Dataframe(label="People", headers=_HEADERS, interactive=False)
    files = gr.File(
        label="CSV, captions, report", file_count="multiple", interactive=False, height=230
    )
    # One clip at a time: photos and live video have the other cores.
    turns = Turns(1)
    inputs = [clip, *choices.components]

    async def handler(
        clip: str | None, model: str, detector: str, min_score: float, request: gr.Request
    ) -> AsyncIterator[tuple[Any, Any, Any, str]]:
        # Gradio copies what it is given before it asks for more.
        with tempfile.TemporaryDirectory() as folder:
            visitor = request.session_hash or ""
            yield await turns.take(
                visitor, told(read_clip), clip, model, detector, min_score, Path(folder)
            )

    async def api(
        clip: str | None, model: str, detector: str, min_score: float, request: gr.Request
    ) -> list[dict[str, Any]]:
        visitor = request.session_hash or ""
        return await turns.take(visitor, told(analyze_clip), clip, model, detector, min_score)

    button.click(
        handler,
        inputs,
        [video, table, files, line],
        api_visibility="private",
        concurrency_limit=_IN_TURNS,
        concurrency_id="video",
    )
    gr.Button(visible=False).click(
        api,
        inputs,
        gr.JSON(visible=False),
        api_name="analyze_video",
        api_description=f"Read the first {AT_MOST_S:.0f} seconds of a clip, frame by frame.",
        concurrency_limit=_IN_TURNS,
        concurrency_id="video",
    )


@dataclass(frozen=True, slots=True)
class _Clip:
    view: VideoView
    path: Path
    is_longer: bool


def analyze_clip(
    clip: str | None, model: str, detector: str, min_score: float
) -> list[dict[str, Any]]:
    """What the command line prints for the beginning of a clip: an object for each frame.

    Raises:
        FerError: It cannot be read, or a name is unknown.
    """
    record = _read(clip, model, detector, min_score).view.record
    return [analysis.to_dict() for analysis in record.analyses()]


def read_clip(
    clip: str | None, model: str, detector: str, min_score: float, folder: Path
) -> tuple[str, list[list[Any]], list[str], str]:
    """Everything that the tab shows: drawn video, table, files and a line.

    Raises:
        FerError: As `analyze_clip`.
    """
    read = _read(clip, model, detector, min_score)
    view, stem = read.view, PurePosixPath(read.path.name).stem
    drawn = folder / f"{stem}-annotated.mp4"
    annotate_video(read.path, view, drawn, end_s=AT_MOST_S)
    contents = {"csv": to_csv(view), "srt": to_srt(view), "html": html_report(view)}
    files = [folder / f"{stem}.{suffix}" for suffix in contents]
    for file, content in zip(files, contents.values(), strict=True):
        file.write_text(content, encoding="utf-8")
    frames = len(view.raw.frame_times_s)
    people = f"{len(view.persons)} {'person' if len(view.persons) == 1 else 'people'}"
    line = f"**{people}** in {frames:,} frames"
    if read.is_longer:
        line += f", of the first {AT_MOST_S:.0f} seconds"
    return str(drawn), _table(view), [str(file) for file in files], line


def _read(clip: str | None, model: str, detector: str, min_score: float) -> _Clip:
    if clip is None:
        raise FerError("Choose a video first.")
    path = Path(clip)
    analyzer = readers.analyzer(model, detector)
    choices = VideoChoices(end_s=AT_MOST_S, min_score=min_score)
    with VideoReader(path, path.name) as reader:
        header = RecordHeader(
            reader.info.name, analyzer.classifier.labels, reader.info.size_wh, model, detector
        )
        found = (analysis for _, analysis in analyze_video(analyzer, reader, choices))
        record = VideoRecord.of(header, found)
        is_longer = (reader.info.duration_s or 0.0) > AT_MOST_S
    return _Clip(VideoView(record), path, is_longer)


def _table(view: VideoView) -> list[list[Any]]:
    rows = []
    for person in view.persons:
        summary = view.summaries[person]
        leading = max(summary.shares, key=lambda label: summary.shares[label])
        rows.append(
            [
                view.name_of(person),
                round(summary.seconds, 1),
                leading,
                f"{summary.shares[leading]:.0%}",
                f"{summary.happiness_ratio:.0%}",
                f"{summary.stress_ratio:.0%}",
                f"{summary.valence:+.2f}",
            ]
        )
    return rows
