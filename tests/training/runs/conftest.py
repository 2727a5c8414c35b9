"""Folders of runs, empty or with a run in some state."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fer_core.domain.file_lock import LOCK_FILE, FileLock
from fer_core.training.recipe import Recipe
from fer_core.training.runs.run import Run


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of runs, and an empty one of models."""
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("FER_TRAINING_SLOTS", raising=False)
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


@pytest.fixture
def begun(runs: Path, tiny_recipe: Recipe) -> Run:
    """A run that was asked for, and that nobody works on."""
    return Run.begin(tiny_recipe, "drawn_faces")


@pytest.fixture
def finished(begun: Run, tiny_models: Path) -> Run:
    """A run whose model has been exported."""
    shutil.copytree(tiny_models / "default", begun.model_folder)
    return begun


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's database as it is when made, which takes seconds."""
    from fer_core.training.runs import tracking

    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
        tracking.prepare_environment()
        from mlflow import MlflowClient

        MlflowClient(tracking.tracking_uri()).search_experiments()
    return path


@pytest.fixture
def tracked_runs(runs: Path, new_database: Path) -> Path:
    """`runs`, with MLflow's database in place."""
    shutil.copyfile(new_database, runs / "mlflow.db")
    return runs


@pytest.fixture
def held(begun: Run) -> Iterator[FileLock]:
    """The lock of the run, in the hand of a living process."""
    lock = FileLock.take(begun.folder / LOCK_FILE)
    assert lock is not None
    yield lock
    lock.release()
