"""Which process works on a run: its number alone would one day be another's."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from fer_core.training.runs.state import write_json

PROCESS_FILE = "process.json"

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that cannot be taken for another one.

    Attributes:
        pid: Its number.
        started: Seconds since 1970 at which it began, as the system tells.
        boot: Which start of the machine it belongs to.
        host: Name of the machine.
        booted: Seconds since 1970 at which the machine started, by the clock as it was set then;
            None in files from before it was kept.
    """

    pid: int
    started: float
    boot: str
    host: str
    booted: float | None = None

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity":
        """The identity of a living process."""
        started = psutil.Process(pid).create_time()
        return cls(pid, started, _boot(), platform.node(), psutil.boot_time())

    @classmethod
    def read(cls, folder: Path) -> "ProcessIdentity | None":
        """The process that last worked in a run's folder; None if none did."""
        try:
            return cls(**json.loads((folder / PROCESS_FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Write it into a run's folder."""
        write_json(folder / PROCESS_FILE, asdict(self))

    def lives_here(self) -> bool:
        """Whether this very process runs on this machine."""
        if (self.boot, self.host) != (_boot(), platform.node()):
            return False
        booted = psutil.boot_time()
        then = self.started - (booted if self.booted is None else self.booted)
        try:
            # From the machine's start, for the system's clock may have been set in between; a
            # second's leeway, as that start is told in whole ones.
            return abs(psutil.Process(self.pid).create_time() - booted - then) < 1
        except psutil.Error:
            return False

    def why_gone(self) -> str:
        """What became of a process that ended without a word, as far as can be told."""
        if self.host == platform.node() and self.boot != _boot():
            return "the machine was restarted while it ran"
        return "its process ended without a word (killed, or out of memory)"


def own_identity() -> ProcessIdentity:
    """This process."""
    return ProcessIdentity.of(os.getpid())


def _boot() -> str:
    if _BOOT_ID.exists():
        return _BOOT_ID.read_text(encoding="ascii").strip()
    return f"{psutil.boot_time():.0f}"
