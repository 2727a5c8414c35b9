"""What the form asks for, as the command line would."""

import dataclasses
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import DatasetError, FerError, RecipeError
from fer_core.training.recipe import Recipe, load_recipe, recipe_from_dict
from webapp.components.published import RECIPES
from webapp.components.training.plan import Plan, changes, checked, flat, nearest, toml

KNOWN = [(file, load_recipe(file)) for file in sorted(RECIPES.glob("*.toml"))]
QUICK = RECIPES / "quickstart.toml"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("adam", "adam"),
        ("", '""'),
        ("true", '"true"'),
        ("12", '"12"'),
        ('say "hi"\n', '"say \\"hi\\"\\n"'),
        (True, "true"),
        (3, "3"),
        (1e-05, "1e-05"),
        ([1, 2], "[1, 2]"),
        (("a", "b"), '["a", "b"]'),
        ({"widths": [8], "dropout": 0.5}, "{ widths = [8], dropout = 0.5 }"),
    ],
)
def test_a_value_is_written_so_that_it_is_read_back(value: Any, text: str) -> None:
    assert toml(value) == text


def test_what_no_toml_can_say_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be written"):
        toml(None)


def test_only_what_differs_is_a_change() -> None:
    base = load_recipe(QUICK)
    wanted = {"optimization.epochs": 3, "optimization.ema": 0.9, "labels": "fer7"}
    assert changes(base, wanted) == ("optimization.epochs=3", "labels=fer7")


@pytest.mark.parametrize("recipe", [recipe for _, recipe in KNOWN], ids=lambda recipe: recipe.name)
def test_every_recipe_of_a_run_is_reached_by_changes(recipe: Recipe) -> None:
    changed = recipe_from_dict(
        # As a run's request holds it, after a trip through JSON.
        {
            **_plain(recipe.to_dict()),
            "name": "another",
            "seed": 77,
            "description": 'A "quoted" text, with = and ünïcode.\nAnd a line.',
            "architecture": {"name": "se_resnet", "settings": {"widths": [4, 8], "blocks": 1}},
        }
    )
    file, overrides = nearest(changed, KNOWN)
    assert load_recipe(file, overrides) == changed


def test_the_nearest_is_the_recipe_itself() -> None:
    recipe = load_recipe(RECIPES / "kumar_cnn.toml", ("optimization.epochs=2",))
    assert nearest(recipe, KNOWN) == (RECIPES / "kumar_cnn.toml", ("optimization.epochs=2",))


def test_a_section_is_never_taken_away() -> None:
    recipe = dataclasses.replace(load_recipe(RECIPES / "ck48_small.toml"), holdout=None)
    file, overrides = nearest(recipe, KNOWN)
    assert load_recipe(file, overrides) == recipe
    with pytest.raises(RecipeError, match="No recipe in configs/"):
        nearest(recipe, [(RECIPES / "ck48_small.toml", load_recipe(RECIPES / "ck48_small.toml"))])


def test_the_command_says_the_same_and_is_quoted() -> None:
    overrides = ("name=mine", 'architecture.settings={ widths = [8, 16], x = "a b" }')
    command = Plan(QUICK, "/data/my $(faces).csv", overrides).command()
    words = shlex.split(command)
    assert words[:6] == ["python", "-m", "fer_core", "train", "--recipe", "configs/quickstart.toml"]
    assert words[6:8] == ["--data", "/data/my $(faces).csv"]
    assert words[8:] == ["--set", overrides[0], "--set", overrides[1], "--detach"]


def test_a_recipe_reads_no_file_from_elsewhere() -> None:
    with pytest.raises(RecipeError, match="lies outside the folders"):
        Plan(QUICK, "drawn_faces", ("corrections=/etc/passwd",)).recipe()


def test_data_is_checked_by_its_outline(drawn_faces: FaceDataset) -> None:
    blank = np.zeros((len(drawn_faces.images), 1, 1), np.uint8)
    outline = dataclasses.replace(drawn_faces, images=blank)
    divided = checked(load_recipe(QUICK, ("holdout.size=0.25", "labels=fer5")), outline)
    assert {split: sum(row.values()) for split, row in divided.counts().items()} == {
        "PublicTest": 250,
        "Training": 750,
    }
    with pytest.raises(DatasetError, match="has no split 'Validation'"):
        checked(load_recipe(QUICK, ("selection_split=Validation",)), outline)


def test_a_model_that_is_not_there_is_told_of_before_a_run(
    drawn_faces: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path))
    with pytest.raises(FerError, match="nobody"):
        checked(load_recipe(QUICK, ("start_from=nobody",)), drawn_faces)


def test_keys_are_flat_and_absent_sections_stand_by_name() -> None:
    values = flat(load_recipe(QUICK))
    assert values["optimization.epochs"] == 12
    assert values["holdout"] is None
    assert values["architecture.settings"] == {"widths": [8, 16, 32], "blocks": 1, "dropout": 0.0}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(map(_plain, value)) if isinstance(value, list | tuple) else value
