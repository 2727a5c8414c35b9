"""The data set that needs no file is always the same, balanced, and can be told apart."""

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.datasets.base import FaceDataset, open_dataset
from fer_core.datasets.drawn_faces import EXPRESSIONS, DrawnFaces, Expression, draw_face
from fer_core.domain.emotions import FER7_LABELS


def test_it_is_always_the_same(drawn_faces: FaceDataset) -> None:
    assert open_dataset("drawn_faces").fingerprint() == drawn_faces.fingerprint()


def test_it_needs_no_file() -> None:
    assert DrawnFaces().accepts("drawn_faces")
    assert not DrawnFaces().accepts("drawn_faces.csv")


def test_it_has_fer2013s_form(drawn_faces: FaceDataset) -> None:
    assert drawn_faces.labels == FER7_LABELS
    assert drawn_faces.images.shape == (1400, 48, 48)
    assert drawn_faces.images.dtype == np.uint8


def test_classes_are_balanced_in_every_split(drawn_faces: FaceDataset) -> None:
    counts = drawn_faces.counts()
    assert set(counts) == {"Training", "PublicTest", "PrivateTest"}
    for classes in counts.values():
        assert tuple(classes) == FER7_LABELS
        assert len(set(classes.values())) == 1


def test_no_face_is_drawn_twice(drawn_faces: FaceDataset) -> None:
    assert len(np.unique(drawn_faces.images.reshape(1400, -1), axis=0)) == 1400


def test_every_class_has_an_expression_of_its_own() -> None:
    assert tuple(EXPRESSIONS) == FER7_LABELS
    assert len(set(EXPRESSIONS.values())) == 7


def test_labels_can_be_learned_from_the_pictures(drawn_faces: FaceDataset) -> None:
    """Even a linear model (ridge regression on pixels) tells most of the seven apart."""

    def pixels(data: FaceDataset) -> npt.NDArray[np.float64]:
        flat = data.images.reshape(len(data.images), -1).astype(float)
        centred = flat - flat.mean(axis=1, keepdims=True)
        return np.asarray(centred / centred.std(axis=1, keepdims=True))

    training, test = drawn_faces.split("Training"), drawn_faces.split("PublicTest")
    known, classes = pixels(training), np.eye(7)[training.targets]
    weights = known.T @ np.linalg.solve(known @ known.T + 3000 * np.eye(len(known)), classes)
    right = (pixels(test) @ weights).argmax(axis=1) == test.targets
    assert right.mean() > 0.7  # chance is 1 in 7


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("smile", slice(32, 42), slice(12, 36)),
        ("mouth_open", slice(34, 46), slice(14, 34)),
        ("brow_slant", slice(6, 20), slice(8, 40)),
        ("brow_height", slice(6, 20), slice(8, 40)),
        ("eye_open", slice(14, 26), slice(10, 38)),
        ("nose_wrinkle", slice(22, 28), slice(18, 30)),
    ],
)
def test_each_value_moves_its_part_of_the_face(name: str, rows: slice, columns: slice) -> None:
    low, high = (
        np.mean(
            [
                draw_face(Expression(**{name: value}), np.random.default_rng(seed))
                for seed in range(30)
            ],
            axis=0,
        )
        for value in (-1.0, 1.0)
    )
    change = np.abs(high - low)
    assert change[rows, columns].mean() > 2 * change.mean()


def test_a_face_comes_from_its_random_numbers_alone() -> None:
    one, same, other = (draw_face(Expression(), np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert (one.shape, one.dtype) == ((48, 48), np.uint8)
