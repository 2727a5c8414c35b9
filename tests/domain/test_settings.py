"""The folders follow the environment at the time of asking."""

import os
from pathlib import Path

import pytest

from fer_core.domain.settings import data_dirs, models_dir, runs_dir, vendored_dir

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FER_MODELS_DIR", raising=False)
    monkeypatch.delenv("FER_RUNS_DIR", raising=False)


def test_defaults_lie_beside_the_package() -> None:
    assert models_dir() == ROOT / "models"
    assert runs_dir() == ROOT / "runs"


def test_the_environment_moves_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "m"))
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "r"))
    assert models_dir() == tmp_path / "m"
    assert runs_dir() == tmp_path / "r"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", "")
    monkeypatch.setenv("FER_RUNS_DIR", "")
    assert models_dir() == ROOT / "models"
    assert runs_dir() == ROOT / "runs"


def test_data_may_lie_in_several_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FER_DATA_DIRS", raising=False)
    assert data_dirs() == (ROOT / "data",)
    monkeypatch.setenv("FER_DATA_DIRS", os.pathsep.join([str(tmp_path), "", "more"]))
    assert data_dirs() == (tmp_path, Path("more"))


def test_what_ships_with_the_project_does_not_move(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path))
    assert vendored_dir() == ROOT / "models"


def test_asking_creates_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "m"))
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "r"))
    models_dir(), runs_dir()
    assert list(tmp_path.iterdir()) == []
