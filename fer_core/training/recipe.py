"""A training recipe: everything that decides a run, validated before anything is loaded."""

import dataclasses
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fer_core.domain.errors import FerError, RecipeError, UnknownNameError
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.store import model_folder


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Random changes to a training picture; the defaults change nothing.

    Attributes:
        flip: Mirror half of the pictures.
        rotation_deg: Largest turn to either side, in degrees.
        zoom: Largest change of size, as a fraction.
        shift: Largest shift along each axis, as a fraction of the side.
        brightness: Largest change of brightness, as a fraction of full scale.
        contrast: Largest change of contrast, as a fraction.
        cutout: Share of pictures of which one square is blanked (DeVries and Taylor 2017).
        cutout_side: Side of that square, as a fraction of the picture's.
    """

    flip: bool = False
    rotation_deg: float = 0.0
    zoom: float = 0.0
    shift: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    cutout: float = 0.0
    cutout_side: float = 0.33

    def __post_init__(self) -> None:
        _require(0 <= self.rotation_deg <= 180, "augmentation.rotation_deg", "0 to 180", self)
        for name in ("zoom", "shift", "brightness", "contrast", "cutout_side"):
            _require(0 <= getattr(self, name) < 1, f"augmentation.{name}", "0 to 1", self)
        _require(0 <= self.cutout <= 1, "augmentation.cutout", "0 to 1", self)


@dataclass(frozen=True, slots=True)
class Optimization:
    """SGD with Nesterov momentum, a warm-up, a cosine to zero, and averaged weights.

    Attributes:
        epochs: Passes over the training split.
        batch_size: Pictures a step.
        learning_rate: Peak rate, reached after the warm-up.
        warmup_epochs: Epochs over which the rate climbs from zero.
        momentum: Nesterov momentum.
        weight_decay: Decoupled decay of convolution and dense kernels (Loshchilov and Hutter
            2019); each step takes rate times this fraction off.
        label_smoothing: Probability mass spread evenly over all classes.
        ema: Momentum of the moving average of weights, which is what is validated and kept;
            0 validates and keeps the weights themselves.
    """

    epochs: int = 60
    batch_size: int = 128
    learning_rate: float = 0.15
    warmup_epochs: float = 2.0
    momentum: float = 0.9
    weight_decay: float = 5e-3
    label_smoothing: float = 0.0
    ema: float = 0.998

    def __post_init__(self) -> None:
        _require(self.epochs >= 1, "optimization.epochs", "1 or more", self)
        _require(self.batch_size >= 2, "optimization.batch_size", "2 or more", self)
        _require(self.learning_rate > 0, "optimization.learning_rate", "above 0", self)
        _require(
            0 <= self.warmup_epochs < self.epochs,
            "optimization.warmup_epochs",
            "0 or more, and fewer than the epochs",
            self,
        )
        _require(self.weight_decay >= 0, "optimization.weight_decay", "0 or more", self)
        for name in ("momentum", "label_smoothing", "ema"):
            _require(0 <= getattr(self, name) < 1, f"optimization.{name}", "0 to 1", self)


@dataclass(frozen=True, slots=True)
class ArchitectureChoice:
    """Which network, with its own settings."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to train a model.

    Attributes:
        name: The recipe's name; the model's too, unless the command says otherwise.
        description: What it is for, in a sentence.
        architecture: Which network.
        preprocess: The conversion from a face to the network's input.
        augmentation: Random changes while training.
        optimization: How the weights are found.
        train_split: Split that the weights are fitted to.
        selection_split: Split that the epoch and the temperature are chosen on.
        precision: Keras' dtype policy: "float32", "mixed_bfloat16" or "mixed_float16".
        seed: Seed of every random number.
    """

    name: str
    architecture: ArchitectureChoice
    description: str = ""
    preprocess: PreprocessSpec = field(default_factory=PreprocessSpec)
    augmentation: Augmentation = field(default_factory=Augmentation)
    optimization: Optimization = field(default_factory=Optimization)
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
        _require(0 <= self.seed < 2**32, "seed", "0 to 2**32 - 1", self)
        if self.precision not in ("float32", "mixed_bfloat16", "mixed_float16"):
            raise RecipeError(
                "precision must be float32, mixed_bfloat16 or mixed_float16, "
                f"got {self.precision!r}."
            )

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


def _require(holds: bool, key: str, expected: str, section: Any) -> None:
    if not holds:
        value = getattr(section, key.rpartition(".")[2])
        raise RecipeError(f"{key} must be {expected}, got {value}.")
