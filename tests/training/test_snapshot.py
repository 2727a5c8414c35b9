"""A snapshot is read as it was written, and never half of one."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from fer_core.training.snapshot import (
    SNAPSHOT_FILE,
    ValidationSnapshot,
    read_snapshot,
    write_snapshot,
)


def snapshot_of(mistakes: int, channels: tuple[int, ...] = ()) -> ValidationSnapshot:
    random = np.random.default_rng(5)
    return ValidationSnapshot(
        epoch=15,
        labels=("happy", "sad"),
        confusion=np.array([[5, 1], [2, 7]]),
        images=random.integers(0, 256, (mistakes, 6, 4, *channels), np.uint8),
        true=("happy",) * mistakes,
        predicted=("sad",) * mistakes,
        confidence=random.random(mistakes, np.float32),
        positions=np.arange(mistakes),
    )


@pytest.mark.parametrize("mistakes", [3, 0])
@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "colour"])
def test_a_snapshot_comes_back(tmp_path: Path, mistakes: int, channels: tuple[int, ...]) -> None:
    written = snapshot_of(mistakes, channels)
    write_snapshot(tmp_path, written)
    read = read_snapshot(tmp_path)
    assert read is not None
    for field in dataclasses.fields(ValidationSnapshot):
        expected, received = (getattr(each, field.name) for each in (written, read))
        assert np.array_equal(received, expected)
        assert type(received) is type(expected)
        assert getattr(received, "dtype", None) == getattr(expected, "dtype", None)


def test_a_new_snapshot_takes_the_olds_place(tmp_path: Path) -> None:
    for mistakes in (3, 1):
        write_snapshot(tmp_path, snapshot_of(mistakes))
    read = read_snapshot(tmp_path)
    assert read is not None
    assert len(read.images) == 1
    assert [path.name for path in tmp_path.iterdir()] == [SNAPSHOT_FILE]


def test_where_none_can_be_read_there_is_none(tmp_path: Path) -> None:
    assert read_snapshot(tmp_path) is None
    write_snapshot(tmp_path, snapshot_of(3))
    whole = (tmp_path / SNAPSHOT_FILE).read_bytes()
    for content in (b"", b"text", whole[: len(whole) // 2], whole.replace(b"epoch", b"epoxy")):
        (tmp_path / SNAPSHOT_FILE).write_bytes(content)
        assert read_snapshot(tmp_path) is None


def test_parts_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="as many of all else"):
        dataclasses.replace(snapshot_of(3), true=("happy",))
    with pytest.raises(ValueError, match="a confusion of 1 classes"):
        dataclasses.replace(snapshot_of(3), labels=("happy",))
