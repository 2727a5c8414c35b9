"""A run's state survives what can happen while it is written."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.training.runs.state import (
    STATE_FILE,
    RunState,
    StateRecord,
    read_state,
    write_json,
    write_state,
)


def test_a_record_is_read_as_written(tmp_path: Path) -> None:
    record = StateRecord(RunState.failed, "The disk is full.", since=12.5)
    write_state(tmp_path, record)
    assert read_state(tmp_path) == record


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[]", b'{"state": "asleep"}', b'{"state": "queued", "x": 1}']
)
def test_what_is_no_record_is_none(tmp_path: Path, content: bytes) -> None:
    assert read_state(tmp_path) is None
    (tmp_path / STATE_FILE).write_bytes(content)
    assert read_state(tmp_path) is None


def test_a_kill_while_writing_leaves_the_old_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = StateRecord(RunState.running, phase="training")
    write_state(tmp_path, old)

    def killed(descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            write_state(tmp_path, replace(old, state=RunState.finished))
    assert read_state(tmp_path) == old
    write_state(tmp_path, replace(old, state=RunState.finished))  # what it left is no obstacle
    assert [path.name for path in tmp_path.iterdir()] == [STATE_FILE]


@pytest.mark.parametrize("reason", ["", "x" * 500])
def test_a_full_disk_takes_a_new_record_in_place_of_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    write_state(tmp_path, StateRecord(RunState.running, "y" * 200))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    new = StateRecord(RunState.failed, reason)
    write_state(tmp_path, new)
    assert read_state(tmp_path) == new
    with pytest.raises(OSError, match="No space left"):
        write_json(tmp_path / "never there before.json", {})


@pytest.mark.parametrize(
    ("state", "active", "resumable"),
    [
        (RunState.queued, True, False),
        (RunState.running, True, False),
        (RunState.finished, False, False),
        (RunState.stopped, False, True),
        (RunState.failed, False, True),
        (RunState.lost, False, True),
    ],
)
def test_what_can_be_done_in_a_state(state: RunState, active: bool, resumable: bool) -> None:
    assert (state.active, state.resumable) == (active, resumable)
