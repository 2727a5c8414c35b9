"""Data that visitors upload, stored under the hash of its content, whole and checked."""

import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fer_core.datasets.base import open_dataset
from fer_core.datasets.ferplus import FILE_NAME as VOTES_FILE
from fer_core.domain.errors import DatasetError, FerError
from fer_core.domain.file_names import display_name

SUFFIXES = (".csv", ".zip", ".npz")

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_UNFINISHED = ".new-"
_FORGOTTEN_S = 24 * 3600.0


def store(root: Path, name: str, chunks: Iterable[bytes], beside: Path | None = None) -> Path:
    """Keep an uploaded file, after it was opened as data without complaint.

    Args:
        root: The folder of uploads; it need not be there yet.
        name: What the visitor calls it.
        chunks: Its content, piece by piece.
        beside: For FER+'s votes (`fer2013new.csv`), the file whose pictures they judge. Both
            become new data: a run that knows the old data goes on with what it knows.

    Returns:
        The stored data; what was there before, if the same was uploaded before.

    Raises:
        FerError: It is no data that can be read, or the disk is full; nothing of it is left then.
    """
    title = display_name(name).replace("/", " ")
    if not title.lower().endswith(SUFFIXES):
        raise DatasetError(f"{title}: expected a file that ends in {', '.join(SUFFIXES)}.")
    if title == VOTES_FILE and beside is None:
        raise DatasetError(
            f"{title} holds votes and no pictures: upload it together with its fer2013.csv, or "
            "choose that data first."
        )
    try:
        with _new_folder(root) as folder:
            data, digest = folder / title, _write(folder / title, chunks)
            if title == VOTES_FILE and beside is not None:
                data, digest = _bring(beside, folder, digest)
            _check(data)
            return _settle(folder, root / digest[:16])
    except OSError as error:
        if error.errno in _FULL:
            raise FerError(
                f"{title}: no room left in {root}: free some, then upload it again."
            ) from None
        raise FerError(f"{title} cannot be stored in {root} ({error.strerror}).") from None


@contextmanager
def _new_folder(root: Path) -> Iterator[Path]:
    """A folder that nobody looks into, gone afterwards unless it was given a name."""
    root.mkdir(parents=True, exist_ok=True)
    for old in root.glob(f"{_UNFINISHED}*"):  # of a server that was killed
        if time.time() - old.stat().st_mtime > _FORGOTTEN_S:
            shutil.rmtree(old, ignore_errors=True)
    folder = root / f"{_UNFINISHED}{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(file: Path, chunks: Iterable[bytes]) -> str:
    """Write a file through to the disk; returns the SHA-256 of its content."""
    digest = hashlib.sha256()
    with file.open("xb") as stream:
        for chunk in chunks:
            digest.update(chunk)
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    return digest.hexdigest()


def _bring(data: Path, folder: Path, votes_digest: str) -> tuple[Path, str]:
    """Put data beside its votes; returns it and a digest of both."""
    if data.suffix.lower() not in (".csv", ".zip") or not data.is_file():
        raise DatasetError(
            f"{VOTES_FILE} belongs to a fer2013.csv or a ZIP of FER2013's pictures, not to "
            f"{data.name}: choose one of these first."
        )
    copy = folder / data.name
    try:
        copy.hardlink_to(data)
    except OSError:  # another disk, or one without links
        shutil.copyfile(data, copy)
    with copy.open("rb") as stream:
        own = hashlib.file_digest(stream, "sha256").hexdigest()
    return copy, hashlib.sha256(f"{own} {votes_digest}".encode()).hexdigest()


def _check(data: Path) -> None:
    """Open it as training will."""
    try:
        found = open_dataset(str(data))
    except FerError as error:
        # The folder has no name yet, and soon is no more.
        raise DatasetError(str(error).replace(f"{data.parent}{os.sep}", "")) from None
    if not len(found.images):
        raise DatasetError(f"{data.name} holds no picture: expected some of each class.")


def _settle(folder: Path, place: Path) -> Path:
    """Give the folder its name, in one step, unless the same content is there already."""
    try:
        folder.rename(place)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
    return next(file for file in sorted(place.iterdir()) if file.name != VOTES_FILE)
