"""A model against a data set: through the path that serves, with classes matched by name."""

import dataclasses
import json
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.domain.emotions import canonical
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.calibration import expected_calibration_error
from fer_core.evaluation.report import compare_models, evaluate, full_report
from fer_core.evaluation.views import ten_views
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


@pytest.fixture
def with_contempt(drawn_faces: FaceDataset) -> FaceDataset:
    """Drawn faces under CK+'s labels: its contempt stands in the place of neutral."""
    names = ("anger", "disgust", "fear", "happy", "sadness", "surprise", "contempt")
    return dataclasses.replace(drawn_faces, labels=names)


def test_an_unknown_class_is_refused_unless_shared_classes_are_asked_for(
    classifier: EmotionClassifier, with_contempt: FaceDataset
) -> None:
    with pytest.raises(DatasetError, match="classes that the model does not know: contempt"):
        evaluate(classifier, with_contempt, "PublicTest")
    report = evaluate(classifier, with_contempt, "PublicTest", shared_classes=True)
    assert (report["shared_classes"], report["left_out"]) == (True, {"contempt": 40})
    assert (report["n"], report["labels"]) == (240, list(classifier.labels[:6]))
    part = with_contempt.split("PublicTest")
    part = part.part(part.targets < 6)
    rows = classifier.predict(part.images)[:, :6]
    assert report["accuracy"] == pytest.approx((rows.argmax(axis=1) == part.targets).mean())
    expected = expected_calibration_error(rows / rows.sum(axis=1, keepdims=True), part.targets)
    assert report["ece"] == pytest.approx(expected, abs=1e-4)
    assert report["data_fingerprint"] == part.fingerprint()


# --- The full report ---


@pytest.fixture
def some_faces(drawn_faces: FaceDataset) -> FaceDataset:
    """Every fourth drawn face."""
    return drawn_faces.part(slice(None, None, 4))


def test_it_holds_both_figures_unchanged_and_the_drawings_beside_them(
    classifier: EmotionClassifier, some_faces: FaceDataset
) -> None:
    report = full_report(classifier, some_faces, "PublicTest")
    assert set(report) == {
        *("single", "ten_views", "ranks", "roc", "reliability", "worst_mistakes"),
    }
    assert report["single"] == evaluate(classifier, some_faces, "PublicTest")
    assert report["ten_views"] == evaluate(classifier, some_faces, "PublicTest", tta=True)
    assert report["single"]["averages"]["macro"]["f1"] == report["single"]["macro_f1"]
    right, n = np.trace(report["single"]["confusion"]), report["single"]["n"]
    assert report["ranks"]["overall"][0] == right
    assert sum(row["count"] for row in report["reliability"]) == n
    assert len(report["worst_mistakes"]) == min(25, n - right)
    assert set(report["roc"]["per_class"]) == set(classifier.labels)
    assert json.loads(json.dumps(report)) == report


def test_it_stays_small_as_text(classifier: EmotionClassifier, drawn_faces: FaceDataset) -> None:
    report = full_report(classifier, drawn_faces, "Training")
    text = json.dumps(report, indent=2)
    assert len(text) < 60_000
    rates = report["roc"]["per_class"]["fear"]["false_positive_rate"]
    assert rates == [round(rate, 4) for rate in rates]


def test_mistakes_can_be_found_in_the_split(
    classifier: EmotionClassifier, with_contempt: FaceDataset
) -> None:
    # Contempt first, so that the pictures that are kept do not begin at 0.
    order = np.argsort(-with_contempt.targets, kind="stable")
    data = with_contempt.part(order)
    part = data.split("PublicTest")
    mistakes = full_report(classifier, data, "PublicTest", shared_classes=True)["worst_mistakes"]
    assert mistakes
    for mistake in mistakes:
        assert canonical(part.labels[part.targets[mistake["index"]]]) == mistake["true"]
        row = classifier.predict(part.images[mistake["index"]][np.newaxis])[0, :6]
        assert classifier.labels[row.argmax()] == mistake["predicted"] != mistake["true"]
        assert mistake["confidence"] == pytest.approx(row.max() / row.sum(), abs=1e-4)


def test_robustness_is_there_when_asked_for(
    classifier: EmotionClassifier, some_faces: FaceDataset
) -> None:
    report = full_report(
        classifier, some_faces, "PublicTest", with_robustness=True, robustness_limit=7
    )
    assert (report["robustness"]["n"], report["robustness"]["split"]) == (7, "PublicTest")


# --- Two models ---


class Renamed:
    """The same model with other classes: some left out, or in another order."""

    def __init__(self, classifier: EmotionClassifier, labels: dict[str, str]) -> None:
        self.card = dataclasses.replace(classifier.card, name="renamed")
        self.labels = tuple(labels)
        self.classifier = classifier
        self.columns = [classifier.labels.index(name) for name in labels.values()]

    def predict(self, images: np.ndarray) -> np.ndarray:
        return self.classifier.predict(images)[:, self.columns]


def test_the_same_model_under_other_names_does_not_differ(
    classifier: EmotionClassifier, some_faces: FaceDataset
) -> None:
    names = {"neutral": "neutral", "Happiness": "happy", "sadness": "sad", "anger": "angry"}
    names |= {"fear": "fear", "surprised": "surprise", "disgust": "disgust"}
    other = cast(EmotionClassifier, Renamed(classifier, names))
    report = compare_models(classifier, other, some_faces, "PublicTest")
    assert (report["models"], report["n"]) == (["default", "renamed"], 70)
    assert (report["shared_classes"], report["left_out"]) == (False, {})
    assert report["accuracy_difference_ci95"] == [0, 0]
    assert report["accuracy"][0] == evaluate(classifier, some_faces, "PublicTest")["accuracy"]


def test_models_of_other_classes_meet_on_those_they_share(
    classifier: EmotionClassifier, some_faces: FaceDataset
) -> None:
    five = {name: name for name in ("happy", "angry", "neutral", "sad", "surprise")}
    other = cast(EmotionClassifier, Renamed(classifier, five))
    report = compare_models(classifier, other, some_faces, "PublicTest", tta=True)
    assert report["labels"] == ["angry", "happy", "sad", "surprise", "neutral"]
    assert (report["shared_classes"], report["left_out"]) == (True, {"disgust": 10, "fear": 10})
    assert (report["n"], report["mcnemar_p"]) == (50, 1)
    shared = evaluate(other, some_faces, "PublicTest", tta=True, shared_classes=True)
    assert report["accuracy"] == [shared["accuracy"]] * 2
    assert json.loads(json.dumps(report)) == report
