"""What a person calls a run, and notes about it."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fer_core.domain.errors import FerError
from fer_core.training.runs.state import write_json

if TYPE_CHECKING:
    from fer_core.training.runs.run import Run

LABEL_FILE = "label.json"

_LONGEST_TITLE = 120
_LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Label:
    """Words of a person on a run.

    Attributes:
        title: One line; "" leaves the run its recipe's name.
        note: Any text.
    """

    title: str = ""
    note: str = ""


def label_run(run: "Run", title: str | None = None, note: str | None = None) -> Label:
    """Rename a run or note something about it, whatever its state.

    Args:
        run: The run; its id stays.
        title: Its new name, brought to one line; "" goes back to the recipe's; None keeps it.
        note: The new note; "" removes it; None keeps it.

    Returns:
        What the run is labelled with now.

    Raises:
        FerError: A text is too long, or the folder cannot be written.
    """
    label = read_label(run.folder)
    if title is not None:
        label = replace(label, title=_within(" ".join(title.split()), _LONGEST_TITLE, "title"))
    if note is not None:
        label = replace(label, note=_within(note.strip(), _LONGEST_NOTE, "note"))
    try:
        write_json(run.folder / LABEL_FILE, asdict(label))
    except OSError as error:
        raise FerError(f"Cannot write {run.folder} ({error.strerror}).") from None
    return label


def read_label(folder: Path) -> Label:
    """The label of the run in `folder`; an empty one if it has none that can be read."""
    try:
        values = json.loads((folder / LABEL_FILE).read_text(encoding="utf-8"))
        return Label(str(values["title"]), str(values["note"]))
    except (OSError, ValueError, TypeError, KeyError):
        return Label()


def _within(text: str, longest: int, what: str) -> str:
    if len(text) > longest:
        raise FerError(
            f"Expected a {what} of {longest:,} characters or fewer, got {len(text):,}: shorten it."
        )
    return text
