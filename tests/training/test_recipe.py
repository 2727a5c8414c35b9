"""A recipe is checked whole before anything is loaded, and an error names its key."""

import json
from pathlib import Path
from typing import Any

import pytest

from fer_core.domain.errors import RecipeError
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.training.recipe import Augmentation, load_recipe, recipe_from_dict
from fer_core.zoo.architectures.base import architectures

CONFIGS = sorted((Path(__file__).resolve().parents[2] / "configs").glob("*.toml"))
MINIMAL = '[architecture]\nname = "se_resnet"\n'


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# --- Reading ---


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_recipe_that_ships_loads(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe.name == path.stem
    assert recipe.architecture.name in architectures.names()
    assert recipe.description.endswith(".")
    if recipe.holdout is None:
        assert (recipe.train_split, recipe.selection_split) == ("Training", "PublicTest")


def test_the_default_and_the_quickstart_ship() -> None:
    assert {path.stem for path in CONFIGS} >= {"default", "quickstart"}


def test_what_is_left_out_takes_its_default(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, MINIMAL))
    assert recipe.name == "mine"
    assert recipe.preprocess == PreprocessSpec()
    assert recipe.augmentation == Augmentation()
    assert (recipe.precision, recipe.seed) == ("float32", 1)


def test_every_section_is_read(tmp_path: Path) -> None:
    text = """
        name = "other"
        seed = 7
        precision = "mixed_float16"
        [architecture]
        name = "se_resnet"
        settings = { widths = [8, 16], dropout = 0.5 }
        [preprocess]
        size_hw = [64, 32]
        enhance = ["clahe", "gamma"]
        scale = 1
        [augmentation]
        flip = true
        cutout = 1.0
        [optimization]
        epochs = 3
        warmup_epochs = 0
        ema = 0.0
    """
    recipe = load_recipe(write(tmp_path, text))
    assert (recipe.name, recipe.seed, recipe.precision) == ("other", 7, "mixed_float16")
    assert recipe.architecture.settings == {"widths": [8, 16], "dropout": 0.5}
    assert recipe.preprocess == PreprocessSpec((64, 32), scale=1.0, enhance=("clahe", "gamma"))
    assert recipe.augmentation == Augmentation(flip=True, cutout=1.0)
    assert (recipe.optimization.epochs, recipe.optimization.ema) == (3, 0.0)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_recipe_survives_a_runs_json(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe_from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


# --- Overrides ---


def test_overrides_stand_above_the_file(tmp_path: Path) -> None:
    recipe = load_recipe(
        write(tmp_path, MINIMAL + "[optimization]\nepochs = 60\n"),
        (
            "optimization.epochs=5",
            "optimization.learning_rate = 1e-2",
            "precision=mixed_bfloat16",
            "description=two words",
            "augmentation.flip=true",
            "architecture.settings.widths=[8, 16]",
            'preprocess.enhance=["clahe"]',
        ),
    )
    assert (recipe.optimization.epochs, recipe.optimization.learning_rate) == (5, 0.01)
    assert (recipe.precision, recipe.description) == ("mixed_bfloat16", "two words")
    assert recipe.augmentation.flip is True
    assert recipe.architecture.settings == {"widths": [8, 16]}
    assert recipe.preprocess.enhance == ("clahe",)


def test_the_last_override_holds(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, MINIMAL), ("seed=2", "seed=3"))
    assert recipe.seed == 3


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("epochs", "--set expects key=value, got 'epochs'"),
        ("=5", "--set expects key=value, got '=5'"),
        ("", "--set expects key=value, got ''"),
        ("epochs=5", "Unknown key epochs: expected one of architecture"),
        ("optimization.epoch=5", r"Unknown key optimization\.epoch: expected one of batch_size"),
        ("optimization=5", "optimization must be a section, got 5"),
        ("seed.value=5", "seed must be of type int, got {'value': 5}"),
        ("architecture.name.first=5", "'name' is not a section"),
        ("optimization.epochs=0", r"optimization\.epochs must be 1 or more, got 0"),
        ("optimization.epochs=many", r"optimization\.epochs must be of type int, got 'many'"),
    ],
)
def test_a_bad_override_is_told(tmp_path: Path, override: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        load_recipe(write(tmp_path, MINIMAL), (override,))


# --- Mistakes ---


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"Missing key architecture\."),
        ("[architecture]", r"Missing key architecture\.name\."),
        ('architecture = "se_resnet"', "architecture must be a section, got 'se_resnet'"),
        ("colour = 1\n" + MINIMAL, "Unknown key colour: expected one of architecture, augment"),
        (MINIMAL + "[augmentation]\nblur = 1", r"Unknown key augmentation\.blur"),
        (MINIMAL + "[preprocess]\nsize = 48", r"Unknown key preprocess\.size"),
        ("seed = 1.5\n" + MINIMAL, r"seed must be of type int, got 1\.5"),
        ("seed = true\n" + MINIMAL, "seed must be of type int, got True"),
        ("seed = -1\n" + MINIMAL, r"seed must be 0 to 2\*\*32 - 1, got -1"),
        ("precision = 16\n" + MINIMAL, "precision must be of type str, got 16"),
        ('precision = "float8"\n' + MINIMAL, "precision must be one of float32, mixed_bfloat16"),
        ('name = "a b"\n' + MINIMAL, "name: .*'a b': expected 1 to 64 letters"),
        ('name = "../x"\n' + MINIMAL, r"name: .*'\.\./x'"),
        (
            MINIMAL + "[cross_validation]\n[optimization]\nepochs = 2\nschedule = 'plateau'",
            "cross_validation expects optimization.schedule to be 'cosine' or 'constant'",
        ),
        (
            "corrections = 'mine.csv'\n" + MINIMAL + "[cross_validation]\n",
            "cross_validation expects corrections to be empty",
        ),
        (MINIMAL + "settings = [1]", r"architecture\.settings must be of type dict, got \[1\]"),
        (MINIMAL + "[preprocess]\nsize_hw = 48", r"preprocess\.size_hw must be a list, got 48"),
        (MINIMAL + "[preprocess]\nsize_hw = [48]", "size_hw must be two sides"),
        (MINIMAL + "[preprocess]\nchannels = 2", r"channels must be 1 \(grey\) or 3"),
        (MINIMAL + '[preprocess]\nenhance = ["x"]', "enhance step 'x': expected one of clahe"),
        (MINIMAL + "[augmentation]\nflip = 1", r"augmentation\.flip must be of type bool, got 1"),
        (MINIMAL + "[augmentation]\nflip = 'yes'", r"augmentation\.flip must be of type bool"),
    ],
)
def test_a_wrong_file_is_told_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message) as caught:
        load_recipe(write(tmp_path, text))
    assert str(tmp_path / "mine.toml") in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("optimization.epochs", 0),
        ("optimization.batch_size", 0),
        ("optimization.learning_rate", 0.0),
        ("optimization.learning_rate", -0.1),
        ("optimization.learning_rate", float("nan")),
        ("optimization.warmup_epochs", -1.0),
        ("optimization.warmup_epochs", 60.0),  # as many as the epochs
        ("optimization.momentum", 1.0),
        ("optimization.momentum", -0.1),
        ("optimization.weight_decay", -1e-9),
        ("optimization.label_smoothing", 1.0),
        ("optimization.ema", 1.0),
        ("augmentation.rotation_deg", -1.0),
        ("augmentation.rotation_deg", 181.0),
        ("augmentation.zoom", 1.0),
        ("augmentation.shift", -0.1),
        ("augmentation.brightness", 1.5),
        ("augmentation.contrast", -0.1),
        ("augmentation.cutout", 1.1),
        ("augmentation.cutout_side", 1.0),
    ],
)
def test_a_value_out_of_range_is_told_with_its_key(key: str, value: float) -> None:
    section, _, name = key.partition(".")
    # A share of 1 is allowed for cut-out, and loosens none of the other limits.
    table: dict[str, Any] = {
        "name": "mine",
        "architecture": {"name": "se_resnet"},
        "augmentation": {"cutout": 1.0},
    }
    table[section] = table.get(section, {}) | {name: value}
    with pytest.raises(RecipeError, match=rf"{key} must be .*got {value}"):
        recipe_from_dict(table)


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"No recipe at .*mine\.toml: expected a \.toml file"):
        load_recipe(tmp_path / "mine.toml")


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"cannot be read: Is a directory\."):
        load_recipe(tmp_path)


@pytest.mark.parametrize("content", [b"name = ", b"{}", b"\xff\xfe", b"a = 1\na = 2"])
def test_a_file_that_is_not_toml_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match=r"mine\.toml is not TOML"):
        load_recipe(path)


def test_the_epoch_is_not_chosen_on_what_was_trained_on() -> None:
    with pytest.raises(RecipeError, match="selection_split"):
        recipe_from_dict(
            {"name": "x", "architecture": {"name": "se_resnet"}, "selection_split": "Training"}
        )


def test_an_unknown_architecture_is_told_before_any_run_begins() -> None:
    with pytest.raises(RecipeError, match="se_resnet"):
        recipe_from_dict({"name": "x", "architecture": {"name": "resnet9000"}})
