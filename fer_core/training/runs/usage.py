"""What a running run takes of its machine: processors, memory and graphics memory."""

import functools
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass

import psutil

from fer_core.training.runs.process import ProcessIdentity
from fer_core.training.runs.status import RunStatus

_LOOK_AGAIN_S = 1.0
"""Time is told in hundredths: over a shorter while, two people who look would see noise."""

_GPU_LOOK_AGAIN_S = 5.0
_GPU_PATIENCE_S = 3.0
_GPU_QUERY = (
    "--query-compute-apps=pid,used_memory",
    "--format=csv,noheader,nounits",
)


@dataclass(frozen=True, slots=True)
class GpuUse:
    """What one process has on one graphics card.

    Attributes:
        pid: The process.
        memory_bytes: Graphics memory that it holds.
    """

    pid: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run's process and its children take.

    Attributes:
        cpu_percent: Processor time since the last look, or since the process began if this is
            the first; 100 is one core's.
        memory_bytes: Resident memory; what the processes share is counted for each.
        gpu: Graphics memory, card by card; empty where there is none, or the driver does not
            tell whose it is, as within a container.
    """

    cpu_percent: float
    memory_bytes: int
    gpu: tuple[GpuUse, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen at a moment of the monotonic clock."""

    at: float
    cpu_s: float
    usage: Usage


_looks: dict[tuple[int, float], _Look] = {}
_lock = threading.Lock()


def usage_of(status: RunStatus) -> Usage | None:
    """What a run takes of this machine now; None if no process of its runs here.

    A look within a second of the last one gets the same answer.
    """
    process = ProcessIdentity.read(status.folder)
    if process is None or process.pid != status.pid or not process.lives_here():
        return None
    key = process.pid, process.started
    with _lock:
        last = _looks.get(key)
        if last is None or time.monotonic() - last.at >= _LOOK_AGAIN_S:
            try:
                last = _look(process.pid, last)
            except psutil.Error:  # it has ended since
                return None
            _forget_ended()
            _looks[key] = last
    return last.usage


def _look(pid: int, last: _Look | None) -> _Look:
    parent = psutil.Process(pid)
    processes = [parent, *parent.children(recursive=True)]
    now, cpu_s, memory = time.monotonic(), 0.0, 0
    for process in processes:
        try:
            with process.oneshot():
                times = process.cpu_times()
                cpu_s += times.user + times.system
                memory += process.memory_info().rss
        except psutil.NoSuchProcess:
            if process is parent:
                raise
    if last is None:
        passed, spent = time.time() - parent.create_time(), cpu_s
    else:
        passed, spent = now - last.at, cpu_s - last.cpu_s
    # A child that ended takes its share with it.
    percent = 100.0 * max(spent, 0.0) / max(passed, 0.01)
    pids = {process.pid for process in processes}
    gpu = tuple(use for use in _gpu_uses(int(now / _GPU_LOOK_AGAIN_S)) if use.pid in pids)
    return _Look(now, cpu_s, Usage(percent, memory, gpu))


def _forget_ended() -> None:
    for key in [key for key in _looks if not psutil.pid_exists(key[0])]:
        del _looks[key]


@functools.lru_cache(maxsize=1)
def _gpu_uses(moment: int) -> tuple[GpuUse, ...]:
    """What each process has on each card, asked once in a `moment` of some seconds."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        told = subprocess.run(
            [program, *_GPU_QUERY],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_GPU_PATIENCE_S,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(use for line in told.splitlines() if (use := _gpu_use(line)) is not None)


def _gpu_use(line: str) -> GpuUse | None:
    """A line "pid, MiB"; None where the driver does not tell the memory."""
    pid, _, mebibytes = line.partition(",")
    try:
        return GpuUse(int(pid), int(mebibytes) << 20)
    except ValueError:
        return None
