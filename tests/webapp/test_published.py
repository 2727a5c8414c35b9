"""A published figure and a reproduced one are told to agree only where they are of the same."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.card import ONNX_FILE, ModelCard
from webapp.components import published
from webapp.components.published import System, published_systems

FIGURES = {"n": 324, "accuracy": 0.98, "accuracy_ci95": [0.96, 0.99]}
CARD = ModelCard(
    "two_layers",
    ("a", "b"),
    PreprocessSpec(),
    {ONNX_FILE: "ab"},
    recipe={"name": "two_layers", "published": {"source": "A report", "value": 0.99}},
    dataset={"name": "CK+48"},
    metrics={"random": FIGURES | {"top2_accuracy": 1.0, "ece": 0.01}},
)


@pytest.fixture(autouse=True)
def recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(published, "RECIPES", tmp_path)
    return tmp_path


def write_recipe(folder: Path, name: str, more: str = "") -> None:
    text = f'[architecture]\nname = "se_resnet"\n{more}'
    (folder / f"{name}.toml").write_text(text)


@pytest.mark.parametrize(
    ("says", "alike"),
    [
        ({"split": "random", "n": 324}, True),
        ({"split": "CK+48 random", "n": 324}, True),
        ({"split": "random", "n": 323}, False),
        ({"split": "random"}, False),
        ({"split": "by subject", "n": 324}, False),
        ({"n": 324}, False),
        ({"split": "random", "n": 324, "metric": "weighted_f1"}, False),
    ],
)
def test_figures_are_alike_only_by_metric_split_and_size(says: dict[str, Any], alike: bool) -> None:
    assert System("two_layers", "", says, CARD).is_like(CARD, "random") is alike


def test_a_recipe_without_a_model_is_there_and_one_without_a_source_is_not(recipes: Path) -> None:
    write_recipe(recipes, "seed", '[published]\nsource = "A paper"\nvalue = 0.54\n')
    write_recipe(recipes, "own")
    (system,), problems = published_systems([])
    assert (system.recipe, system.card, problems) == ("seed", None, [])
    assert system.published["value"] == 0.54


def test_a_model_whose_recipe_is_not_here_speaks_for_itself() -> None:
    (system,), _ = published_systems([CARD])
    assert (system.recipe, system.card) == ("two_layers", CARD)


def test_of_two_models_the_one_named_like_the_recipe_counts() -> None:
    copy = dataclasses.replace(CARD, name="a_copy")
    for cards in ([copy, CARD], [CARD, copy]):
        (system,), _ = published_systems(cards)
        assert system.card is CARD


def test_a_recipe_that_cannot_be_read_hides_no_other(recipes: Path) -> None:
    write_recipe(recipes, "seed", '[published]\nsource = "A paper"\nvalue = 0.54\n')
    (recipes / "bad.toml").write_text("[")
    systems, (problem,) = published_systems([])
    assert [system.recipe for system in systems] == ["seed"]
    assert "bad.toml is not TOML" in problem
