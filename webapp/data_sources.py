"""Data that may be trained on: drawn faces, what lies in the configured folders, and uploads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from fer_core.datasets.base import find_form
from fer_core.domain.errors import FerError
from fer_core.domain.file_names import display_name
from fer_core.domain.settings import data_dirs, runs_dir
from webapp import upload_store

DRAWN_FACES = "drawn_faces"

_FORMS = {".csv": "fer2013.csv", ".npz": "arrays", ".zip": "class folders in a ZIP"}
_LOOK_AGAIN_S = 20  # a file that was still being copied at the last look


@dataclass(frozen=True, slots=True)
class DataSource:
    """Data to choose.

    Attributes:
        name: What to call it.
        path: Its resolved path, or the name of data that needs no file.
        note: What it is or where it comes from, in a few words.
    """

    name: str
    path: str
    note: str


def data_sources() -> list[DataSource]:
    """All there is: drawn faces, then what the configured folders hold, then uploads.

    Told at a glance: what is wrong within data shows when it is opened.
    """
    drawn = DataSource("Drawn faces", DRAWN_FACES, "cartoons, always there")
    roots = tuple(str(folder.resolve()) for folder in data_dirs())
    found = _in_folders(roots, tuple(_changed_ns(Path(root)) for root in roots))
    return [drawn, *found, *stored_uploads()]


def stored_uploads() -> list[DataSource]:
    """What was uploaded, the newest first."""
    folders = [path for path in _entries(uploads_dir()) if path.is_dir()]
    folders.sort(key=_changed_ns, reverse=True)
    files = (file for folder in folders for file in _entries(folder))
    return [_uploaded(file) for file in files if _is_data(file)]


def store_upload(
    name: str, chunks: Iterable[bytes], beside: DataSource | None = None
) -> DataSource:
    """Keep an uploaded file, whole and checked, or nothing of it.

    Args:
        name: What the visitor calls it.
        chunks: Its content, piece by piece.
        beside: For FER+'s `fer2013new.csv`, the data whose pictures it judges.

    Raises:
        FerError: It is no data that can be read, or the disk is full.
    """
    file = Path(beside.path) if beside is not None and is_allowed(beside.path) else None
    return _uploaded(upload_store.store(uploads_dir(), name, chunks, file))


def _uploaded(file: Path) -> DataSource:
    """A stored upload as a source."""
    return DataSource(display_name(file.name), str(file.resolve()), "uploaded")


def uploads_dir() -> Path:
    """Where uploads are kept: `uploads/` in the folder of runs."""
    return runs_dir() / "uploads"


def is_allowed(path: str) -> bool:
    """Whether data may be opened: drawn faces, or what lies in a configured folder or upload.

    Args:
        path: Any text; links are followed before it is judged.
    """
    return path == DRAWN_FACES or _is_within(path, (*data_dirs(), uploads_dir()))


def is_allowed_file(path: str) -> bool:
    """Whether a file that goes with data may be opened: as for data, or in the folder of runs."""
    return _is_within(path, (*data_dirs(), runs_dir()))


def _is_within(path: str, folders: Iterable[Path]) -> bool:
    try:
        place = Path(path).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):  # gone, no path at all, links in a circle
        return False
    return bool(path) and any(place.is_relative_to(folder.resolve()) for folder in folders)


@st.cache_data(show_spinner=False, max_entries=8, ttl=_LOOK_AGAIN_S)
def _in_folders(roots: tuple[str, ...], changed_ns: tuple[int, ...]) -> list[DataSource]:
    return [
        DataSource(display_name(path.name), str(path.resolve()), _note(path))
        for root in map(Path, roots)
        for path in (root, *_entries(root))
        if is_allowed(str(path)) and _is_data(path)
    ]


def _note(path: Path) -> str:
    what = "class folders" if path.is_dir() else _FORMS.get(path.suffix.lower(), "")
    return f"{what} in {display_name(path.parent.name)}/".strip()


def _entries(folder: Path) -> Iterator[Path]:
    """What a folder holds by name, without what is hidden; nothing if it cannot be read."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    yield from (entry for entry in entries if not entry.name.startswith("."))


def _is_data(path: Path) -> bool:
    try:
        find_form(str(path))
    except FerError:
        return False
    return True


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
