"""What several folders of tests share."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import keras

    from fer_core.datasets.base import FaceDataset
    from fer_core.training.callbacks import EpochReport
    from fer_core.training.recipe import Recipe

# --- A served model: trained for seconds on drawn faces, once for the whole session ---


@pytest.fixture(scope="session")
def drawn_faces() -> "FaceDataset":
    """All 1,400 drawn faces; do not write into its arrays."""
    from fer_core.datasets.base import open_dataset

    return open_dataset("drawn_faces")


@pytest.fixture(scope="session")
def tiny_recipe() -> "Recipe":
    """A network of some 6,000 weights and two epochs; a few seconds on one core."""
    from fer_core.training.recipe import recipe_from_dict

    return recipe_from_dict(
        {
            "name": "default",
            "description": "A tiny network on drawn faces, for tests.",
            "architecture": {"name": "se_resnet", "settings": {"widths": [8, 16], "blocks": 1}},
            "augmentation": {"flip": True},
            "optimization": {
                "epochs": 2,
                "batch_size": 32,
                "learning_rate": 0.05,
                "warmup_epochs": 0.5,
                "label_smoothing": 0.03,
                "ema": 0.9,
            },
        }
    )


@dataclass(frozen=True)
class TinyRun:
    """What training the tiny network gave."""

    network: "keras.Model"
    folder: Path
    reports: list["EpochReport"]


@pytest.fixture(scope="session")
def tiny_run(
    tiny_recipe: "Recipe", drawn_faces: "FaceDataset", tmp_path_factory: pytest.TempPathFactory
) -> TinyRun:
    """The tiny network, trained."""
    from fer_core.training.engine import fit

    folder = tmp_path_factory.mktemp("tiny_run")
    reports: list[EpochReport] = []
    return TinyRun(fit(tiny_recipe, drawn_faces, folder, reports.append), folder, reports)


@pytest.fixture(scope="session")
def tiny_models(
    tiny_run: TinyRun,
    tiny_recipe: "Recipe",
    drawn_faces: "FaceDataset",
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder of models that holds the tiny one, as "default"; do not change it."""
    from fer_core.training.export import export_model

    folder = tmp_path_factory.mktemp("models")
    export_model(tiny_run.network, tiny_recipe, drawn_faces, "default", folder / "default")
    return folder


@pytest.fixture
def served_models(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`tiny_models`, and `FER_MODELS_DIR` says so, to processes started here too."""
    monkeypatch.setenv("FER_MODELS_DIR", str(tiny_models))
    return tiny_models
