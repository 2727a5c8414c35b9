"""A run is a folder that says what was asked; a finished one's model can be promoted."""

import json
import re
import shutil
from pathlib import Path

import pytest

from fer_core.domain.errors import FerError, ModelError
from fer_core.training.recipe import Recipe
from fer_core.training.runs import Run, promote
from fer_core.zoo.card import ONNX_FILE
from fer_core.zoo.classifier import load_classifier
from fer_core.zoo.store import load_card, model_folder, model_names


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of runs, and an empty one of models."""
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "runs"


@pytest.fixture
def begun(runs: Path, tiny_recipe: Recipe) -> Run:
    return Run.begin(tiny_recipe, "drawn_faces")


@pytest.fixture
def finished(begun: Run, tiny_models: Path) -> Run:
    """A run whose model has been exported."""
    shutil.copytree(tiny_models / "default", begun.model_folder)
    return begun


# --- Beginning and opening ---


def test_a_run_that_begins_writes_down_what_was_asked(begun: Run, runs: Path) -> None:
    assert begun.folder.parent == runs
    assert begun.id.startswith("default-")
    request = json.loads((begun.folder / "run.json").read_text(encoding="utf-8"))
    assert request["data"] == "drawn_faces"
    assert request["recipe"]["architecture"]["name"] == "se_resnet"


def test_a_run_is_opened_as_it_began(begun: Run) -> None:
    assert Run.open(begun.id) == begun


def test_runs_of_one_second_stay_apart(runs: Path, tiny_recipe: Recipe) -> None:
    ids = {Run.begin(tiny_recipe, "drawn_faces").id for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize("run_id", ["nobody", "", "..", "../runs/nobody", "nobody/else"])
def test_an_unknown_run_is_told(begun: Run, run_id: str) -> None:
    with pytest.raises(FerError, match=rf"No run '{re.escape(run_id)}' in .*runs\."):
        Run.open(run_id)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_a_damaged_run_is_told(begun: Run, content: bytes) -> None:
    (begun.folder / "run.json").write_bytes(content)
    with pytest.raises(FerError, match=r"run\.json is damaged"):
        Run.open(begun.id)


# --- Promoting ---


def test_a_finished_run_becomes_a_model_that_serves(finished: Run) -> None:
    card = promote(finished, "mine")
    assert model_names() == ("mine",)
    assert load_card("mine") == card
    assert card.name == "mine"
    assert load_classifier("mine").labels == card.labels


def test_the_run_keeps_its_own_model(finished: Run) -> None:
    before = sorted(path.name for path in finished.model_folder.iterdir())
    promote(finished, "mine")
    assert sorted(path.name for path in finished.model_folder.iterdir()) == before


def test_promoting_replaces_a_model_of_that_name(finished: Run) -> None:
    promote(finished, "mine")
    (model_folder("mine") / "left over").write_text("old")
    promote(finished, "mine")
    assert {path.name for path in model_folder("mine").iterdir()} == {
        *("card.json", "model.keras", "model.onnx", "report.json")
    }


def test_an_unfinished_run_is_not_promoted(begun: Run) -> None:
    with pytest.raises(ModelError, match=rf"Run {begun.id} has no model yet: it has not finished"):
        promote(begun, "mine")
    assert model_names() == ()


def test_a_damaged_model_is_not_promoted(finished: Run) -> None:
    promote(finished, "mine")
    with (finished.model_folder / ONNX_FILE).open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(ModelError, match=r"model\.onnx is truncated or altered"):
        promote(finished, "mine")
    assert load_classifier("mine").labels  # the old one still serves


@pytest.mark.parametrize("name", ["../mine", "a b", ".mine", ""])
def test_a_name_that_could_climb_is_refused(finished: Run, name: str) -> None:
    with pytest.raises(FerError, match="expected 1 to 64 letters"):
        promote(finished, name)
    assert model_names() == ()


def test_what_is_no_model_is_never_replaced(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "models"))
    detector = tmp_path / "models" / "yunet" / "weights.onnx"
    detector.parent.mkdir(parents=True)
    detector.write_bytes(b"weights")
    with pytest.raises(ModelError, match="no model's folder"):
        promote(finished, "yunet")
    assert detector.read_bytes() == b"weights"


@pytest.mark.parametrize("content", ["{}", "[]", '{"recipe": {}, "data": "x"}'])
def test_a_run_without_a_recipe_is_told(begun: Run, content: str) -> None:
    (begun.folder / "run.json").write_text(content)
    with pytest.raises(FerError, match=r"run\.json is damaged"):
        Run.open(begun.id)
