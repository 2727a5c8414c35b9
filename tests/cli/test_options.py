"""Texts become paths, or wrong usage."""

from pathlib import Path

import pytest
import typer

from fer_core.cli.options import as_folder, as_path


def test_a_text_becomes_a_path(tmp_path: Path) -> None:
    assert as_path("a b/c") == Path("a b/c")
    assert as_folder(str(tmp_path / "new")) == tmp_path / "new"


@pytest.mark.parametrize("convert", [as_path, as_folder])
def test_an_empty_text_is_no_path(convert: object) -> None:
    with pytest.raises(typer.BadParameter, match="received an empty text"):
        convert("")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(typer.BadParameter, match=r"notes\.txt' is a file: expected a folder"):
        as_folder(str(tmp_path / "notes.txt"))
