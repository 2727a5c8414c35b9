"""A finished run's model becomes one that serving finds by name."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.domain.errors import FerError, ModelError
from fer_core.training.recipe_sections import Targets
from fer_core.training.runs.promotion import promote
from fer_core.training.runs.run import Run
from fer_core.zoo.card import ONNX_FILE
from fer_core.zoo.classifier import load_classifier
from fer_core.zoo.store import card_names, load_card, model_folder, model_names


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


def test_a_second_heads_model_is_promoted_by_its_own_name(finished: Run) -> None:
    run = replace(finished, recipe=replace(finished.recipe, targets=Targets(auxiliary="ferplus8")))
    shutil.copytree(run.model_folder, run.auxiliary_folder)
    assert promote(run, "second", auxiliary=True).name == "second"
    assert model_names() == ("second",)


def test_a_run_without_a_second_head_says_so(finished: Run) -> None:
    with pytest.raises(ModelError, match="has no second head"):
        promote(finished, "second", auxiliary=True)


def test_figures_can_go_without_the_weights(finished: Run) -> None:
    card = promote(finished, "large", figures_only=True)
    assert not card.serves
    assert {path.name for path in model_folder("large").iterdir()} == {"card.json", "report.json"}
    assert (card_names(), model_names()) == (("large",), ())
