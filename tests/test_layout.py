"""The house is in order: every module has its tests, and every model its files."""

from pathlib import Path

import pytest

from fer_core.zoo.store import card_names, load_card, model_folder, model_names, verified_file

ROOT = Path(__file__).resolve().parents[1]
ENTRANCES = ("__init__.py", "__main__.py")


def modules() -> list[Path]:
    """Every module of the core, relative to it."""
    found = sorted((ROOT / "fer_core").rglob("*.py"))
    return [path.relative_to(ROOT / "fer_core") for path in found if path.name not in ENTRANCES]


@pytest.mark.parametrize("module", modules(), ids=str)
def test_every_module_has_a_file_of_tests(module: Path) -> None:
    tests = ROOT / "tests" / module.parent / f"test_{module.name}"
    assert tests.is_file(), f"expected {tests.relative_to(ROOT)}"


def test_every_model_that_ships_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FER_MODELS_DIR", raising=False)
    assert "default" in model_names()
    for name in card_names():
        card = load_card(name)
        assert card.name == name
        for file_name in card.sha256:
            assert verified_file(card, model_folder(name), file_name).is_file()
