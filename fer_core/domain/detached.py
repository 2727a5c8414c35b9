"""Processes that outlive the one that starts them."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from fer_core.domain.file_lock import FileLock

_ROOT = Path(__file__).resolve().parents[2]


def start_detached(module: str, arguments: Sequence[str], log: Path, lock: FileLock) -> int:
    """Start a module of ours in a process of its own session.

    Args:
        module: Run as `python -m`.
        arguments: Its own; the descriptor of the lock is added as the last one.
        log: What it prints is appended here.
        lock: Inherited, so that there is no moment without a holder; `FileLock.inherit` goes on
            with it.

    Returns:
        The process's number.

    Raises:
        OSError: The log cannot be opened, or no process be started.
    """
    words = [sys.executable, "-m", module, *arguments, str(lock.descriptor)]
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": os.pathsep.join(paths)}
    with log.open("ab") as stream:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=environment,
            pass_fds=(lock.descriptor,),
            start_new_session=True,
        )
    # Whoever lives on, as a page does, has to take note of its end, or a zombie stays.
    threading.Thread(target=process.wait, daemon=True).start()
    return process.pid
