"""The state of a run after each epoch, on disk so that a kill at any moment loses one at most."""

import os
import re
from pathlib import Path

import keras

_NAME = re.compile(r"epoch-(\d+)\.weights\.h5")
_KEPT = 2


class Checkpoint(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Saves weights and optimiser after each epoch, and brings the newest whole one back.

    A file is renamed into place when its bytes are on the disk, and its name says the epoch, so
    that no moment leaves half a state; the one before it stays in case the newest is damaged.

    Args:
        folder: Where the checkpoints go.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def newest_first(self) -> list[tuple[int, Path]]:
        """(finished epochs, file) of each checkpoint."""
        found = []
        for path in self.folder.glob("epoch-*"):
            if match := _NAME.fullmatch(path.name):
                found.append((int(match[1]), path))
        return sorted(found, reverse=True)

    def restore(self, model: keras.Model) -> int:
        """Load the newest checkpoint that can be read.

        Args:
            model: Compiled, its optimiser built.

        Returns:
            The number of epochs that it had finished; 0, and the model as it was, if none can.
        """
        untouched = model.get_weights()
        for epoch, path in self.newest_first():
            try:
                model.load_weights(path)
            except (OSError, ValueError, KeyError):  # truncated or altered
                path.unlink()
                model.set_weights(untouched)
            else:
                return epoch
        return 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save the state, then drop the oldest."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"epoch-{epoch + 1:04d}.weights.h5"
        unfinished = self.folder / "unfinished.weights.h5"
        self.model.save_weights(unfinished)
        with unfinished.open("rb") as stream:
            os.fsync(stream.fileno())
        unfinished.replace(path)
        for _, old in self.newest_first()[_KEPT:]:
            old.unlink()
