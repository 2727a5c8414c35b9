"""An installation that only serves says so before anything is begun."""

import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.domain.errors import FerError
from fer_core.training.installed import require_training
from fer_core.training.recipe import Recipe
from fer_core.training.runs import launch
from fer_core.training.workbench import Workbench


def test_here_it_is_installed() -> None:
    require_training()


def test_without_its_libraries_nothing_is_begun(
    tiny_recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setitem(sys.modules, "mlflow", None)  # as if it were not installed
    with pytest.raises(FerError, match=r"not installed here \(mlflow missing\)"):
        launch(tiny_recipe, "drawn_faces")
    assert not (tmp_path / "runs").exists()
    with Workbench() as workbench, pytest.raises(FerError, match="not installed here"):
        workbench.preview(tiny_recipe, np.zeros((1, 48, 48), np.uint8), 1)


def test_the_form_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)

    monkeypatch.setattr("webapp.components.training.launch.require_admin", lambda: True)

    def page() -> None:
        import streamlit as st

        from fer_core.domain.errors import FerError
        from webapp.components.training.launch import show_launch

        try:
            show_launch()
        except FerError as error:
            st.error(str(error))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    (line,) = app.error
    assert "keras missing" in line.value
    assert not app.button
