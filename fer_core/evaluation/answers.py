"""A model's answers to one split, kept so that models can be compared without running again."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.domain.errors import ModelError
from fer_core.domain.whole_files import write_whole
from fer_core.evaluation.metrics import Targets

ANSWERS_FILE = "answers.npz"

_NAMES = ("labels", "targets", "probabilities", "split", "data", "fingerprint")


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model said of each picture of a split, as served.

    Two models' answers can be compared if fingerprint and labels are equal.

    Attributes:
        labels: The K class names.
        targets: (N,) int64, positions of the true classes.
        probabilities: (N, K) float32, calibrated; rows sum to 1.
        split: The split's name.
        data: The data's name.
        fingerprint: Of the split, without its votes; `data_fingerprint` in the model's report.
    """

    labels: tuple[str, ...]
    targets: Targets
    probabilities: npt.NDArray[np.float32]
    split: str
    data: str
    fingerprint: str

    def __post_init__(self) -> None:
        expected = (len(self.targets), len(self.labels))
        if self.targets.ndim != 1 or self.probabilities.shape != expected:
            raise ValueError(
                f"expected probabilities of shape {expected}, got {self.probabilities.shape}"
            )


def save_answers(path: Path, answers: Answers) -> None:
    """Write answers to an .npz file, whole or not at all.

    Raises:
        OSError: It could not be written.
    """
    content = io.BytesIO()
    arrays: dict[str, Any] = {name: np.array(getattr(answers, name)) for name in _NAMES}
    np.savez(content, **arrays)
    write_whole(path, content.getvalue())


def load_answers(path: Path) -> Answers:
    """Read what `save_answers` wrote.

    Raises:
        ModelError: The file is missing or damaged.
    """
    try:
        content = io.BytesIO(path.read_bytes())
    except FileNotFoundError:
        raise ModelError(
            f"{path} is missing: expected the answers that a run leaves beside its model; runs of "
            "earlier versions have none. Train the model again to compare it."
        ) from None
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}).") from None
    try:
        # From memory: given a path, NumPy leaves a damaged file open.
        with np.load(content, allow_pickle=False) as pack:
            arrays = {name: pack[name] for name in _NAMES}
        return Answers(
            tuple(arrays["labels"].tolist()),
            np.asarray(arrays["targets"], np.int64),
            np.asarray(arrays["probabilities"], np.float32),
            *(str(arrays[name]) for name in ("split", "data", "fingerprint")),
        )
    except (EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error):
        raise ModelError(
            f"{path} is damaged: expected a model's answers. Train the model again to compare it."
        ) from None
