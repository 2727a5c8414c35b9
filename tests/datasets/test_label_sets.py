"""Each label set has its classes in one order, and tells any spelling's class."""

import pytest

from fer_core.datasets.label_sets import LABEL_SETS, find_label_set, in_usual_order
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import UnknownNameError


def test_the_orders_are_pinned() -> None:
    # A shipped model's card and report quote them.
    assert {name: label_set.labels for name, label_set in LABEL_SETS.items()} == {
        "fer7": ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
        "fer6": ("angry", "fear", "happy", "sad", "surprise", "neutral"),
        "fer6_merged": ("angry", "fear", "happy", "sad", "surprise", "neutral"),
        "fer5": ("angry", "happy", "neutral", "sad", "surprise"),
        "ck7": ("angry", "contempt", "disgust", "fear", "happy", "sad", "surprise"),
        "ferplus8": (
            *("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt"),
        ),
    }


@pytest.mark.parametrize(
    ("label_set", "classes"),
    [("fer7", [1, 0, 3, -1]), ("fer6", [-1, 0, 2, -1]), ("fer6_merged", [0, 0, 2, -1])],
)
def test_a_name_in_any_spelling_has_its_class(label_set: str, classes: list[int]) -> None:
    names = ["Disgusted", "anger", " HAPPINESS ", "contempt"]
    assert find_label_set(label_set).classes_of(names).tolist() == classes


def test_an_unknown_label_set_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="Unknown label set 'fer8': expected one of ck7, "):
        find_label_set("fer8")


def test_only_fer2013s_seven_have_an_order_of_their_own() -> None:
    assert in_usual_order(reversed(FER7_LABELS)) == FER7_LABELS
    assert in_usual_order(["sad", "happy", "sad"]) == ("happy", "sad")
