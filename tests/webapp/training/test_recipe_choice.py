"""Recipes in the order of the form, with what was published of them."""

from pathlib import Path

import pytest

from webapp.components import published
from webapp.components.training.recipe_choice import known_recipes


def test_ours_come_first_then_each_system_with_its_figure() -> None:
    known, problems = known_recipes()
    assert not problems
    assert list(known)[:2] == ["quickstart", "default"]
    titles = [item.title for item in known.values()]
    figures = ["published" in title for title in titles]
    assert figures == sorted(figures)
    assert "jain_cnn · published 67.0%" in titles
    assert all(item.recipe.published is None or "%" in item.title for item in known.values())


def test_a_damaged_recipe_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "RECIPES", tmp_path)
    (tmp_path / "a.toml").write_text('[architecture]\nname = "se_resnet"\n')
    (tmp_path / "b.toml").write_text("[")
    (tmp_path / "c.toml").write_text("epochs = 3")
    known, problems = known_recipes()
    assert list(known) == ["a"]
    assert len(problems) == 2
    (tmp_path / "b.toml").write_text('seed = 2\n[architecture]\nname = "se_resnet"\n')
    assert list(known_recipes()[0]) == ["a", "b"]
