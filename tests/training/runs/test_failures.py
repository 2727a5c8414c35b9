"""Each way to fail has its one line."""

import errno
from pathlib import Path

import pytest

from fer_core.domain.errors import DatasetError
from fer_core.training.runs import failures
from fer_core.training.runs.failures import reason_of


def full() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


def test_an_error_raised_on_purpose_tells_itself(tmp_path: Path) -> None:
    assert reason_of(DatasetError("line 3: expected 7."), tmp_path) == "line 3: expected 7."


def test_a_full_disk_is_recognised_behind_other_errors(tmp_path: Path) -> None:
    behind = RuntimeError("cannot flush")
    behind.__cause__ = full()
    below = DatasetError("cannot be read")
    below.__context__ = full()
    for error in (full(), behind, below):
        assert "is full: free some space, then resume" in reason_of(error, tmp_path)


def test_a_full_disk_is_recognised_without_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RuntimeError("unable to write data")
    assert "full" not in reason_of(error, tmp_path)
    monkeypatch.setattr(failures, "_FULL_BELOW_BYTES", 2**63)
    assert "is full" in reason_of(error, tmp_path)
    assert reason_of(DatasetError("No data."), tmp_path) == "No data."


def test_other_errors_are_one_line_that_names_them(tmp_path: Path) -> None:
    assert reason_of(KeyError("a\nb"), tmp_path) == r"Unexpected KeyError: 'a\nb'"
    assert reason_of(ValueError("a\n  b"), tmp_path) == "Unexpected ValueError: a b"
    assert reason_of(ValueError(), tmp_path) == "Unexpected ValueError: no message"
    assert reason_of(MemoryError(), tmp_path).startswith("Out of memory: lower")
