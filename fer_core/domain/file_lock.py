"""A file lock that lives exactly as long as the process that holds it."""

import fcntl
import os
import time
from pathlib import Path

LOCK_FILE = "lock"

_PAUSE_S = 0.02


class FileLock:
    """An exclusive lock on a file, dropped by the system when its holder ends in any way.

    It can be handed to a child process at birth, so that there is no moment without a holder.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def take(cls, path: Path, patience_s: float = 0.4) -> "FileLock | None":
        """Take the lock at `path`; None if another process has it.

        Args:
            path: The lock's file, made if it is not there; its folder must be.
            patience_s: Seconds to try for. `is_locked` holds a lock for microseconds, so that
                no patience at all would now and then meet it.
        """
        deadline = time.monotonic() + patience_s
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return cls(descriptor)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return None
                time.sleep(_PAUSE_S)

    @classmethod
    def inherit(cls, descriptor: int) -> "FileLock":
        """Go on with a lock that the parent process handed over."""
        os.set_inheritable(descriptor, False)
        # No change where locks belong to the open file; on NFS they belong to the process.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return cls(descriptor)

    def release(self) -> None:
        """Let go; a process that the lock was handed to keeps it."""
        os.close(self.descriptor)


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock at `path`."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
