"""Why a run failed, in one line for a person."""

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from fer_core.domain.errors import FerError

# With less than this left, what failed while writing failed for want of room.
_FULL_BELOW_BYTES = 64 << 10


def reason_of(error: BaseException, folder: Path) -> str:
    """One line that tells what went wrong in the run in `folder`, and what to do.

    HDF5 and SQLite tell a full disk in words of their own, so the disk itself is asked too.
    """
    if any(isinstance(e, OSError) and e.errno == errno.ENOSPC for e in _chain(error)) or (
        not isinstance(error, FerError)
        and shutil.disk_usage(folder.parent).free < _FULL_BELOW_BYTES
    ):
        return f"The disk of {folder} is full: free some space, then resume the run."
    if isinstance(error, FerError):
        return str(error)
    if isinstance(error, MemoryError):
        return "Out of memory: lower optimization.batch_size, or close other programs."
    return f"Unexpected {type(error).__name__}: {' '.join(str(error).split()) or 'no message'}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
