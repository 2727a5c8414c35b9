"""The classes that models and data have in common, matched by name."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.domain.emotions import canonical
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.metrics import Probabilities, Targets


@dataclass(frozen=True, slots=True, eq=False)
class ClassMatch:
    """Pictures whose true classes are among a model's labels.

    Attributes:
        labels: Class names, in the (first) model's spelling and order.
        data: The n pictures, under their own labels.
        targets: (n,) int64, true classes as positions in `labels`.
        positions: (n,) int64, where each picture lies in the data before any was left out.
        shared: Whether only shared classes were kept.
        left_out: Pictures left out, by class.
    """

    labels: tuple[str, ...]
    data: FaceDataset
    targets: Targets
    positions: npt.NDArray[np.int64]
    shared: bool
    left_out: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """What a report says of the restriction."""
        return {"shared_classes": self.shared, "left_out": self.left_out}


def shared_labels(labels: tuple[str, ...], *others: tuple[str, ...]) -> tuple[str, ...]:
    """The labels that all the others have too, in the first one's spelling and order.

    Raises:
        DatasetError: Fewer than two are left, so that there is nothing to tell apart.
    """
    known = [{canonical(label) for label in other} for other in others]
    shared = tuple(label for label in labels if all(canonical(label) in names for names in known))
    if len(shared) < 2:
        sets = " and ".join(", ".join(names) for names in (labels, *others))
        raise DatasetError(f"Expected two or more shared classes, received {len(shared)}: {sets}.")
    return shared


def match_classes(
    data: FaceDataset, labels: tuple[str, ...], *others: tuple[str, ...], shared: bool = False
) -> ClassMatch:
    """Express the data's true classes as positions in a model's labels.

    Args:
        data: Labelled faces.
        labels: The model's labels; order and synonyms may differ from the data's.
        others: Labels of further models, which matter if `shared` is set.
        shared: Keep only classes that the data and all the models know, and leave out pictures
            of others.

    Raises:
        DatasetError: The data has a class that is not among the labels and `shared` is not set;
            or two shared classes, or pictures of them, are not to be had.
    """
    if shared:
        labels = shared_labels(labels, *others, data.labels)
    known = {canonical(label): position for position, label in enumerate(labels)}
    missing = [label for label in data.labels if canonical(label) not in known]
    if missing and not shared:
        raise DatasetError(
            f"{data.name} has classes that the model does not know: {', '.join(missing)}; "
            f"it knows {', '.join(labels)}. Compare the shared classes only, or relabel the data."
        )
    table = np.array([known.get(canonical(label), -1) for label in data.labels], np.int64)
    targets = table[data.targets]
    positions = np.flatnonzero(targets >= 0)
    if not len(positions):
        raise DatasetError(f"{data.name}: expected pictures of {', '.join(labels)}, found none.")
    counts = dict(zip(data.labels, np.bincount(data.targets, minlength=len(table)), strict=True))
    return ClassMatch(
        labels,
        data.part(positions) if missing else data,
        targets[positions],
        positions,
        shared,
        {label: int(counts[label]) for label in missing},
    )


def over_labels(
    probabilities: Probabilities, given: tuple[str, ...], wanted: tuple[str, ...]
) -> Probabilities:
    """Probabilities of some of a model's classes, scaled to sum to 1.

    Args:
        probabilities: (N, K), in the order of `given`.
        given: The model's labels.
        wanted: Labels that are all among them, in any order.

    Returns:
        (N, len(wanted)); a row without any probability for them becomes uniform.
    """
    names = [canonical(label) for label in given]
    chosen = probabilities[:, [names.index(canonical(label)) for label in wanted]]
    if len(wanted) == len(given):
        return chosen
    total = chosen.sum(axis=1, keepdims=True)
    uniform = np.full_like(chosen, 1 / len(wanted))
    return np.asarray(np.divide(chosen, total, out=uniform, where=total > 0))
