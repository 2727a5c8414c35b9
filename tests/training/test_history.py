"""Epochs are read as the engine writes them, and whatever a kill left of them."""

from pathlib import Path

from fer_core.training.history import HISTORY_FILE, best_epoch, read_history

HEADER = "epoch,accuracy,loss,val_accuracy,val_loss\n"


def written(folder: Path, *rows: str) -> Path:
    (folder / HISTORY_FILE).write_text(HEADER + "".join(rows))
    return folder


def test_epochs_are_numbers_counted_from_1(tmp_path: Path) -> None:
    (epoch,) = read_history(written(tmp_path, "0,0.5,1.25,0.75,1.0\n"))
    assert epoch == {"epoch": 1, "accuracy": 0.5, "loss": 1.25, "val_accuracy": 0.75} | {
        "val_loss": 1.0
    }


def test_before_the_first_epoch_there_are_none(tmp_path: Path) -> None:
    assert read_history(tmp_path) == []
    assert read_history(written(tmp_path)) == []
    (tmp_path / HISTORY_FILE).write_text("")
    assert read_history(tmp_path) == []


def test_a_row_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    whole = "0,0.5,1.25,0.75,1.0\n"
    for cut in ("1,0.5,1.2", "1", "\0\0\0", "1,0.5,1.25,0.75,"):
        assert len(read_history(written(tmp_path, whole, cut))) == 1


def test_rows_of_more_or_fewer_columns_than_the_header_are_left_out(tmp_path: Path) -> None:
    rows = ("0,0.1,1,0.1,1\n", "1,0.2,1,0.2,1,7.5\n", "2,0.3,1,0.3\n", "3,0.4,1,0.4,1\n")
    assert [epoch["epoch"] for epoch in read_history(written(tmp_path, *rows))] == [1, 4]


def test_of_an_epoch_that_was_done_twice_the_last_counts(tmp_path: Path) -> None:
    rows = ("0,0.1,1,0.1,1\n", "1,0.2,1,0.2,1\n", "1,0.3,1,0.3,1\n", "2,0.4,1,0.4,1\n")
    epochs = read_history(written(tmp_path, *rows))
    assert [(e["epoch"], e["accuracy"]) for e in epochs] == [(1, 0.1), (2, 0.3), (3, 0.4)]


def test_the_best_is_the_first_of_the_highest_that_has_a_loss(tmp_path: Path) -> None:
    rows = ("0,1,1,0.2,1\n", "1,1,1,0.5,1\n", "2,1,1,0.5,0.9\n", "3,1,nan,0.9,nan\n")
    best = best_epoch(read_history(written(tmp_path, *rows)))
    assert best is not None
    assert (best["epoch"], best["val_accuracy"]) == (2, 0.5)
    assert best_epoch(read_history(written(tmp_path, "0,1,nan,0.9,nan\n"))) is None
    assert best_epoch([]) is None
