"""A detached process holds the lock from its birth, and lives on."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from fer_core.domain.detached import start_detached
from fer_core.domain.file_lock import FileLock, is_locked

SLEEPER = """
import os, sys, time
from fer_core.domain.file_lock import FileLock
print("begun", sys.argv[1], os.getsid(0) == os.getpid(), flush=True)
FileLock.inherit(int(sys.argv[2]))
time.sleep(60)
"""


def test_it_holds_the_lock_in_a_session_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    log, path = tmp_path / "log.txt", tmp_path / "lock"
    lock = FileLock.take(path)
    assert lock is not None
    pid = start_detached("sleeper", ["word"], log, lock)
    lock.release()
    assert is_locked(path)
    deadline = time.monotonic() + 60
    while "begun" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert log.read_text() == "begun word True\n"
    process = psutil.Process(pid)
    assert process.cmdline()[0] == sys.executable
    process.kill()
    # It is taken note of, so that no zombie stays of it.
    process.wait(30)
    assert not psutil.pid_exists(pid)
    assert not is_locked(path)


def test_a_log_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    lock = FileLock.take(tmp_path / "lock")
    assert lock is not None
    with pytest.raises(OSError, match="Is a directory"):
        start_detached("sleeper", [], tmp_path, lock)
    lock.release()
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
