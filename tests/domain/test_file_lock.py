"""A lock is held as long as a process that has it lives, and by one at a time."""

import os
import subprocess
import sys
from pathlib import Path

from fer_core.domain.file_lock import FileLock, is_locked


def take(path: Path) -> FileLock | None:
    return FileLock.take(path, patience_s=0)


def test_only_one_can_have_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_locked(path)
    lock = take(path)
    assert lock is not None
    assert is_locked(path)
    assert take(path) is None
    lock.release()
    assert not is_locked(path)
    again = take(path)
    assert again is not None
    again.release()


def test_a_child_holds_it_from_its_birth_until_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = FileLock.take(path)
    assert lock is not None
    code = (
        "import sys; from fer_core.domain.file_lock import FileLock; "
        "FileLock.inherit(int(sys.argv[1])); print('mine', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock.descriptor)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(lock.descriptor,),
        cwd=Path(__file__).resolve().parents[2],
    ) as child:
        lock.release()
        assert is_locked(path)
        assert child.stdout is not None
        assert child.stdout.readline() == b"mine\n"
        assert is_locked(path)
        child.kill()
    assert not is_locked(path)


def test_an_inherited_lock_is_not_handed_on_by_accident(tmp_path: Path) -> None:
    lock = FileLock.take(tmp_path / "lock")
    assert lock is not None
    os.set_inheritable(lock.descriptor, True)
    assert not os.get_inheritable(FileLock.inherit(lock.descriptor).descriptor)
    lock.release()
