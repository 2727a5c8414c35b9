"""The command line, as a process of its own or within this one."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from fer_core.cli import main
from fer_core.domain.images import encode_png

ROOT = Path(__file__).resolve().parents[2]


class Ended(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture(scope="session")
def command() -> Command:
    """Run `python -m fer_core` as its own process."""

    def run(*words: object) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-m", "fer_core", *map(str, words)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def fer_core(
    served_models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run the same entry point within this process, which is quicker."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["fer_core", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of two small pictures, one deeper down, with things that are not for reading."""
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    picture = encode_png(np.random.default_rng(0).integers(0, 256, (50, 60, 3), np.uint8))
    for name in ("b.png", "deeper/A.PNG", ".hidden/c.png", ".d.png"):
        (folder / name).write_bytes(picture)
    (folder / "notes.txt").write_text("dear diary")
    return folder
