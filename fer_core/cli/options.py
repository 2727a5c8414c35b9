"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    str,
    typer.Option(help="A model's name, see `models`, or OWNER/NAME@COMMIT:SHA256 on the Hub."),
]
Data = Annotated[
    str, typer.Option(help="fer2013.csv, an .npz pack of it, class folders, or drawn_faces.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Detach = Annotated[
    bool, typer.Option("--detach", help="Return at once; the run goes on by itself.")
]
RunId = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id, or an unambiguous beginning of it.")
]


def as_path(text: str) -> Path:
    """A path as given; an empty one, as of an unset variable, would be the current folder."""
    if not text:
        raise typer.BadParameter("expected a path, received an empty text.")
    return Path(text)


def as_folder(text: str) -> Path:
    """A path that is a folder or can become one."""
    if as_path(text).is_file():
        raise typer.BadParameter(f"{text!r} is a file: expected a folder.")
    return Path(text)
