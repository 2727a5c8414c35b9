"""Every page runs without an exception, and shows a broken installation in one calm line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer_core.zoo.store import model_folder

PAGES = sorted(
    path.name
    for path in (Path(__file__).resolve().parents[2] / "webapp" / "app_pages").glob("*.py")
)
OpenPage = Callable[[str], AppTest]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_without_exception(open_page: OpenPage, page: str) -> None:
    app = open_page(page)
    assert not app.exception
    assert not app.error
    assert app.title


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_any_model_says_so(
    open_page: OpenPage, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path))
    app = open_page(page)
    assert not app.exception
    if page == "4_training.py":  # where one is made
        assert not app.error
    else:
        assert "No model is installed" in app.error[0].value


def test_an_altered_model_is_named_on_the_page(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = model_folder("default")
    target = tmp_path / "default"
    target.mkdir()
    for file in ("card.json", "model.onnx"):
        (target / file).write_bytes((source / file).read_bytes())
    with (target / "model.onnx").open("r+b") as stream:
        stream.truncate(1000)
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path))
    app = open_page("0_welcome.py")
    assert not app.exception
    assert "truncated or altered" in app.error[0].value
    assert "model" in app.error[0].value
    assert "onnx" in app.error[0].value
