"""A model's card survives its file, and a damaged one is told in one line."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from fer_core.domain.errors import ModelError
from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.card import CARD_FILE, ONNX_FILE, ModelCard

CARD = ModelCard(
    name="fer7-v1.2",
    labels=("happy", "sad"),
    spec=PreprocessSpec((64, 64), 3, 1 / 255, 0.0, 0.2, False, ("clahe",)),
    sha256={ONNX_FILE: "ab" * 32},
    architecture={"name": "se_resnet", "settings": {"widths": [8, 16]}},
    recipe={"name": "default", "seed": 1},
    dataset={"name": "FER2013", "fingerprint": "cd" * 32, "splits": {"Training": 28558}},
    metrics={
        "PublicTest": {
            "n": 3589,
            "accuracy": 0.7,
            "accuracy_ci95": [0.68, 0.72],
            "top2_accuracy": 0.8,
            "ece": 0.02,
        }
    },
    temperature=1.25,
    parameters=709_151,
    licence="MIT",
    training_data_terms="research use only",
    created="2025-01-01T00:00:00+00:00",
    versions={"keras": "3.12"},
    description="Zwei Gefühle.",
)


def test_a_card_survives_its_file(tmp_path: Path) -> None:
    CARD.write(tmp_path)
    assert ModelCard.read(tmp_path) == CARD


def test_a_card_is_readable_by_a_person(tmp_path: Path) -> None:
    CARD.write(tmp_path)
    text = (tmp_path / CARD_FILE).read_text(encoding="utf-8")
    assert text.splitlines()[1] == '  "name": "fer7-v1.2",'
    assert "Gefühle" in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ("happy",)}, "two or more different names"),
        ({"labels": ("happy", "happy")}, "two or more different names"),
        ({"sha256": {"model.keras": "ab"}}, r"sha256 must name model\.onnx, got \['model\.keras'"),
        ({"sha256": {"report.json": "ab", "model.keras": "cd"}}, r"sha256 must name model\.onnx"),
        ({"temperature": 0.0}, "temperature must be positive"),
        ({"temperature": float("nan")}, "temperature must be positive"),
    ],
)
def test_a_value_out_of_range_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(CARD, **changes)


def test_only_a_card_with_a_network_serves() -> None:
    assert CARD.serves
    assert not dataclasses.replace(CARD, sha256={"report.json": "ab" * 32}).serves


def test_a_missing_card_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"card\.json is missing: expected a model's card"):
        ModelCard.read(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[]", b'"text"', b"{}", b"\xff\xfe{}"], ids=repr
)
def test_a_file_that_is_no_card_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CARD_FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"card\.json is not a model's card"):
        ModelCard.read(tmp_path)


def test_a_folder_in_the_cards_place_is_told(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).mkdir()
    with pytest.raises(ModelError, match=r"card\.json is not a model's card \(IsADirectoryError"):
        ModelCard.read(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", ...),  # left out
        ("labels", ...),
        ("labels", ["happy"]),
        ("labels", 7),
        ("spec", ...),
        ("spec", []),
        ("spec", {"channels": 2}),
        ("spec", {"colour": 3}),
        ("spec", {"enhance": ["sharpen"]}),
        ("sha256", None),
        ("sha256", {}),
        ("sha256", "model.onnx"),
        ("temperature", "warm"),
        ("surprise", 1),
    ],
)
def test_a_wrong_field_is_told_with_the_file(tmp_path: Path, key: str, value: object) -> None:
    CARD.write(tmp_path)
    path = tmp_path / CARD_FILE
    fields = json.loads(path.read_text(encoding="utf-8"))
    fields[key] = value
    if value is ...:
        del fields[key]
    path.write_text(json.dumps(fields), encoding="utf-8")
    with pytest.raises(ModelError, match=r"card\.json is not a model's card") as caught:
        ModelCard.read(tmp_path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
