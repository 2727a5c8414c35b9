"""The state of a run after each epoch, on disk so that a kill at any moment loses one at most."""

import errno
import math
import os
import re
import shutil
from pathlib import Path

import keras

_NAME = re.compile(r"epoch-(\d+)\.weights\.h5")
_KEPT = 2
_BYTES = 4  # of a float32
_OVERHEAD_BYTES = 1 << 20  # groups and names


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
        save_whole(self.model, self.folder / f"epoch-{epoch + 1:04d}.weights.h5")
        for _, old in self.newest_first()[_KEPT:]:
            old.unlink()


def save_whole(model: keras.Model, path: Path) -> None:
    """Save a model's weights and optimiser, or nothing: a kill leaves no half of a file.

    Raises:
        OSError: There is too little room (ENOSPC). Python would not outlive HDF5's finding out
            by itself.
    """
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.weights, *(optimizer.variables if optimizer is not None else ())]
    needed = sum(_BYTES * math.prod(variable.shape) for variable in variables) + _OVERHEAD_BYTES
    if shutil.disk_usage(path.parent).free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    unfinished = path.with_name(f"unfinished-{path.name}")
    model.save_weights(unfinished)
    with unfinished.open("rb") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(path)
