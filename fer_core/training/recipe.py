"""A training recipe: everything that decides a run, validated before anything is loaded."""

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fer_core.datasets.label_sets import LABEL_SETS
from fer_core.domain.errors import FerError, RecipeError, UnknownNameError
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.recipe_sections import (
    ArchitectureChoice,
    Augmentation,
    CrossValidation,
    Holdout,
    Optimization,
    Published,
    Targets,
    one_of,
    require,
)
from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.store import model_folder

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to train a model.

    Attributes:
        name: The recipe's name; the model's too, unless the command says otherwise.
        description: What it is for, in a sentence.
        architecture: Which network.
        labels: Label set that the data's classes are brought to ("fer7", "fer5", …); empty
            takes them as they are.
        targets: What the network is asked to answer.
        published: The figure to reproduce, if it is another's recipe.
        holdout: How to divide data into the two splits below, in place of the data's own.
        cross_validation: How to score the recipe on every picture of the data, fold by fold.
        preprocess: The conversion from a face to the network's input.
        augmentation: Random changes while training.
        optimization: How the weights are found.
        corrections: File of label corrections that are applied to the training split, see
            `datasets.corrections`; empty takes the labels as they are.
        start_from: Name of a model whose weights training starts from; its architecture must be
            the recipe's, its classes may be others. Empty starts from random weights.
        train_split: Split that the weights are fitted to.
        selection_split: Split that the epoch and the temperature are chosen on.
        precision: Keras' dtype policy: "float32", "mixed_bfloat16" or "mixed_float16".
        seed: Seed of every random number.
    """

    name: str
    architecture: ArchitectureChoice
    description: str = ""
    labels: str = ""
    targets: Targets = field(default_factory=Targets)
    published: Published | None = None
    holdout: Holdout | None = None
    cross_validation: CrossValidation | None = None
    preprocess: PreprocessSpec = field(default_factory=PreprocessSpec)
    augmentation: Augmentation = field(default_factory=Augmentation)
    optimization: Optimization = field(default_factory=Optimization)
    corrections: str = ""
    start_from: str = ""
    train_split: str = "Training"
    selection_split: str = "PublicTest"
    precision: str = "float32"
    seed: int = 1

    def __post_init__(self) -> None:
        try:
            model_folder(self.name)  # or training would end in a model that none can ask for
        except FerError as error:
            raise RecipeError(f"name: {error}") from None
        architectures.get(self.architecture.name)
        if self.train_split == self.selection_split:
            raise RecipeError(
                f"selection_split must differ from train_split, got {self.selection_split!r} twice."
            )
        require(0 <= self.seed < 2**32, "seed", "0 to 2**32 - 1", self)
        one_of(self.precision, PRECISIONS, "precision")
        if self.labels:
            one_of(self.labels, tuple(LABEL_SETS), "labels")
        elif self.targets.source != "labels":
            raise RecipeError(
                f"targets.source {self.targets.source!r} expects labels to name a label set: "
                f"one of {', '.join(LABEL_SETS)}."
            )
        if self.cross_validation and self.optimization.schedule == "plateau":
            raise RecipeError(
                "cross_validation expects optimization.schedule to be 'cosine' or 'constant': "
                "'plateau' would let each fold steer the training that it scores."
            )
        if self.cross_validation and self.corrections:
            raise RecipeError(
                "cross_validation expects corrections to be empty: it scores the recipe on every "
                "picture, and labels corrected by what a model said of them are no measure."
            )
        if self.targets.auxiliary:
            one_of(self.targets.auxiliary, tuple(LABEL_SETS), "targets.auxiliary")

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain values, for a card or a log."""
        return dataclasses.asdict(self)


def load_recipe(path: str | Path, overrides: tuple[str, ...] = ()) -> Recipe:
    """Read a recipe from TOML.

    Args:
        path: The recipe's file.
        overrides: "key=value" texts, applied over the file; the key is dotted
            ("optimization.epochs"), the value is TOML (a bare word stands for a string).

    Raises:
        RecipeError: No such file, not TOML, an unknown key or a value out of range.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            table = tomllib.load(stream)
    except FileNotFoundError:
        raise RecipeError(f"No recipe at {path}: expected a .toml file, see configs/.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} is not TOML: {error}.") from None
    except OSError as error:
        raise RecipeError(f"{path} cannot be read: {error.strerror}.") from None
    for override in overrides:
        _apply(table, override)
    table.setdefault("name", path.stem)
    try:
        return recipe_from_dict(table)
    except FerError as error:
        raise RecipeError(f"{path}: {error}") from None


def recipe_from_dict(table: Mapping[str, Any]) -> Recipe:
    """Build a recipe from plain values, as TOML or JSON give them.

    Raises:
        RecipeError: An unknown or missing key, or a value of the wrong type or out of range.
    """
    try:
        return typing.cast(Recipe, _build(Recipe, table, ""))
    except (ValueError, UnknownNameError) as error:
        raise RecipeError(str(error)) from None


def _apply(table: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator or not key.strip():
        raise RecipeError(f"--set expects key=value, got {override!r}.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    *parents, leaf = key.strip().split(".")
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            raise RecipeError(f"--set {key}: {parent!r} is not a section.")
    table[leaf] = value


def _build(cls: type, table: Any, prefix: str) -> Any:
    """Build dataclass `cls` from a TOML table, checking keys and types."""
    if not isinstance(table, dict):
        raise RecipeError(f"{prefix.rstrip('.')} must be a section, got {table!r}.")
    hints = typing.get_type_hints(cls)
    unknown = sorted(set(table) - set(hints))
    if unknown:
        raise RecipeError(
            f"Unknown key {prefix}{unknown[0]}: expected one of {', '.join(sorted(hints))}."
        )
    missing = [
        f.name
        for f in dataclasses.fields(cls)
        if f.name not in table
        and f.default is dataclasses.MISSING
        and f.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise RecipeError(f"Missing key {prefix}{missing[0]}.")
    return cls(**{k: _convert(hints[k], v, f"{prefix}{k}") for k, v in table.items()})


def _convert(hint: Any, value: Any, key: str) -> Any:
    if isinstance(hint, types.UnionType):  # "X | None": a section that may be left out
        if value is None:
            return None
        hint = typing.get_args(hint)[0]
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type, hint), value, f"{key}.")
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            raise RecipeError(f"{key} must be a list, got {value!r}.")
        inner = typing.get_args(hint)[0]
        return tuple(_convert(inner, item, key) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        hint = dict
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        name = getattr(hint, "__name__", str(hint))
        raise RecipeError(f"{key} must be of type {name}, got {value!r}.")
    return value
