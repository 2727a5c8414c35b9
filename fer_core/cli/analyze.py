"""`analyze`: the faces of pictures and videos, and their expressions."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.analyze_video import is_video, read_video, summary_lines
from fer_core.cli.options import Model, as_folder, as_path
from fer_core.cli.printer import Format, Printer
from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.errors import ImageError, VideoError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from fer_core.inference.analyzer import EmotionAnalyzer
    from fer_core.video.analysis import VideoChoices
    from fer_core.video.view import VideoView

# A ZIP of photos may be this large; a single picture's own limit is in domain/images.py.
_LARGEST_FILE_BYTES = 2 << 30


def analyze(
    paths: Annotated[
        list[Path],
        typer.Argument(parser=as_path, help="Pictures, ZIPs of them, videos, or folders."),
    ],
    model: Model = "default",
    detector: Annotated[str, typer.Option(help="yunet, haar, skin_haar or full_frame.")] = "yunet",
    format_: Annotated[
        Format,
        typer.Option("--format", help="What to print; table sums a video up, person by person."),
    ] = Format.table,
    annotate_dir: Annotated[
        Path | None,
        typer.Option(
            "--annotate", parser=as_folder, help="Folder for annotated pictures and videos."
        ),
    ] = None,
    fps: Annotated[
        float | None, typer.Option(help="Of a video at most so many frames a second.")
    ] = None,
    start: Annotated[float, typer.Option(help="Where in a video to begin, in seconds.")] = 0.0,
    end: Annotated[float | None, typer.Option(help="Where in a video to end, in seconds.")] = None,
) -> None:
    """Find the faces of pictures and videos, and read their expressions."""
    from fer_core.inference.analyzer import load_analyzer
    from fer_core.video.analysis import VideoChoices

    try:
        choices = VideoChoices(start, end, fps)
    except VideoError as error:
        raise typer.BadParameter(str(error)) from error
    has_videos = any(is_video(path) for path in _files(paths, lambda _: None))
    analyzer = load_analyzer(model, detector)
    work = _Analyze(analyzer, choices, Printer(format_, has_videos), annotate_dir)
    shows_progress = sys.stderr.isatty() and (format_ is Format.table or not sys.stdout.isatty())
    for path in _files(paths, work.reject):
        if is_video(path):
            work.video(path, shows_progress)
        else:
            work.pictures(path)
    work.printer.end()
    if work.bad:
        raise typer.Exit(1)


class _Analyze:
    """What is done with each file; a bad one is told and never stops the others."""

    def __init__(
        self,
        analyzer: "EmotionAnalyzer",
        choices: "VideoChoices",
        printer: Printer,
        annotate_dir: Path | None,
    ) -> None:
        self._analyzer = analyzer
        self._choices = choices
        self._annotate_dir = annotate_dir
        self._read = 0
        self.printer = printer
        self.bad = 0

    def reject(self, reason: str) -> None:
        """Tell what is wrong with a file."""
        self.bad += 1
        typer.echo(f"Error: {reason}", err=True)

    def pictures(self, path: Path) -> None:
        """Read a picture, or a ZIP of them."""
        from fer_core.domain.archives import RejectedFile
        from fer_core.inference.batch import analyze_files

        try:
            file = _name(path), _content(path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            shown = " ".join(str(path).split())
            self.reject(
                f"{shown}: cannot be read ({reason}); expected a picture, ZIP, video or folder."
            )
            return
        for result in analyze_files(self._analyzer, [file]):
            if isinstance(result, RejectedFile):
                self.reject(_whole_name(result.reason, result.name))
                continue
            self._read += 1
            self.printer.add(result.analysis)
            if self._annotate_dir is not None:
                self._annotate(self._annotate_dir, result.image_rgb, result.analysis)

    def video(self, path: Path, shows_progress: bool) -> None:
        """Read a video."""
        import cv2

        name = _name(path)
        try:
            read = read_video(
                *(self._analyzer, path, name, self._choices, self.printer.add, shows_progress)
            )
        except VideoError as error:
            self.reject(_whole_name(str(error), name))
            return
        except (MemoryError, cv2.error) as error:
            shown = " ".join(name.split())
            self.reject(f"{shown}: could not be analysed ({type(error).__name__}).")
            return
        self._read += 1
        self.printer.add_lines(summary_lines(read))
        if read.warning:
            typer.echo(f"Warning: {read.warning}", err=True)
        if self._annotate_dir is not None:
            self._annotate_video(self._annotate_dir, path, read.view)

    def _annotate(
        self, folder: Path, image_rgb: "npt.NDArray[np.uint8]", analysis: FrameAnalysis
    ) -> None:
        from fer_core.domain.images import encode_jpeg
        from fer_core.inference.annotate import annotate
        from fer_core.inference.exports import annotated_name

        target = folder / annotated_name(analysis.source, self._read)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            target.write_bytes(encode_jpeg(annotate(image_rgb, analysis)))
        except (OSError, ImageError) as error:
            self.reject(f"{target}: cannot be written ({error}).")

    def _annotate_video(self, folder: Path, path: Path, view: "VideoView") -> None:
        from fer_core.inference.exports import annotated_name
        from fer_core.video.annotated import annotate_video

        name = annotated_name(view.raw.header.source, self._read)
        target = (folder / name).with_suffix(".mp4")
        choices = self._choices
        try:
            folder.mkdir(parents=True, exist_ok=True)
            annotate_video(path, view, target, start_s=choices.start_s, end_s=choices.end_s)
        except (OSError, VideoError) as error:
            self.reject(f"{target}: cannot be written ({error}).")


def _files(paths: list[Path], reject: Callable[[str], None]) -> Iterator[Path]:
    """The files to read: folders give what is below them, sorted; hidden ones left out."""
    from fer_core.domain.images import SUPPORTED_SUFFIXES
    from fer_core.video.opening import SUPPORTED_SUFFIXES as VIDEO_SUFFIXES

    suffixes = dict.fromkeys((*SUPPORTED_SUFFIXES, *VIDEO_SUFFIXES, ".zip"))
    for path in paths:
        if not _is_folder(path):
            yield path
            continue
        found = [
            file
            for file in sorted(path.rglob("*"))
            if file.suffix.lower() in suffixes
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        if not found:
            reject(f"{path}: no pictures or videos in this folder; expected {', '.join(suffixes)}.")
        yield from found


def _name(path: Path) -> str:
    """A file's name to print; one that is not UTF-8 must not stop the printing of all results."""
    return os.fsencode(path).decode("utf-8", "replace")


def _whole_name(reason: str, name: str) -> str:
    """A reason that names an absolute path's file only, with the whole path."""
    from fer_core.domain.file_names import display_name

    return " ".join(name.split()) + reason.removeprefix(display_name(name))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, for one; reading it will tell
        return False


def _content(path: Path) -> bytes:
    """The bytes of a regular file of bearable size; `OSError` tells why not."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file")
    if path.stat().st_size > _LARGEST_FILE_BYTES:
        raise OSError(errno.EFBIG, f"over {_LARGEST_FILE_BYTES >> 20:,} MB")
    return path.read_bytes()
