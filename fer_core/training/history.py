"""The figures of each finished epoch, as the engine leaves them in a run's folder."""

import csv
import math
from pathlib import Path

HISTORY_FILE = "history.csv"
SECONDS = "seconds"
"""Column of how long an epoch took; 0 where a version of before did not note it."""

Epoch = dict[str, float]
"""Figures of one epoch by name ("loss", "val_accuracy", …), and "epoch" itself, from 1."""


def read_history(folder: Path) -> list[Epoch]:
    """Every finished epoch in order; of one that was done again after a kill, the last."""
    epochs: dict[int, Epoch] = {}
    try:
        with (folder / HISTORY_FILE).open(newline="", encoding="utf-8", errors="replace") as file:
            for row in csv.DictReader(file):
                figures = _figures(row)
                if figures is not None:
                    epochs[int(figures["epoch"])] = figures
    except FileNotFoundError:
        return []
    return [epochs[number] for number in sorted(epochs)]


def best_epoch(epochs: list[Epoch]) -> Epoch | None:
    """The epoch whose weights are kept: the first of the highest validation accuracy.

    One whose validation loss is no number is never kept, see `KeepBestAverage`.
    """
    validated = [epoch for epoch in epochs if math.isfinite(epoch.get("val_loss", math.nan))]
    return max(validated, key=lambda epoch: epoch["val_accuracy"], default=None)


def _figures(row: dict[str, str]) -> Epoch | None:
    """A row as numbers; None if a kill cut it off."""
    try:
        figures = {name: float(text) for name, text in row.items()}
        # Keras counts from 0.
        return figures | {"epoch": figures["epoch"] + 1}
    except (ValueError, TypeError, KeyError):
        return None
