"""A model against a data set: through the path that serves, with classes matched by name."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.report import evaluate, positions_in, ten_views
from fer_core.zoo.classifier import EmotionClassifier, load_classifier


@pytest.fixture
def classifier(served_models: Path) -> EmotionClassifier:
    return load_classifier()


# --- The report ---


def test_it_has_the_documented_keys(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    report = evaluate(classifier, drawn_faces, "PublicTest")
    # The command line's promise, word for word in the project's design.
    assert set(report) >= {
        *("model", "data", "split", "n", "accuracy", "accuracy_ci95", "macro_f1", "top2_accuracy"),
        *("hamming_loss", "ece", "per_class", "confusion", "labels"),
    }
    assert set(report["per_class"]["happy"]) == {
        *("precision", "recall", "specificity", "f1", "accuracy", "support"),
    }
    assert (report["model"], report["data"]) == ("default", "Drawn faces")
    assert (report["split"], report["n"], report["tta"]) == ("PublicTest", 280, False)
    assert report["data_fingerprint"] == drawn_faces.split("PublicTest").fingerprint()
    assert report["versions"]["numpy"] == np.__version__
    assert json.loads(json.dumps(report)) == report


def test_figures_are_those_of_the_served_probabilities(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    part = drawn_faces.split("PublicTest")
    said = classifier.predict(part.images).argmax(axis=1)
    report = evaluate(classifier, drawn_faces, "PublicTest")
    assert report["accuracy"] == pytest.approx((said == part.targets).mean())
    assert np.sum(report["confusion"], axis=1).tolist() == [40] * 7
    assert np.sum(report["confusion"], axis=0).tolist() == np.bincount(said, minlength=7).tolist()


def test_ten_views_are_another_figure(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    part = drawn_faces.split("PublicTest")
    views = [classifier.predict(view) for view in ten_views(part.images)]
    said = np.mean(views, axis=0).argmax(axis=1)
    report = evaluate(classifier, drawn_faces, "PublicTest", tta=True)
    assert report["tta"] is True
    assert report["accuracy"] == pytest.approx((said == part.targets).mean())
    assert report["ece"] != evaluate(classifier, drawn_faces, "PublicTest")["ece"]


def test_an_unknown_split_is_answered_with_those_there_are(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    with pytest.raises(DatasetError, match="expected one of PrivateTest, PublicTest, Training"):
        evaluate(classifier, drawn_faces, "test")


# --- Classes by name ---


def test_synonyms_and_another_order_give_the_same_figures(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    names = ("Anger", "disgusted", "FEAR", "happiness", "sadness", "surprised", "neutral")
    order = np.random.default_rng(3).permutation(7)
    renamed = dataclasses.replace(
        drawn_faces,
        labels=tuple(names[i] for i in order),
        targets=np.argsort(order)[drawn_faces.targets],
    )
    expected = evaluate(classifier, drawn_faces, "PublicTest")
    received = evaluate(classifier, renamed, "PublicTest")
    assert received["confusion"] == expected["confusion"]
    assert received["labels"] == list(classifier.labels)


def test_targets_become_positions_in_the_models_labels(drawn_faces: FaceDataset) -> None:
    some = FaceDataset(
        *("Some", ("anger", "happy"), drawn_faces.images[:3], np.array([1, 0, 1])),
        splits=drawn_faces.splits[:3],
    )
    assert positions_in(("sad", "Happiness", "angry"), some).tolist() == [1, 2, 1]


def test_classes_that_the_model_does_not_know_are_named(drawn_faces: FaceDataset) -> None:
    ck7 = ("anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise")
    message = r"classes that the model does not know: contempt; it knows angry, disgust, fear"
    with pytest.raises(DatasetError, match=message):
        positions_in(drawn_faces.labels, dataclasses.replace(drawn_faces, labels=ck7))


def test_a_model_may_know_more_classes_than_the_data(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    known = drawn_faces.targets < 3
    fewer = dataclasses.replace(
        drawn_faces,
        labels=drawn_faces.labels[:3],
        images=drawn_faces.images[known],
        targets=drawn_faces.targets[known],
        splits=drawn_faces.splits[known],
    )
    report = evaluate(classifier, fewer, "PublicTest")
    assert (report["n"], report["per_class"]["happy"]["support"]) == (120, 0)


# --- Ten views ---


def test_the_first_views_are_the_picture_and_its_mirror_image(drawn_faces: FaceDataset) -> None:
    images = drawn_faces.images[:3]
    views = ten_views(images)
    assert len(views) == 10
    assert all(view.shape == images.shape for view in views)
    assert np.array_equal(views[0], images)
    assert np.array_equal(views[1], images[:, :, ::-1])


def test_the_others_are_shifts_to_the_corners_that_repeat_the_edge() -> None:
    (image,) = images = np.arange(36, dtype=np.uint8).reshape(1, 6, 6)
    shifted = [view[0] for view in ten_views(images, shift_px=2)[2::2]]
    down_right, down_left, up_right, up_left = shifted
    assert np.array_equal(down_right[2:, 2:], image[:4, :4])
    assert np.array_equal(down_left[2:, :4], image[:4, 2:])
    assert np.array_equal(up_right[:4, 2:], image[2:, :4])
    assert np.array_equal(up_left[:4, :4], image[2:, 2:])
    assert (down_right[:2, :2] == image[0, 0]).all()
    mirrored = [view[0] for view in ten_views(images, shift_px=2)[3::2]]
    assert all(np.array_equal(m, s[:, ::-1]) for m, s in zip(mirrored, shifted, strict=True))
