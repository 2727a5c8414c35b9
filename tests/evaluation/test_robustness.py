"""Accuracy under corruptions: by hand on flat pictures, and of a real network."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.report import evaluate
from fer_core.evaluation.robustness import robustness
from fer_core.evaluation.splits import evenly_spaced
from fer_core.zoo.classifier import EmotionClassifier, load_classifier


class Brightness:
    """Stands for a classifier: a picture of a mean above 150 is happy, any other sad."""

    labels = ("happy", "sad")
    card = SimpleNamespace(name="brightness")

    def predict(self, images: np.ndarray) -> np.ndarray:
        bright = images.mean(axis=(1, 2)) > 150
        return np.stack([bright, ~bright], axis=1).astype(np.float32)


def flat_faces(labels: tuple[str, ...] = ("sad", "happy")) -> FaceDataset:
    """Ten pictures: of the first class all pixels are 100, of the second 200, of a third 0."""
    targets = np.arange(10) % len(labels)
    values = np.array([100, 200, 0], np.uint8)[targets]
    images = values[:, None, None] + np.zeros((10, 48, 48), np.uint8)
    return FaceDataset("Flat", labels, images, targets, np.full(10, "test"))


def robustness_of_brightness(data: FaceDataset, **options: Any) -> dict[str, Any]:
    return robustness(cast(EmotionClassifier, Brightness()), data, "test", **options)


def test_accuracy_falls_where_it_must() -> None:
    table = robustness_of_brightness(flat_faces())["corruptions"]
    # -120 and -60 darken 200 below 150; 60 and 120 brighten 100 above it.
    assert table["brightness"]["levels"] == [-120, -60, 0, 60, 120]
    assert table["brightness"]["accuracy"] == [0.5, 0.5, 1, 0.5, 0.5]
    # A band or a square of 128 over less than half moves the mean, but not across 150; flat
    # pictures turn and shrink without any change.
    others = {name: row["accuracy"] for name, row in table.items() if name != "brightness"}
    assert others == dict.fromkeys(others, [1] * 5)
    assert len(others) == 8


def test_pictures_of_unknown_classes_are_left_out_when_asked() -> None:
    data = flat_faces(("sadness", "happy", "contempt"))
    with pytest.raises(DatasetError, match="does not know: contempt"):
        robustness_of_brightness(data)
    table = robustness_of_brightness(data, shared_classes=True)
    assert (table["n"], table["left_out"], table["clean_accuracy"]) == (7, {"contempt": 3}, 1)


def test_progress_is_told_after_each_level() -> None:
    told: list[tuple[int, int]] = []
    robustness_of_brightness(flat_faces(), progress=lambda *step: told.append(step))
    assert told == [(done, 36) for done in range(1, 37)]


def test_a_network_on_clean_pictures_is_as_good_as_evaluate_says(
    served_models: Path, drawn_faces: FaceDataset
) -> None:
    classifier = load_classifier()
    part = drawn_faces.part(slice(None, None, 5))
    table = robustness(classifier, part, "PublicTest")
    figures = evaluate(classifier, part, "PublicTest")
    assert (table["n"], table["clean_accuracy"]) == (figures["n"], figures["accuracy"])
    for row in table["corruptions"].values():
        assert row["accuracy"][row["levels"].index(row["clean"])] == figures["accuracy"]
    assert json.loads(json.dumps(table)) == table
    assert table == robustness(classifier, part, "PublicTest")


def test_a_limit_keeps_every_class(served_models: Path, drawn_faces: FaceDataset) -> None:
    seen: list[np.ndarray] = []

    class Recorder(Brightness):
        labels = drawn_faces.labels

        def predict(self, images: np.ndarray) -> np.ndarray:
            seen.append(images)
            return np.full((len(images), 7), 1 / 7)

    recorder = cast(EmotionClassifier, Recorder())
    table = robustness(recorder, drawn_faces, "PublicTest", limit=14)
    # All ties go to the first label, which has two of the fourteen pictures.
    assert (table["n"], table["clean_accuracy"]) == (14, pytest.approx(2 / 14))
    part = drawn_faces.split("PublicTest")
    assert np.array_equal(seen[0], part.images[evenly_spaced(part.targets, 14)])
    assert [len(images) for images in seen] == [14] * 37
