"""`analyze`: the faces of pictures, and their expressions."""

import errno
import os
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.options import Model, as_folder, as_path
from fer_core.domain.errors import ImageError

# A ZIP of photos may be this large; a single picture's own limit is in domain/images.py.
_LARGEST_FILE_BYTES = 2 << 30


class Format(StrEnum):
    """How `analyze` prints."""

    table = "table"
    json = "json"
    csv = "csv"


def analyze(
    paths: Annotated[
        list[Path], typer.Argument(parser=as_path, help="Pictures, ZIPs of them, or folders.")
    ],
    model: Model = "default",
    detector: Annotated[str, typer.Option(help="yunet, haar, skin_haar or full_frame.")] = "yunet",
    format_: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.table,
    annotate_dir: Annotated[
        Path | None,
        typer.Option("--annotate", parser=as_folder, help="Folder for annotated pictures."),
    ] = None,
) -> None:
    """Find the faces of pictures and read their expressions."""
    from fer_core.domain.archives import RejectedFile
    from fer_core.domain.file_names import display_name
    from fer_core.inference.analyzer import load_analyzer
    from fer_core.inference.batch import analyze_files
    from fer_core.inference.exports import annotated_name, to_csv, to_json, to_table

    analyses, bad = [], 0

    def reject(reason: str) -> None:
        nonlocal bad
        bad += 1
        typer.echo(f"Error: {reason}", err=True)

    def files() -> Iterator[tuple[str, bytes]]:
        for path in _pictures(paths, reject):
            try:
                # A name that is not UTF-8 must not stop the printing of all results.
                yield os.fsencode(path).decode("utf-8", "replace"), _content(path)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                shown = " ".join(str(path).split())
                reject(f"{shown}: cannot be read ({reason}); expected a picture, ZIP or folder.")

    for result in analyze_files(load_analyzer(model, detector), files()):
        if isinstance(result, RejectedFile):
            # Of an absolute path the reason names the file only; here the whole is wanted.
            reason = result.reason.removeprefix(display_name(result.name))
            reject(" ".join(result.name.split()) + reason)
            continue
        analyses.append(result.analysis)
        if annotate_dir is not None:
            from fer_core.domain.images import encode_jpeg
            from fer_core.inference.annotate import annotate

            target = annotate_dir / annotated_name(result.analysis.source, len(analyses))
            try:
                annotate_dir.mkdir(parents=True, exist_ok=True)
                target.write_bytes(encode_jpeg(annotate(result.image_rgb, result.analysis)))
            except (OSError, ImageError) as error:
                reject(f"{target}: cannot be written ({error}).")
    render = {Format.table: to_table, Format.json: to_json, Format.csv: to_csv}[format_]
    typer.echo(render(analyses).rstrip("\n"))
    if bad:
        raise typer.Exit(1)


def _pictures(paths: list[Path], reject: Callable[[str], None]) -> Iterator[Path]:
    """The files to read: folders give the pictures below them, sorted; hidden ones left out."""
    from fer_core.domain.images import SUPPORTED_SUFFIXES

    for path in paths:
        if not _is_folder(path):
            yield path
            continue
        found = [
            file
            for file in sorted(path.rglob("*"))
            if file.suffix.lower() in (*SUPPORTED_SUFFIXES, ".zip")
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        if not found:
            reject(f"{path}: no pictures in this folder; expected {', '.join(SUPPORTED_SUFFIXES)}.")
        yield from found


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
