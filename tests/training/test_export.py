"""A trained network becomes a model folder that explains itself, or nothing at all."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.corrections import EXCLUDE, picture_id, write_corrections
from fer_core.datasets.crowd_votes import VOTE_NAMES
from fer_core.datasets.label_sets import LABEL_SETS
from fer_core.domain.errors import DatasetError, ModelError
from fer_core.evaluation.answers import ANSWERS_FILE, load_answers
from fer_core.evaluation.calibration import expected_calibration_error, fit_temperature, softmax
from fer_core.evaluation.metrics import measure
from fer_core.evaluation.report import evaluate
from fer_core.preprocessing.crop import to_tensor
from fer_core.training import engine, export
from fer_core.training.network import new_heads
from fer_core.training.preparation import prepare
from fer_core.training.recipe import Recipe, recipe_from_dict
from fer_core.zoo.card import CARD_FILE, KERAS_FILE, ONNX_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.classifier import load_classifier
from fer_core.zoo.keras_model import load_keras_model
from fer_core.zoo.store import sha256_of


@pytest.fixture
def folder(served_models: Path) -> Path:
    """The tiny model's folder, as exported."""
    return served_models / "default"


@pytest.fixture
def card(folder: Path) -> ModelCard:
    return ModelCard.read(folder)


@pytest.fixture
def report(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / REPORT_FILE).read_text(encoding="utf-8")))


@pytest.fixture
def selection(drawn_faces: FaceDataset) -> FaceDataset:
    return drawn_faces.split("PublicTest")


# --- What is in the folder ---


def test_the_folder_holds_all_and_the_card_vouches_for_it(folder: Path, card: ModelCard) -> None:
    files = {path.name for path in folder.iterdir()}
    assert files == {CARD_FILE, ONNX_FILE, KERAS_FILE, REPORT_FILE, ANSWERS_FILE}
    # The answers are the run's, for comparing it with others; no model ships them.
    vouched = files - {CARD_FILE, ANSWERS_FILE}
    assert card.sha256 == {name: sha256_of(folder / name) for name in vouched}


def test_the_answers_are_those_that_the_report_is_of(
    folder: Path, report: dict[str, Any], selection: FaceDataset
) -> None:
    answers = load_answers(folder / ANSWERS_FILE)
    assert (answers.labels, answers.split, answers.data) == (
        *(selection.labels, "PublicTest", "Drawn faces"),
    )
    assert answers.fingerprint == report["single"]["data_fingerprint"]
    assert np.array_equal(answers.targets, selection.targets)
    assert answers.probabilities == pytest.approx(
        load_classifier().predict(selection.images), abs=1e-6
    )
    figures = measure(answers.probabilities, answers.targets, answers.labels)
    assert figures.confusion.tolist() == report["single"]["confusion"]


