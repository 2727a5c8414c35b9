"""What the form holds, apart from how it looks."""

from typing import Any

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.training.recipe import Recipe, load_recipe
from webapp.components.published import RECIPES
from webapp.components.training import form

RECIPE_NAMES = sorted(file.stem for file in RECIPES.glob("*.toml"))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    values: dict[str, Any] = {}
    monkeypatch.setattr(form.st, "session_state", values)
    return values


def recipe(name: str, *overrides: str) -> Recipe:
    return load_recipe(RECIPES / f"{name}.toml", overrides)


def data(*splits: str) -> FaceDataset:
    each = np.array(splits).repeat(4)
    count = len(each)
    images = np.zeros((count, 1, 1), np.uint8)
    return FaceDataset("x", ("a", "b"), images, np.arange(count) % 2, each)


@pytest.mark.parametrize("name", RECIPE_NAMES)
def test_a_form_just_filled_changes_nothing(session: dict[str, Any], name: str) -> None:
    form.fill(recipe(name))
    assert form.overrides(recipe(name)) == ()


@pytest.mark.parametrize(
    ("splits", "expected"),
    [
        (("PublicTest", "Training", "PrivateTest"), ()),
        (("Training", "Test"), ("selection_split=Test",)),
        (("Test", "Training", "Validation"), ("selection_split=Validation",)),
        (("Test", "Validation"), ("train_split=Test", "selection_split=Validation")),
        (("All",), ("holdout.size=0.2",)),
        (("Training",), ("holdout.size=0.2",)),
    ],
)
def test_data_is_divided_in_a_way_that_fits_it(
    session: dict[str, Any], splits: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    base = recipe("quickstart")
    form.fill(base)
    form.settle(base, "x", data(*splits))
    assert form.overrides(base) == expected


def test_what_was_chosen_by_hand_stays(session: dict[str, Any]) -> None:
    base = recipe("quickstart")
    form.fill(base)
    form.settle(base, "x", data("Training", "Test", "Validation"))
    session[form.key("selection_split")] = "Test"
    form.settle(base, "x", data("Training", "Test", "Validation"))
    assert form.overrides(base) == ("selection_split=Test",)
    form.settle(base, "y", data("Training", "PublicTest"))
    assert form.overrides(base) == ()


def test_a_recipe_divides_as_it_says(session: dict[str, Any]) -> None:
    base = recipe("ck48_small")
    form.fill(base)
    form.settle(base, "x", data("All"))
    assert form.overrides(base) == ()


def test_only_what_no_widget_shows_is_left_to_lines(session: dict[str, Any]) -> None:
    lines = ("seed=3", "precision=float32", "augmentation.zoom=0.1", "targets.vote_share=0.0")
    base = recipe("default")
    plain = recipe("default", "targets.vote_share=0.0", "targets.auxiliary=")
    assert form.unshown(plain, base, lines) == ("precision=float32",)
    assert form.unshown(base, base, lines) == ("precision=float32", "targets.vote_share=0.0")
