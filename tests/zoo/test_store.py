"""Models are found by name, and no file is trusted that its card does not vouch for."""

import dataclasses
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fer_core.domain.errors import FerError, ModelError, UnknownNameError
from fer_core.zoo.card import CARD_FILE, KERAS_FILE, ONNX_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.classifier import load_classifier
from fer_core.zoo.store import (
    card_names,
    load_card,
    load_report,
    model_folder,
    model_names,
    new_folder,
    sha256_of,
    verified_file,
)

AddModel = Callable[[str], ModelCard]

# --- Names ---


def test_names_are_sorted_with_the_default_first(add_model: AddModel) -> None:
    for name in ("zebra", "default", "ant"):
        add_model(name)
    assert model_names() == ("default", "ant", "zebra")


def test_only_a_folder_with_a_card_that_can_be_asked_for_counts(
    add_model: AddModel, models: Path
) -> None:
    for name in ("good", ".backup", "with space"):
        add_model(name)
    (models / "yunet").mkdir()  # the detector's, without a card
    (models / "README.md").write_text("Models")
    assert model_names() == ("good",)


def test_a_missing_folder_of_models_is_an_empty_one(models: Path) -> None:
    models.rmdir()
    assert model_names() == ()
    with pytest.raises(UnknownNameError, match="there is no model at all"):
        load_card("default")


def test_a_card_is_found_by_name(add_model: AddModel) -> None:
    assert add_model("good") == load_card("good")


def test_an_unknown_model_is_answered_with_the_known(add_model: AddModel) -> None:
    add_model("ant"), add_model("bee")
    with pytest.raises(UnknownNameError, match=r"Unknown model 'cat': expected one of ant, bee\."):
        load_card("cat")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../good", "good/../good", "/etc", "a\\b", ".good", "a b", "good\n", "a" * 65],
)
def test_a_name_that_could_climb_is_refused(add_model: AddModel, name: str) -> None:
    add_model("good")
    with pytest.raises(FerError, match="expected 1 to 64 letters, digits"):
        model_folder(name)
    with pytest.raises(FerError, match="good"):
        load_card(name)


@pytest.mark.parametrize("name", ["default", "fer7-v1.2", "A_1", "a" * 64])
def test_an_ordinary_name_is_a_folder_of_models(models: Path, name: str) -> None:
    assert model_folder(name) == models / name


# --- Models that ship their figures alone ---


@pytest.fixture
def figures_only(add_model: AddModel, models: Path) -> ModelCard:
    """A model called "large" without weights; its report says {"n": 3}."""
    card = add_model("large")
    (models / "large" / ONNX_FILE).unlink()
    report = models / "large" / REPORT_FILE
    report.write_text('{"n": 3}', encoding="utf-8")
    hashes = {REPORT_FILE: sha256_of(report)}
    card = dataclasses.replace(card, sha256=hashes, recipe={"name": "large_net"})
    card.write(models / "large")
    return card


def test_a_model_without_weights_has_a_card_and_does_not_serve(
    figures_only: ModelCard, add_model: AddModel
) -> None:
    add_model("small")
    assert card_names() == ("large", "small")
    assert model_names() == ("small",)
    assert load_card("large") == figures_only


def test_a_model_without_weights_shows_its_figures(figures_only: ModelCard) -> None:
    assert load_report(figures_only) == {"n": 3}


def test_asking_for_weights_that_are_not_shipped_says_how_to_train_them(
    figures_only: ModelCard,
) -> None:
    with pytest.raises(ModelError, match="weights are not shipped") as caught:
        load_classifier("large")
    assert "--recipe configs/large_net.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_card_stays_listed_so_that_asking_tells(
    add_model: AddModel, models: Path
) -> None:
    add_model("bad")
    (models / "bad" / CARD_FILE).write_text("{")
    assert model_names() == ("bad",)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"7"])
def test_a_report_that_is_no_object_is_told(
    figures_only: ModelCard, models: Path, content: bytes
) -> None:
    path = models / "large" / REPORT_FILE
    path.write_bytes(content)
    card = dataclasses.replace(figures_only, sha256={REPORT_FILE: sha256_of(path)})
    with pytest.raises(ModelError, match=r"report\.json is no JSON object"):
        load_report(card)


def test_an_altered_report_is_refused(figures_only: ModelCard, models: Path) -> None:
    (models / "large" / REPORT_FILE).write_text('{"n": 4}')
    with pytest.raises(ModelError, match=r"report\.json is truncated or altered"):
        load_report(figures_only)


# --- Files ---


def test_the_hash_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    # The first example of FIPS 180-2, appendix B.1.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "abc") == expected


def test_a_vouched_file_is_handed_out(add_model: AddModel, models: Path) -> None:
    card = add_model("good")
    path = verified_file(card, models / "good", ONNX_FILE)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == card.sha256[ONNX_FILE]


def test_a_file_that_the_card_does_not_know_is_refused(add_model: AddModel, models: Path) -> None:
    card = add_model("good")
    (models / "good" / KERAS_FILE).write_bytes(b"smuggled in")
    with pytest.raises(ModelError, match=r"card of model 'good' has no model\.keras"):
        verified_file(card, models / "good", KERAS_FILE)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "truncated or altered"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "truncated or altered"),
        (lambda path: path.write_bytes(b""), "truncated or altered"),
    ],
    ids=["missing", "truncated", "longer", "empty"],
)
def test_a_damaged_file_is_named(
    add_model: AddModel, models: Path, damage: Callable[[Path], object], message: str
) -> None:
    card = add_model("good")
    path = models / "good" / ONNX_FILE
    damage(path)
    with pytest.raises(ModelError, match=message) as caught:
        verified_file(card, models / "good", ONNX_FILE)
    assert str(path) in str(caught.value)


# --- Writing a folder ---


def test_a_new_folder_appears_whole(tmp_path: Path) -> None:
    folder = tmp_path / "below" / "model"
    with new_folder(folder) as work:
        (work / "a").write_text("1")
        assert not folder.exists()
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_the_old_content_stands_until_the_new_is_complete(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old").write_text("1")
    with new_folder(folder) as work:
        (work / "new").write_text("2")
        assert [path.name for path in folder.iterdir()] == ["old"]
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [folder]  # no scratch is left


@pytest.mark.parametrize("existed", [True, False])
def test_an_error_leaves_all_as_it_was(tmp_path: Path, existed: bool) -> None:
    folder = tmp_path / "model"
    if existed:
        folder.mkdir()
        (folder / "old").write_text("1")

    def fail_half_way() -> None:
        with new_folder(folder) as work:
            (work / "new").write_text("2")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    assert [path.name for path in tmp_path.rglob("*")] == (["model", "old"] if existed else [])


def test_a_half_written_model_is_not_listed(add_model: AddModel, models: Path) -> None:
    add_model("good")
    with new_folder(models / "next") as work:
        (work / CARD_FILE).write_text("{}")
        assert model_names() == ("good",)


def test_a_folder_that_cannot_be_put_in_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old").write_text("1")
    rename = Path.rename

    def refuse_the_new(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError("disk error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_the_new)
    with pytest.raises(OSError, match="disk error"), new_folder(folder) as work:
        (work / "new").write_text("2")
    assert [path.name for path in folder.iterdir()] == ["old"]


def test_a_copied_folder_is_a_model_of_its_own(tiny_models: Path, models: Path) -> None:
    shutil.copytree(tiny_models / "default", models / "copy")
    assert load_card("copy").name == "copy"
