"""What was published of a system, beside what this project's model of it reaches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from fer_core.domain.errors import FerError
from fer_core.training.recipe import load_recipe
from fer_core.zoo.card import ModelCard
from webapp.components.model_card import show_card_figure, show_figure
from webapp.components.text import plain

RECIPES = Path(__file__).resolve().parents[2] / "configs"


@dataclass(frozen=True, slots=True)
class System:
    """One system: what its authors report, and the model trained by its recipe here.

    Attributes:
        recipe: The recipe's name.
        description: The recipe's, in a sentence.
        published: Source, metric, value (0 to 1), split, n where it is known, note.
        card: The model's card; None before it is trained.
    """

    recipe: str
    description: str
    published: Mapping[str, Any]
    card: ModelCard | None

    @property
    def metric(self) -> str:
        """What the published figure is a figure of, as a key of `ModelCard.metrics`."""
        return str(self.published.get("metric", "accuracy"))

    def is_like(self, card: ModelCard, split: str) -> bool:
        """Whether a card has the published metric on a split of that name and that size."""
        figures = card.metrics[split]
        return (
            self.metric in figures
            and self.published.get("split") in (split, f"{card.dataset['name']} {split}")
            and self.published.get("n") == figures["n"]
        )


def published_systems(cards: Iterable[ModelCard]) -> tuple[list[System], list[str]]:
    """Systems of the recipes in `configs/` and of models trained by others, by name.

    Returns:
        The systems, and one line for each recipe that cannot be read.
    """
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    problems = []
    models: dict[str, ModelCard] = {}
    for card in cards:
        name = str(card.recipe.get("name", card.name))
        if (card.recipe.get("published") or {}).get("value"):
            found[name] = card.description, card.recipe["published"]
        # Of several models by one recipe, the one that bears its name speaks for it.
        if name not in models or card.name == name:
            models[name] = card
    for path in sorted(RECIPES.glob("*.toml")):
        try:
            recipe = load_recipe(path).to_dict()
        except FerError as error:
            problems.append(str(error))
            continue
        if recipe.get("published"):
            found[recipe["name"]] = recipe["description"], recipe["published"]
    systems = [System(name, *found[name], models.get(name)) for name in sorted(found)]
    return systems, problems


def show_system(system: System) -> None:
    """Show one system as a row: published at the left, reproduced at the right."""
    with st.container(border=True, key=f"system-{system.recipe}"):
        st.markdown(f"#### {plain(system.recipe)}")
        if system.description:
            st.caption(plain(system.description))
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown("**Published**")
            _show_published(system)
        with right:
            st.markdown("**Reproduced**")
            _show_reproduced(system)


def _show_published(system: System) -> None:
    published = system.published
    n = published.get("n")
    parts = [f"n = {n:,}" if n else None, published.get("source"), published.get("note")]
    show_figure(
        str(published.get("split") or "an unnamed split"),
        system.metric,
        published["value"],
        " ".join(f"{str(part).rstrip('.')}." for part in parts if part),
    )


def _show_reproduced(system: System) -> None:
    card = system.card
    if card is None or not card.metrics:
        st.markdown("Not trained yet:")
        command = f"python -m fer_core train --recipe configs/{system.recipe}.toml --data PATH"
        st.code(command, language="bash", wrap_lines=True)
        return
    for split, figures in card.metrics.items():
        metric = system.metric if system.metric in figures else "accuracy"
        show_card_figure(card, split, metric)
        if system.is_like(card, split):
            st.badge("split of the same name and size", icon=":material/equal:", color="gray")
        else:
            st.badge(
                "not known to be the same pictures",
                icon=":material/warning:",
                color="orange",
                help="Split or number of pictures differ, or the source does not say.",
            )
