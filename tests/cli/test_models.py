"""`models`, from the words typed to what is printed and the exit code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FerCore = Callable[..., Any]  # words in, (code, out, err) out


def test_models_lists_names_figures_and_labels(fer_core: FerCore) -> None:
    ended = fer_core("models")
    assert ended.code == 0
    first, second = ended.out.splitlines()
    assert first.startswith("default ")
    assert "PublicTest" in first
    assert "(n = 280)" in first
    assert second.strip() == "angry, disgust, fear, happy, sad, surprise, neutral"


def test_models_as_json(fer_core: FerCore) -> None:
    (model,) = json.loads(fer_core("models", "--json").out)
    assert model["name"] == "default"
    assert model["metrics"]["PublicTest"]["n"] == 280
    assert len(model["labels"]) == 7


def test_no_models_at_all_are_told(
    fer_core: FerCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path))
    ended = fer_core("models")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"Error: No models in {tmp_path}")
    assert json.loads(fer_core("models", "--json").out) == []
