"""What a run takes of its machine is told for its own processes, and for no others."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.domain.file_lock import LOCK_FILE, FileLock
from fer_core.training.runs import usage
from fer_core.training.runs.process import ProcessIdentity
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState, StateRecord, write_state
from fer_core.training.runs.usage import GpuUse, Usage, usage_of

BUSY = """
import subprocess, sys
words = "import sys; print(1, flush=True); hoard = b'x' * (64 << 20); sys.stdin.read()"
child = subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.PIPE)
print(child.pid, flush=True)
while True:
    pass
"""


@pytest.fixture
def busy(begun: Run) -> Iterator[tuple[Run, int]]:
    """A run whose process keeps a core busy, and the process's child, which holds memory."""
    lock = FileLock.take(begun.folder / LOCK_FILE)
    assert lock is not None
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = max(int(process.stdout.readline()) for _ in range(2))
        ProcessIdentity.of(process.pid).write(begun.folder)
        write_state(begun.folder, StateRecord(RunState.running, phase="training"))
        yield begun, pid
        process.kill()
    lock.release()


def used(run: Run) -> Usage:
    found = usage_of(run.status())
    assert found is not None
    return found


def test_processors_and_memory_are_told_children_included(
    busy: tuple[Run, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage, "_LOOK_AGAIN_S", 0.0)
    run, _ = busy
    time.sleep(0.3)
    first = used(run)
    time.sleep(0.3)
    second = used(run)
    assert first.cpu_percent > 0.0
    assert second.cpu_percent > 0.0
    assert second.memory_bytes > 64 << 20


def test_many_who_look_get_one_answer(busy: tuple[Run, int]) -> None:
    run, _ = busy
    assert used(run) is used(run)


def test_a_run_that_runs_elsewhere_or_not_at_all_takes_nothing_here(
    busy: tuple[Run, int],
) -> None:
    run, _ = busy
    status = run.status()
    identity = ProcessIdentity.read(run.folder)
    assert identity is not None
    for change in ({"host": "elsewhere"}, {"started": 1.0}, {"boot": "another"}):
        replace(identity, **change).write(run.folder)
        assert usage_of(status) is None
    identity.write(run.folder)
    write_state(run.folder, StateRecord(RunState.finished))
    assert usage_of(run.status()) is None


def test_a_run_that_nobody_ever_worked_on_takes_nothing(begun: Run) -> None:
    assert usage_of(begun.status()) is None


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for nvidia-smi, on the PATH; write what it says into the file."""
    program, says = tmp_path / "bin" / "nvidia-smi", tmp_path / "says"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat {says}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    usage._gpu_uses.cache_clear()
    return says


def test_graphics_memory_is_told_card_by_card(busy: tuple[Run, int], driver: Path) -> None:
    run, child = busy
    pid = run.status().pid
    driver.write_text(f"{pid}, 512\n1, 99\n{pid}, 256\n{child}, 8\n{pid}, [N/A]\n\n")
    expected = (GpuUse(pid or 0, 512 << 20), GpuUse(pid or 0, 256 << 20), GpuUse(child, 8 << 20))
    assert used(run).gpu == expected
    asked = (driver.parent / "asked").read_text().split()
    assert asked == ["--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"]


@pytest.mark.parametrize("script", ["exit 9", "exec sleep 30", "printf '\\377'", "echo No devices"])
def test_a_driver_that_fails_is_no_graphics_card(
    busy: tuple[Run, int], driver: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(usage, "_GPU_PATIENCE_S", 0.2)
    (driver.parent / "bin" / "nvidia-smi").write_text(f"#!/bin/sh\n{script}\n")
    assert used(busy[0]).gpu == ()
