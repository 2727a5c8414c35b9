"""A short trial's figures in words."""

import dataclasses

import pytest

from fer_core.training.recipe import Recipe
from fer_core.training.recipe_sections import CrossValidation
from fer_core.training.workbench import Probe
from webapp.components.training.estimate import estimate_words, time_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.26, "0.3 s"), (9.94, "9.9 s"), (42.4, "42 s"), (240, "4 min"), (7500, "2 h 5 min")],
)
def test_a_time_is_as_exact_as_it_deserves(seconds: float, words: str) -> None:
    assert time_words(seconds) == words


def test_the_whole_is_the_epochs_together(tiny_recipe: Recipe) -> None:
    words = estimate_words(Probe(4.0, 12.0, 20_123), tiny_recipe)
    assert "**4.0 s** an epoch, **8.0 s** for 2 of them" in words
    assert "20,123 weights" in words


def test_early_stopping_and_folds_are_told(tiny_recipe: Recipe) -> None:
    optimization = dataclasses.replace(tiny_recipe.optimization, early_stopping=3)
    recipe = dataclasses.replace(
        tiny_recipe, optimization=optimization, cross_validation=CrossValidation(5)
    )
    words = estimate_words(Probe(4.0, 12.0, 20_123), recipe)
    assert "**at most 8.0 s**" in words
    assert "5 folds" in words
