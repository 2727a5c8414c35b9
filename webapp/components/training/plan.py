"""A run as the form asks for it: a recipe's file, data and changes, as for the command line."""

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any

from fer_core.datasets.base import FaceDataset
from fer_core.domain.errors import RecipeError
from fer_core.training.preparation import prepare
from fer_core.training.recipe import Recipe, load_recipe
from fer_core.training.recipe_sections import Holdout, Published
from fer_core.zoo.store import load_card
from webapp.data_sources import is_allowed_file

_ROOT = Path(__file__).resolve().parents[3]
_BARE = re.compile(r"[A-Za-z_][\w-]*")
_NOT_TEXT = ("true", "false", "inf", "nan")
# Of sections that may be absent, but have a key that must be given, what the others then are.
_DEFAULTS = {
    f"{section}.{item.name}": item.default
    for section, kind in (("holdout", Holdout), ("published", Published))
    for item in fields(kind)
    if item.default is not MISSING
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train.

    Attributes:
        file: The recipe's file.
        data: Path of the data, or "drawn_faces".
        overrides: "key=value" texts, as `load_recipe` takes them.
    """

    file: Path
    data: str
    overrides: tuple[str, ...]

    def recipe(self) -> Recipe:
        """The recipe with its changes.

        Raises:
            RecipeError: A change is wrong, or would read a file that pages may not open.
        """
        try:
            recipe = load_recipe(self.file, self.overrides)
        except RecipeError as error:
            # The form says which recipe; where its file lies is nobody's business.
            raise RecipeError(str(error).removeprefix(f"{self.file}: ")) from None
        if recipe.corrections and not is_allowed_file(recipe.corrections):
            raise RecipeError(
                f"corrections: {recipe.corrections} lies outside the folders that pages may read: "
                "expected a file in the folder of runs or of data."
            )
        return recipe

    def command(self) -> str:
        """The command line that starts the same run."""
        file = self.file
        if file.is_relative_to(_ROOT):
            file = file.relative_to(_ROOT)
        words = ["python", "-m", "fer_core", "train", "--recipe", str(file), "--data", self.data]
        for override in self.overrides:
            words += ["--set", override]
        return shlex.join([*words, "--detach"])


def checked(recipe: Recipe, outline: FaceDataset) -> FaceDataset:
    """Data as a recipe divides and names it.

    Args:
        recipe: What is to be trained.
        outline: The data; its pictures may be blank.

    Raises:
        FerError: A class, split, vote or model that the recipe needs is not there.
    """
    for name in filter(None, (recipe.start_from, *recipe.targets.teachers)):
        load_card(name)
    return prepare(replace(recipe, corrections=""), outline)  # those know pictures by their pixels


def flat(recipe: Recipe) -> dict[str, Any]:
    """A recipe's values by dotted key; a section that is left out is None under its own name."""
    values: dict[str, Any] = {}
    for key, value in recipe.to_dict().items():
        if isinstance(value, Mapping):
            values |= {f"{key}.{name}": _plain_lists(inner) for name, inner in value.items()}
        else:
            values[key] = _plain_lists(value)
    return values


def changes(base: Recipe, wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """The values that differ from a recipe's, as overrides in the order of the wanted."""
    known = _DEFAULTS | flat(base)
    return tuple(
        f"{key}={toml(value)}"
        for key, value in wanted.items()
        if key not in known or known[key] != _plain_lists(value)
    )


def nearest(recipe: Recipe, known: Iterable[tuple[Path, Recipe]]) -> tuple[Path, tuple[str, ...]]:
    """The recipe's file from which another recipe is fewest changes away, and these.

    Raises:
        RecipeError: None of the known leads there.
    """
    wanted = flat(recipe)
    ways = [
        (file, changes(base, {k: v for k, v in wanted.items() if v is not None}))
        for file, base in known
        # A section can be added by a change, but not taken away.
        if not any(wanted.get(section, ()) is None for section in sections(base))
    ]
    if not ways:
        raise RecipeError(f"No recipe in configs/ is one that {recipe.name!r} can be made from.")
    return min(ways, key=lambda way: (len(way[1]), way[0].name))


def sections(recipe: Recipe) -> set[str]:
    """Sections that a recipe has."""
    return {key.partition(".")[0] for key in flat(recipe) if "." in key}


def toml(value: Any) -> str:
    """A value as an override has it: TOML, or a bare word.

    Raises:
        TypeError: TOML has no such value.
    """
    if isinstance(value, str) and _BARE.fullmatch(value) and value not in _NOT_TEXT:
        return value
    return _literal(value)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Mapping):
        pairs = (f"{toml(key)} = {_literal(inner)}" for key, inner in value.items())
        return f"{{ {', '.join(pairs)} }}"
    raise TypeError(f"{value!r} cannot be written as TOML")


def _plain_lists(value: Any) -> Any:
    return list(map(_plain_lists, value)) if isinstance(value, list | tuple) else value