def test_the_card_says_which_labels_were_corrected(
    tiny_run: Any, tiny_recipe: Recipe, few_faces: FaceDataset, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    first, second = (picture_id(image) for image in few_faces.images[:2])
    write_corrections(path, {first: "happy", second: EXCLUDE})
    recipe = dataclasses.replace(tiny_recipe, corrections=str(path))
    data = prepare(recipe, few_faces)
    card = export.export_model(tiny_run.network, recipe, data, "mine", tmp_path / "model")
    assert ModelCard.read(tmp_path / "model").dataset["corrections"] == {
        "file": "mine.csv",
        "sha256": sha256_of(path),
        "relabelled": 1,
        "excluded": 1,
        "unknown": 0,
    }
    assert card.dataset["splits"]["Training"] == 55
    assert card.recipe["corrections"] == "mine.csv"  # not where it lay


def test_the_card_says_where_the_model_comes_from(
    card: ModelCard, tiny_recipe: Recipe, tiny_run: Any, drawn_faces: FaceDataset
) -> None:
    assert (card.name, card.description) == ("default", tiny_recipe.description)
    assert (card.labels, card.spec) == (drawn_faces.labels, tiny_recipe.preprocess)
    assert card.architecture == {
        "name": "se_resnet",
        "settings": dict(tiny_recipe.architecture.settings),
    }
    assert recipe_from_dict(card.recipe) == tiny_recipe
    assert card.dataset == {
        "name": "Drawn faces",
        "fingerprint": drawn_faces.fingerprint(),
        "splits": {"Training": 840, "PublicTest": 280},
    }
    assert card.parameters == tiny_run.network.count_params()
    assert card.training_data_terms == drawn_faces.licence
    assert set(card.versions) >= {"keras", "tensorflow", "numpy", "onnx", "onnxruntime"}
    age = datetime.now(UTC) - datetime.fromisoformat(card.created)
    assert timedelta(0) <= age < timedelta(hours=1)


def test_the_cards_figures_are_the_reports(card: ModelCard, report: dict[str, Any]) -> None:
    assert set(card.metrics) == {"PublicTest"}
    figures = card.metrics["PublicTest"]
    assert set(figures) == {*("n", "accuracy", "accuracy_ci95", "macro_f1", "top2_accuracy", "ece")}
    assert figures == {key: report["single"][key] for key in figures}


def test_the_report_is_what_evaluate_says_again(
    report: dict[str, Any], drawn_faces: FaceDataset
) -> None:
    classifier = load_classifier()
    assert report["single"] == evaluate(classifier, drawn_faces, "PublicTest")
    assert report["ten_views"] == evaluate(classifier, drawn_faces, "PublicTest", tta=True)


def test_only_the_selection_split_was_looked_at(card: ModelCard, report: dict[str, Any]) -> None:
    # The project's protocol, point 1: PrivateTest is scored once, at the end, by `evaluate`.
    assert "PrivateTest" not in json.dumps([card.dataset, card.metrics, report])


# --- Temperature ---


def test_the_temperature_is_fitted_on_the_selection_split(
    card: ModelCard, report: dict[str, Any], tiny_run: Any, selection: FaceDataset
) -> None:
    logits = tiny_run.network.predict(to_tensor(selection.images, card.spec), verbose=0)
    assert card.temperature == pytest.approx(fit_temperature(logits, selection.targets), rel=1e-3)
    assert report["temperature"] == card.temperature
    before = expected_calibration_error(softmax(logits), selection.targets)
    assert report["ece_before_temperature"] == pytest.approx(before, abs=1e-3)


def test_the_temperature_is_inside_both_graphs(
    card: ModelCard, tiny_run: Any, selection: FaceDataset
) -> None:
    tensor = to_tensor(selection.images, card.spec)
    logits = tiny_run.network.predict(tensor, verbose=0)
    expected = softmax(logits / card.temperature)
    assert load_classifier().predict_tensor(tensor) == pytest.approx(expected, abs=1e-5)
    assert load_keras_model().predict(tensor, verbose=0) == pytest.approx(expected, abs=1e-5)
    # The tiny network is far from calibrated, so leaving the temperature out would show.
    assert np.abs(softmax(logits) - expected).max() > 1e-3


# --- Parity ---


@pytest.mark.parametrize("gap", [1.1e-4, 0.5, np.nan])
def test_a_gap_between_keras_and_onnx_is_refused(gap: float) -> None:
    agreed = np.full((3, 7), 1 / 7)
    other = agreed.copy()
    other[1, 2] += gap
    with pytest.raises(ModelError, match=r"ONNX differs from Keras by .*: expected under 0\.0001"):
        export._check_parity(agreed, other)


def test_the_last_digits_may_differ() -> None:
    agreed = np.full((3, 7), 1 / 7)
    export._check_parity(agreed, agreed + 9e-5)


def test_a_network_that_fails_the_gate_leaves_the_old_model(
    tiny_recipe: Recipe, few_faces: FaceDataset, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old").write_text("still here")
    network = new_heads(tiny_recipe, 7)
    network.set_weights([np.full_like(w, np.nan) for w in network.get_weights()])
    with pytest.raises(ModelError, match="ONNX differs from Keras by nan"):
        export.export_model(network, tiny_recipe, few_faces, "broken", folder)
    assert [path.name for path in tmp_path.rglob("*")] == ["model", "old"]


def test_a_missing_selection_split_is_told_first(
    tiny_run: Any, tiny_recipe: Recipe, few_faces: FaceDataset, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="no split 'PublicTest': expected one of Training"):
        export.export_model(
            tiny_run.network, tiny_recipe, few_faces.split("Training"), "x", tmp_path / "x"
        )
    assert list(tmp_path.iterdir()) == []


# --- Two heads ---


def test_both_heads_of_a_run_become_models(few_faces: FaceDataset, tmp_path: Path) -> None:
    recipe = recipe_from_dict(
        {
            "name": "two",
            "labels": "fer7",
            "architecture": {"name": "se_resnet", "settings": {"widths": [8], "blocks": 1}},
            "targets": {"auxiliary": "ferplus8"},
            "optimization": {"epochs": 1, "batch_size": 28},
        }
    )
    data = prepare(recipe, with_votes(few_faces))
    engine.fit(recipe, data, tmp_path, lambda report: None)
    first, second = tmp_path / "model", tmp_path / "second"
    card = export.export_run(recipe, data, tmp_path, first, second)
    assert card.sha256 == ModelCard.read(first).sha256
    other = ModelCard.read(second)
    assert (len(card.labels), other.labels) == (7, LABEL_SETS["ferplus8"].labels)
    assert card.dataset["fingerprint"] == data.fingerprint()  # with the votes that it learned

    reports = [json.loads((folder / REPORT_FILE).read_text()) for folder in (first, second)]
    # Each is scored on the other's labels too, on the seven classes that they share.
    assert [report["other_labels"]["data"] for report in reports] == [
        *("Drawn faces with FER+ majority labels", "Drawn faces")
    ]
    assert [len(report["history"]) for report in reports] == [1, 1]
    assert reports[0]["robustness"]["n"] == 14


def with_votes(data: FaceDataset) -> FaceDataset:
    """The data, with ten votes for one of the first eight options each, whatever it shows."""
    chosen = np.arange(len(data.targets)) % 8
    votes = np.zeros((len(chosen), len(VOTE_NAMES)), np.int64)
    votes[np.arange(len(chosen)), chosen] = 10
    return dataclasses.replace(data, votes=votes)


def test_figures_without_copies_of_training_pictures_stand_apart(
    tiny_run: Any, tiny_recipe: Recipe, few_faces: FaceDataset, tmp_path: Path
) -> None:
    images = few_faces.images.copy()
    images[few_faces.splits == "PublicTest"] = images[0]
    images[-1] = 255 - images[0]
    data = dataclasses.replace(few_faces, images=images)
    export.export_model(tiny_run.network, tiny_recipe, data, "copies", tmp_path / "model")
    report = json.loads((tmp_path / "model" / REPORT_FILE).read_text())
    assert report["single"]["n"] == 14
    assert report["unseen"]["n"] == 1
