"""A registry finds what the modules of its package register, when it is first asked."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fer_core.domain.errors import UnknownNameError
from fer_core.domain.registry import Registry

PACKAGE = "registry_test_entries"

ENTRY = """
from {package} import registry

@registry.register("{name}")
class Entry:
    label = "{name}"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package with a registry and two entries, forgotten afterwards."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from fer_core.domain.registry import Registry\n"
        f"registry = Registry('shape', '{PACKAGE}')\n"
    )
    for name in ("square", "circle"):
        (folder / f"{name}.py").write_text(ENTRY.format(package=PACKAGE, name=name))
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for module in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[module]


def load() -> Registry[type]:
    module = __import__(PACKAGE)
    registry: Registry[type] = module.registry
    return registry


def test_names_come_from_the_modules_sorted(package: Path) -> None:
    assert load().names() == ("circle", "square")


def test_a_new_file_is_a_new_entry(package: Path) -> None:
    (package / "hexagon.py").write_text(ENTRY.format(package=PACKAGE, name="hexagon"))
    assert load().names() == ("circle", "hexagon", "square")


def test_get_gives_what_was_registered(package: Path) -> None:
    assert load().get("circle").label == "circle"


def test_nothing_is_imported_before_it_is_asked(package: Path) -> None:
    registry = load()
    assert f"{PACKAGE}.circle" not in sys.modules
    registry.names()
    assert f"{PACKAGE}.circle" in sys.modules


def test_an_unknown_name_is_answered_with_the_known(package: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown shape 'oval': .* circle, square\."):
        load().get("oval")


def test_a_name_registered_twice_is_a_programming_error(package: Path) -> None:
    (package / "another.py").write_text(ENTRY.format(package=PACKAGE, name="circle"))
    with pytest.raises(ValueError, match="shape 'circle' is registered twice"):
        load().names()


def test_register_returns_its_target() -> None:
    registry: Registry[object] = Registry("shape", PACKAGE)

    def entry() -> None:
        """Stand in for an entry."""

    assert registry.register("a")(entry) is entry
