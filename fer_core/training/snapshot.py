"""What a run's network says of the validation pictures, now and then while it trains; no Keras."""

import io
import zipfile
import zlib
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fer_core.domain.whole_files import write_whole

SNAPSHOT_FILE = "validation.npz"


@dataclass(frozen=True, slots=True, eq=False)
class ValidationSnapshot:
    """The answers to the selection split after one epoch; of wrong ones the M surest are shown.

    Attributes:
        epoch: The epoch, from 1.
        labels: The K class names.
        confusion: (K, K) int64 over the whole split; row is the true class, column the predicted.
        images: (M, H, W) grey or (M, H, W, 3) RGB uint8, as the data set has them, the surest
            mistake first.
        true: The class of each.
        predicted: What the network said of each.
        confidence: (M,) float32, the probability that it gave to what it said, without a
            temperature.
        positions: (M,) int64, where each lies in the selection split.
    """

    epoch: int
    labels: tuple[str, ...]
    confusion: npt.NDArray[np.int64]
    images: npt.NDArray[np.uint8]
    true: tuple[str, ...]
    predicted: tuple[str, ...]
    confidence: npt.NDArray[np.float32]
    positions: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        counts = {len(part) for part in (self.images, self.true, self.predicted)}
        counts |= {len(self.confidence), len(self.positions)}
        if len(counts) != 1 or self.confusion.shape != (len(self.labels),) * 2:
            raise ValueError(
                f"expected a confusion of {len(self.labels)} classes and as many of all else, got "
                f"{self.confusion.shape} and counts of {sorted(counts)}"
            )


def write_snapshot(folder: Path, snapshot: ValidationSnapshot) -> None:
    """Put a snapshot in a run's folder, in the place of an older one.

    Raises:
        OSError: It could not be written; the older one stays.
    """
    content = io.BytesIO()
    # Without a dtype, no names at all would become numbers.
    texts = {
        name: np.array(getattr(snapshot, name), np.str_) for name in ("labels", "true", "predicted")
    }
    names = (field.name for field in fields(snapshot))
    np.savez(content, **{name: getattr(snapshot, name) for name in names} | texts)
    write_whole(folder / SNAPSHOT_FILE, content.getvalue())


def read_snapshot(folder: Path) -> ValidationSnapshot | None:
    """The newest snapshot in a run's folder; None if there is none that can be read."""
    try:
        # From memory: given a path, NumPy leaves a damaged file open.
        content = io.BytesIO((folder / SNAPSHOT_FILE).read_bytes())
        with np.load(content, allow_pickle=False) as pack:
            arrays = {field.name: pack[field.name] for field in fields(ValidationSnapshot)}
        texts = {name: tuple(arrays[name].tolist()) for name in ("labels", "true", "predicted")}
        return ValidationSnapshot(**arrays | texts | {"epoch": int(arrays["epoch"])})
    except (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error):
        return None
