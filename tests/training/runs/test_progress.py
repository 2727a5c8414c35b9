"""How far a run has come is told by its history, in whatever shape that is."""

import time
from pathlib import Path

import pytest

from fer_core.training.runs.progress import Progress, progress_of

HEADER = "epoch,accuracy,loss,seconds,val_accuracy,val_loss\n"


def history(folder: Path, *seconds: float) -> None:
    rows = [f"{i},0.5,1,{s},0.{5 + i},1.5\n" for i, s in enumerate(seconds)]
    (folder / "history.csv").write_text(HEADER + "".join(rows))


def test_before_the_first_epoch_there_is_none(tmp_path: Path) -> None:
    assert progress_of(tmp_path) == Progress()
    (tmp_path / "history.csv").write_text(HEADER)
    assert progress_of(tmp_path).epoch == 0
    assert progress_of(tmp_path).eta_s(5, since=0.0) is None


def test_the_pace_is_that_of_the_last_epochs(tmp_path: Path) -> None:
    history(tmp_path, 100.0, 10.0, 11.0, 500.0, 12.0, 9.0)
    progress = progress_of(tmp_path)
    assert progress.epoch == 6
    assert progress.seconds_per_epoch == 11.0  # one slow epoch says little
    assert progress.elapsed_s == 642.0


def test_a_new_epoch_is_seen_at_once(tmp_path: Path) -> None:
    history(tmp_path, 10.0)
    assert progress_of(tmp_path).epoch == 1
    history(tmp_path, 10.0, 10.0)
    assert progress_of(tmp_path).epoch == 2


def test_epochs_that_nobody_timed_count_but_say_nothing_of_the_pace(tmp_path: Path) -> None:
    history(tmp_path, 0.0, 0.0, 8.0)  # begun by a version that took no times
    assert (progress_of(tmp_path).epoch, progress_of(tmp_path).elapsed_s) == (3, 8.0)
    assert progress_of(tmp_path).seconds_per_epoch == 8.0
    (tmp_path / "history.csv").write_text(
        "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1,0.6,1\n"
    )
    old = progress_of(tmp_path)
    assert (old.epoch, old.seconds_per_epoch, old.elapsed_s) == (1, None, 0.0)


def test_a_row_cut_off_by_a_kill_is_no_epoch(tmp_path: Path) -> None:
    history(tmp_path, 10.0)
    with (tmp_path / "history.csv").open("a") as stream:
        stream.write("1,0.5,1")
    assert (progress_of(tmp_path).epoch, progress_of(tmp_path).elapsed_s) == (1, 10.0)


@pytest.mark.parametrize(
    ("now", "left"),
    [(100.0, 30.0), (104.0, 26.0), (1e9, 20.0), (50.0, 30.0)],
    ids=["just now", "in the midst", "long overdue", "clock set back"],
)
def test_the_end_comes_nearer_and_never_jumps(
    monkeypatch: pytest.MonkeyPatch, now: float, left: float
) -> None:
    monkeypatch.setattr(time, "time", lambda: now)
    progress = Progress(epoch=2, seconds_per_epoch=10.0, elapsed_s=20.0, written=100.0)
    assert progress.eta_s(5, since=0.0) == left
    assert progress.eta_s(2, since=0.0) is None  # trained


def test_a_resumed_run_has_lost_no_time_while_it_lay_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 5002.0)
    progress = Progress(epoch=2, seconds_per_epoch=10.0, elapsed_s=20.0, written=100.0)
    assert progress.eta_s(5, since=5000.0) == 28.0
