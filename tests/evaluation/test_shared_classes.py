"""Classes that models and data share: matched by name, restricted only when asked."""

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.shared_classes import match_classes, over_labels, shared_labels

FER = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
CK = ("anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise")


@pytest.fixture
def ck() -> FaceDataset:
    """Nine pictures whose pixels are their number: two of contempt, one of each other class."""
    targets = np.array([0, 1, 2, 3, 1, 4, 5, 6, 0])
    images = np.arange(9, dtype=np.uint8)[:, None, None] + np.zeros((9, 4, 4), np.uint8)
    return FaceDataset("Nine", CK, images, targets, np.full(9, "All"))


# --- Data ---


def test_targets_become_positions_in_the_models_labels(ck: FaceDataset) -> None:
    match = match_classes(ck, ("neutral", *reversed(CK)))
    assert match.targets.tolist() == [7, 6, 5, 4, 6, 3, 2, 1, 7]
    assert match.data is ck
    assert match.to_dict() == {"shared_classes": False, "left_out": {}}


def test_classes_that_the_model_does_not_know_are_named(ck: FaceDataset) -> None:
    message = r"classes that the model does not know: contempt; it knows angry, disgust, fear"
    with pytest.raises(DatasetError, match=message):
        match_classes(ck, FER)


def test_pictures_of_other_classes_are_left_out_and_counted(ck: FaceDataset) -> None:
    match = match_classes(ck, FER, shared=True)
    assert match.labels == ("angry", "disgust", "fear", "happy", "sad", "surprise")
    assert match.data.images[:, 0, 0].tolist() == [0, 2, 3, 5, 6, 7, 8]
    assert match.positions.tolist() == [0, 2, 3, 5, 6, 7, 8]
    assert match.targets.tolist() == [0, 1, 2, 3, 4, 5, 0]
    assert match.to_dict() == {"shared_classes": True, "left_out": {"contempt": 2}}


def test_a_second_model_narrows_the_classes_further(ck: FaceDataset) -> None:
    match = match_classes(ck, FER, ("happiness", "sadness", "contempt", "anger"), shared=True)
    assert match.labels == ("angry", "happy", "sad")
    assert match.targets.tolist() == [0, 1, 2, 0]
    assert match.left_out == {"contempt": 2, "disgust": 1, "fear": 1, "surprise": 1}


def test_one_class_tells_nothing_apart() -> None:
    with pytest.raises(DatasetError, match=r"two or more shared classes, received 1: sad, happy"):
        shared_labels(("sad", "happy"), ("happiness", "neutral"))


def test_no_picture_of_a_shared_class_is_told(ck: FaceDataset) -> None:
    contempt = ck.part(ck.targets == 1)
    with pytest.raises(DatasetError, match=r"Nine: expected pictures of angry, .*, found none"):
        match_classes(contempt, FER, shared=True)
    with pytest.raises(DatasetError, match=r"Nine: expected pictures of anger, .*, found none"):
        match_classes(ck.part(slice(0)), CK)


# --- Probabilities ---


def test_probabilities_follow_the_names() -> None:
    rows = np.array([[0.5, 0.3, 0.2]])
    assert over_labels(rows, ("sad", "anger", "fear"), ("fear", "sad", "angry")).tolist() == [
        [0.2, 0.5, 0.3]
    ]


def test_shared_classes_keep_their_proportions_and_sum_to_1() -> None:
    rows = np.array([[0.1, 0.3, 0.6], [0.2, 0.2, 0.6], [0.0, 0.0, 1.0]])
    kept = over_labels(rows, ("happy", "sad", "neutral"), ("happy", "sad"))
    # By hand: 1 : 3 and 1 : 1; of nothing known, even chances.
    assert kept == pytest.approx(np.array([[0.25, 0.75], [0.5, 0.5], [0.5, 0.5]]))
