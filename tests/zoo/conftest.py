"""Model folders to damage."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.card import ONNX_FILE, ModelCard
from fer_core.zoo.store import sha256_of


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of models."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("FER_MODELS_DIR", str(folder))
    return folder


@pytest.fixture
def tiny_copy(models: Path, tiny_models: Path) -> Path:
    """A copy of the tiny model's folder, called "tiny", that a test may change."""
    return Path(shutil.copytree(tiny_models / "default", models / "tiny"))


@pytest.fixture
def add_model(models: Path) -> Callable[[str], ModelCard]:
    """Put a folder into `models`: a card, and a file of a few bytes that it vouches for."""

    def add(name: str) -> ModelCard:
        folder = models / name
        folder.mkdir()
        (folder / ONNX_FILE).write_bytes(b"weights of " + name.encode())
        hashes = {ONNX_FILE: sha256_of(folder / ONNX_FILE)}
        card = ModelCard(name, ("a", "b"), PreprocessSpec(), hashes)
        card.write(folder)
        return card

    return add


@pytest.fixture
def vouch() -> Callable[..., ModelCard]:
    """Rewrite a folder's card so that it vouches for a file as it is now."""

    def rewrite(folder: Path, file_name: str, **changes: Any) -> ModelCard:
        card = ModelCard.read(folder)
        hashes = {**card.sha256, file_name: sha256_of(folder / file_name)}
        card = dataclasses.replace(card, sha256=hashes, **changes)
        card.write(folder)
        return card

    return rewrite
