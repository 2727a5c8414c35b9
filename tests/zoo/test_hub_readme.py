"""A model's README.md is what the Hub reads, and says what a person must know."""

import dataclasses

import pytest
from huggingface_hub import ModelCard as HubCard

from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.card import KERAS_FILE, ONNX_FILE, ModelCard
from fer_core.zoo.hub_readme import hub_readme

CARD = ModelCard(
    name="fer7",
    labels=("happy", "sad"),
    spec=PreprocessSpec(),
    sha256={ONNX_FILE: "0" * 64, KERAS_FILE: "1" * 64},
    recipe={"selection_split": "PublicTest"},
    dataset={"name": "FER2013", "splits": {"Training": 28558, "PublicTest": 3589}},
    metrics={
        "PublicTest": {
            "n": 3589,
            "accuracy": 0.69184,
            "accuracy_ci95": [0.6765, 0.7067],
            "macro_f1": 0.65503,
            "top2_accuracy": 0.868,
            "ece": 0.0163,
        }
    },
    parameters=709151,
    licence="Weights follow the terms of their training data.",
    training_data_terms="FER2013: research use only",
    description="A residual net.",
)


def written(card: ModelCard = CARD, **report: object) -> HubCard:
    """The README as the Hub's own client reads it."""
    return HubCard(hub_readme(card, report, "someone/fer7", "ab" * 32))


def test_the_metadata_is_the_hubs() -> None:
    data = written().data
    assert data.pipeline_tag == "image-classification"
    assert data.library_name == "onnx"
    assert (data.license, data.license_name) == ("other", "see-the-model-card")
    assert data.metrics == ["accuracy", "f1"]


def test_a_licence_that_the_hub_knows_goes_by_its_name() -> None:
    data = written(dataclasses.replace(CARD, licence="MIT")).data
    assert (data.license, data.get("license_name")) == ("mit", None)


def test_figures_are_in_the_model_index_with_split_and_interval() -> None:
    accuracy, f1 = written().data.eval_results
    assert (accuracy.dataset_name, accuracy.dataset_split) == ("FER2013", "PublicTest")
    assert (accuracy.metric_type, accuracy.metric_value) == ("accuracy", 0.6918)
    assert accuracy.metric_name == "Accuracy, 95% interval 67.7% to 70.7%, n = 3,589"
    assert (f1.metric_type, f1.metric_value) == ("f1", 0.655)


@pytest.mark.parametrize(
    "words",
    [
        "in this order: happy, sad.",
        'load_analyzer("someone/fer7@COMMIT:' + "ab" * 32 + '")',
        "resized to 48×48 grey; pixels of 0 to 255 times 0.015625 plus -2,",
        "`model.keras` is what training goes on from",
        "| FER2013 PublicTest | 3,589 | 69.2% (67.7% to 70.7%) | 0.655 | 86.8% | 0.016 |",
        "were chosen on PublicTest.",
        "Training 28,558, PublicTest 3,589.",
        "Terms of the training data: FER2013: research use only",
        "An expression is not a feeling.",
        "AI Act, article 5",
    ],
)
def test_a_person_is_told(words: str) -> None:
    assert words in written().text


def test_the_reports_other_figures_are_told_too() -> None:
    unseen = {"n": 3310, "accuracy": 0.679, "accuracy_ci95": [0.663, 0.695]}
    text = written(unseen=unseen).text
    row = "| the same, without copies of training pictures | 3,310 | 67.9% (66.3% to 69.5%) |"
    assert row in text
    assert "ten views" not in text


def test_folds_are_told_beside_a_split_that_may_flatter() -> None:
    folds = {"folds": 10, "by": "group", "accuracy_mean": 0.97667, "pooled": {"n": 981}}
    row = "| FER2013, mean of 10 folds, nobody in two | 981 | 97.7% |  |  |  |"
    assert row in written(cross_validation=folds).text


def test_a_card_that_says_little_is_no_error() -> None:
    text = written(ModelCard("bare", ("a", "b"), PreprocessSpec(), {ONNX_FILE: "0" * 64})).text
    assert "None were measured." in text
    assert "model.keras" not in text
