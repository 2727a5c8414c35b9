"""Every picture is scored once, by a network that did not learn from it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.training.cross_validation import cross_validate
from fer_core.training.history import read_history
from fer_core.training.recipe import Recipe
from fer_core.training.recipe_sections import CrossValidation, Optimization


def test_folds_are_pooled_and_kept(
    tiny_recipe: Recipe, few_faces: FaceDataset, tmp_path: Path
) -> None:
    # Early stopping after one epoch without gain would look at the fold; it is left out.
    plan = Optimization(epochs=2, batch_size=16, early_stopping=1, learning_rate=1e-6)
    recipe = dataclasses.replace(tiny_recipe, optimization=plan)
    told: list[str] = []
    folds = CrossValidation(folds=5, by="picture")
    found = cross_validate(recipe, folds, few_faces, tmp_path, told.append)

    assert [row["n"] for row in found["each"]] == [14] * 5
    assert found["pooled"]["n"] == 70
    mean = sum(row["accuracy"] for row in found["each"]) / 5
    assert found["accuracy_mean"] == pytest.approx(mean) == found["pooled"]["accuracy"]
    assert [line.split(":")[0] for line in told] == [f"fold {number}/5" for number in range(1, 6)]
    assert [len(read_history(tmp_path / f"fold-{number}")) for number in range(1, 6)] == [2] * 5
    assert not list(tmp_path.glob("*/checkpoints"))

    # Folds found whole are not trained again, and say the same.
    assert cross_validate(recipe, folds, few_faces, tmp_path, told.append) == found
    assert "groups" not in found["each"][0]


def test_how_many_people_a_fold_holds_is_told(
    tiny_recipe: Recipe, few_faces: FaceDataset, tmp_path: Path
) -> None:
    people = np.array([f"S{number % 10}" for number in range(70)])
    data = dataclasses.replace(few_faces, groups=people)
    one = dataclasses.replace(tiny_recipe.optimization, epochs=1)
    recipe = dataclasses.replace(tiny_recipe, optimization=one)
    plan = CrossValidation(folds=5, by="group")
    found = cross_validate(recipe, plan, data, tmp_path, lambda line: None)
    assert sorted(row["groups"] for row in found["each"]) == [2] * 5
