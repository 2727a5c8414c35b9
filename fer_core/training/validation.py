"""Leaves what the network says of the validation pictures where a page finds it (needs Keras)."""

import contextlib
import time
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.evaluation.calibration import softmax
from fer_core.evaluation.metrics import Probabilities, measure
from fer_core.evaluation.mistakes import worst_mistakes
from fer_core.preprocessing.crop import to_tensor
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.snapshot import ValidationSnapshot, write_snapshot

EVERY_EPOCHS = 5
WORST_MISTAKES = 24

_LARGEST_SHARE = 0.02
"""Of a run's time that looking may take."""
_BATCH = 64


class SaveValidation(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Writes a `ValidationSnapshot` after the first epoch, every fifth and the last.

    It reads the split once more, so an epoch but the last is passed over while the last reading
    took too large a share of the time since. Where training stops early, the newest snapshot is
    of an epoch before the last.

    It must be told of an epoch's validation before `KeepBestAverage`, which takes the averaged
    weights away again.

    Args:
        network: The network inside the training model: scaled pixels to the logits of one head
            or two.
        selection: The split, its pictures as the data set has them.
        pixels: (N, height, width, channels) uint8, the same as `uint8_inputs` makes them.
        spec: Their scaling.
        folder: The run's.
    """

    def __init__(
        self,
        network: keras.Model,
        selection: FaceDataset,
        pixels: npt.NDArray[np.uint8],
        spec: PreprocessSpec,
        folder: Path,
    ) -> None:
        super().__init__()
        self.network = network
        self.selection = selection
        self.pixels = pixels
        self.spec = spec
        self.folder = folder
        self._epoch = 0
        self._ended: float | None = None
        self._took = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Compile the network as training was; XLA takes minutes where it gains nothing."""
        self.network.jit_compile = self.model.jit_compile

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the epoch, which validation is not told."""
        self._epoch = epoch + 1

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Write the snapshot, if it is time for one."""
        began = time.perf_counter()
        if not self._is_due(began):
            return
        logits = self._logits()
        if np.isfinite(logits).all():  # or training is about to end, and says why
            # A full disk is told of by the checkpoint; a picture for a page must end no training.
            with contextlib.suppress(OSError):
                write_snapshot(self.folder, self._snapshot(softmax(logits)))
        self._ended = time.perf_counter()
        self._took = self._ended - began

    def _is_due(self, now: float) -> bool:
        if self._epoch == self.params["epochs"]:
            return True
        if self._epoch != 1 and self._epoch % EVERY_EPOCHS:
            return False
        return self._ended is None or self._took <= _LARGEST_SHARE * (now - self._ended)

    def _logits(self) -> npt.NDArray[np.float32]:
        batches = []
        for start in range(0, len(self.pixels), _BATCH):
            faces = to_tensor(self.pixels[start : start + _BATCH], self.spec)
            heads = self.network.predict_on_batch(faces)
            batches.append(heads[0] if isinstance(heads, list) else heads)
        return np.concatenate(batches)

    def _snapshot(self, probabilities: Probabilities) -> ValidationSnapshot:
        data = self.selection
        known = probabilities, data.targets, data.labels
        worst = worst_mistakes(*known, n=WORST_MISTAKES)
        positions = np.array([mistake.index for mistake in worst], np.int64)
        return ValidationSnapshot(
            epoch=self._epoch,
            labels=data.labels,
            confusion=measure(*known).confusion,
            images=data.images[positions],
            true=tuple(mistake.true for mistake in worst),
            predicted=tuple(mistake.predicted for mistake in worst),
            confidence=np.array([mistake.confidence for mistake in worst], np.float32),
            positions=positions,
        )
