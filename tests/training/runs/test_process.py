"""A process is recognised, and no other taken for it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from fer_core.training.runs.process import PROCESS_FILE, ProcessIdentity, own_identity


def test_this_process_lives_here(tmp_path: Path) -> None:
    own_identity().write(tmp_path)
    read = ProcessIdentity.read(tmp_path)
    assert read == own_identity()
    assert read.lives_here()


@pytest.mark.parametrize(
    "change", [{"started": 1e9}, {"boot": "another"}, {"host": "another"}], ids=str
)
def test_another_process_of_the_same_number_is_not_it(change: dict[str, object]) -> None:
    assert not replace(own_identity(), **change).lives_here()


@pytest.mark.parametrize("jump", [-3600.0, 86400.0])
def test_a_clock_that_jumps_makes_no_stranger_of_a_process(
    monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    identity, real = own_identity(), psutil.boot_time()
    # The system counts from the machine's start, and tells that by the clock as it is now.
    started = psutil.Process().create_time()
    monkeypatch.setattr(psutil, "boot_time", lambda: real + jump)
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: started + jump)
    assert identity.lives_here()
    assert not replace(identity, booted=None).lives_here()  # as written before that was kept


def test_a_process_that_ended_lives_no_more() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        identity = ProcessIdentity.of(child.pid)
        assert identity.lives_here()
        child.communicate(b"\n")
    assert not identity.lives_here()


def test_a_restart_of_the_machine_is_told_from_a_kill() -> None:
    assert "restarted" in replace(own_identity(), boot="another").why_gone()
    assert "without a word" in own_identity().why_gone()
    assert "without a word" in replace(own_identity(), boot="x", host="another").why_gone()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[1]"])
def test_what_names_no_process_is_none(tmp_path: Path, content: bytes) -> None:
    assert ProcessIdentity.read(tmp_path) is None
    (tmp_path / PROCESS_FILE).write_bytes(content)
    assert ProcessIdentity.read(tmp_path) is None
