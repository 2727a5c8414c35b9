"""Which recipe to train by: ours, then those of the systems that this project reproduces."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from fer_core.domain.errors import FerError, RecipeError
from fer_core.training.recipe import Recipe, load_recipe
from webapp.components import published
from webapp.components.text import plain
from webapp.components.training import form

_FIRST = ("quickstart", "default")


@dataclass(frozen=True, slots=True)
class KnownRecipe:
    """A recipe in `configs/`."""

    file: Path
    recipe: Recipe

    @property
    def title(self) -> str:
        """Its name, and the figure it sets out to reproduce."""
        figure = self.recipe.published
        return f"{self.file.stem} · published {figure.value:.1%}" if figure else self.file.stem


def known_recipes() -> tuple[dict[str, KnownRecipe], list[str]]:
    """Recipes by the names of their files, ours first; and a line for each that is damaged."""
    known, problems = [], []
    for file in sorted(published.RECIPES.glob("*.toml")):
        try:
            known.append(KnownRecipe(file, _load(str(file), file.stat().st_mtime_ns)))
        except FerError as error:
            problems.append(str(error))
        except OSError:  # just deleted
            continue
    known.sort(key=_place)
    return {item.file.stem: item for item in known}, problems


def choose_recipe() -> KnownRecipe:
    """Draw the choice of a recipe, and what the chosen one is; another one fills the form anew.

    Raises:
        RecipeError: There is none.
    """
    known, problems = known_recipes()
    for problem in problems:
        st.warning(plain(problem), icon=":material/broken_image:")
    if not known:
        raise RecipeError("No recipe in configs/ can be read: restore configs/quickstart.toml.")
    if st.session_state.get(form.RECIPE) not in known:
        name = next(iter(known))
        st.session_state[form.RECIPE] = name
        form.fill(known[name].recipe, form.corrections())
    name = st.selectbox(
        "Recipe",
        list(known),
        format_func=lambda name: known[name].title,
        key=form.RECIPE,
        persist_state="session",
        on_change=_fill_anew,
    )
    chosen = known[name]
    if chosen.recipe.description:
        st.caption(plain(chosen.recipe.description))
    _show_published(chosen.recipe)
    return chosen


def _fill_anew() -> None:
    known, _ = known_recipes()
    if chosen := known.get(st.session_state[form.RECIPE]):
        form.fill(chosen.recipe, form.corrections())


def _show_published(recipe: Recipe) -> None:
    figure = recipe.published
    if figure is None:
        return
    where = f" on {figure.split}" if figure.split else ""
    basis = f"n = {figure.n:,}" if figure.n else ""
    parts = [f"{figure.source}{where}", basis, figure.note]
    st.badge(f"published {figure.metric} {figure.value:.1%}", icon=":material/menu_book:")
    st.caption(plain(". ".join(part.rstrip(".") for part in parts if part) + "."))


def _place(item: KnownRecipe) -> tuple[bool, int, str]:
    name = item.file.stem
    order = _FIRST.index(name) if name in _FIRST else len(_FIRST)
    return item.recipe.published is not None, order, name


@st.cache_data(show_spinner=False, max_entries=64)
def _load(file: str, changed_ns: int) -> Recipe:
    return load_recipe(file)
