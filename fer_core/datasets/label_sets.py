"""The sets of classes that facial-expression figures are quoted on, each in one fixed order."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fer_core.domain.emotions import FER7_LABELS, canonical
from fer_core.domain.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Classes in the order that a model trained on them has.

    Attributes:
        name: What the set is called in recipes and reports.
        labels: Canonical names; a class is a position in them.
        merged: (name, label) pairs of emotions that count as one of the labels.
    """

    name: str
    labels: tuple[str, ...]
    merged: tuple[tuple[str, str], ...] = ()

    def classes_of(self, names: Iterable[str]) -> npt.NDArray[np.int64]:
        """The class of each name, in any spelling, as (len(names),) int64; -1 where there is none.

        Args:
            names: Emotions, as a data set or a vote file calls them.
        """
        merged = dict(self.merged)
        wanted = (merged.get(canonical(name), canonical(name)) for name in names)
        return np.array(
            [self.labels.index(name) if name in self.labels else -1 for name in wanted], np.int64
        )


_FER6_LABELS = tuple(label for label in FER7_LABELS if label != "disgust")

LABEL_SETS = {
    label_set.name: label_set
    for label_set in (
        LabelSet("fer7", FER7_LABELS),
        LabelSet("fer6", _FER6_LABELS),
        LabelSet("fer6_merged", _FER6_LABELS, (("disgust", "angry"),)),
        LabelSet("fer5", ("angry", "happy", "neutral", "sad", "surprise")),
        LabelSet("ck7", ("angry", "contempt", "disgust", "fear", "happy", "sad", "surprise")),
        LabelSet(
            "ferplus8",
            ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt"),
        ),
    )
}
"""By name. A set leaves other emotions out, but fer6_merged counts disgust as angry."""


def find_label_set(name: str) -> LabelSet:
    """The label set called `name`.

    Raises:
        UnknownNameError: There is none; the text lists the known ones.
    """
    try:
        return LABEL_SETS[name]
    except KeyError:
        raise UnknownNameError("label set", name, LABEL_SETS) from None


def in_usual_order(names: Iterable[str]) -> tuple[str, ...]:
    """Class names of data that has no order of its own: FER2013's seven in its order, else A to Z.

    Args:
        names: Canonical names, in any order, repeated or not.
    """
    distinct = set(names)
    return FER7_LABELS if distinct == set(FER7_LABELS) else tuple(sorted(distinct))
