"""The form for a new run alone, with Keras in one process for all tests; and folders of runs."""

import contextlib
import csv
import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fer_core.domain.errors import FerError
from fer_core.domain.file_lock import LOCK_FILE, FileLock
from fer_core.training.history import HISTORY_FILE
from fer_core.training.recipe import Recipe
from fer_core.training.runs import Run, RunState
from fer_core.training.runs.process import own_identity
from fer_core.training.runs.queue import join
from fer_core.training.runs.state import StateRecord, write_state
from fer_core.training.workbench import Workbench
from webapp import services

HOME = Path(__file__).resolve().parents[3] / "webapp" / "Home.py"
OpenForm = Callable[..., AppTest]


@pytest.fixture(scope="session")
def bench(tiny_recipe: Recipe) -> Iterator[Workbench]:
    """Keras, loaded."""
    with Workbench() as workbench:
        for _ in range(3):  # a busy machine may take longer than a page would wait
            with contextlib.suppress(FerError):
                workbench.preview(tiny_recipe, np.zeros((1, 48, 48), np.uint8), 1)
                break
        yield workbench


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty folders of data and of runs, below the folder that is returned."""
    st.cache_resource.clear()
    st.cache_data.clear()
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("FER_DATA_DIRS", str(tmp_path / "data"))
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    return tmp_path


@pytest.fixture
def open_form(places: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> OpenForm:
    """Open the tab, perhaps filled with what another run was asked."""
    monkeypatch.setattr(services, "workbench", lambda: bench)

    def page() -> None:
        import streamlit as st

        from webapp.components.training.launch import show_launch, start_from_run

        if run := st.session_state.pop("duplicate", ""):
            start_from_run(run)
        if not st.session_state.get("away"):
            show_launch()

    def run(duplicate: str = "") -> AppTest:
        app = AppTest.from_function(page, default_timeout=120)
        app.session_state["duplicate"] = duplicate
        app.run()
        assert not app.exception
        return app

    return run


# --- Runs, as their own processes leave them ---

AddRun = Callable[..., Run]
OpenTab = Callable[..., AppTest]


@pytest.fixture
def add_run(places: Path, tiny_models: Path, tiny_recipe: Recipe) -> Iterator[AddRun]:
    """Write a run's folder: its state, some epochs and, once it is finished, its model."""
    locks = []

    def add(
        state: RunState = RunState.finished, done: int = 3, reason: str = "", **recipe: Any
    ) -> Run:
        run = Run.begin(dataclasses.replace(tiny_recipe, **recipe), "drawn_faces")
        if state.active:  # as long as someone holds its lock
            locks.append(FileLock.take(run.folder / LOCK_FILE))
            own_identity().write(run.folder)
        phase = "training" if state is RunState.running else ""
        write_state(run.folder, StateRecord(state, reason, phase))
        if state is RunState.queued:
            join(run.folder)
        if done:
            with (run.folder / HISTORY_FILE).open("w", newline="") as stream:
                rows = [epoch(number) for number in range(done)]
                writer = csv.DictWriter(stream, rows[0])
                writer.writeheader()
                writer.writerows(rows)
        if state is RunState.finished:
            shutil.copytree(tiny_models / "default", run.model_folder)
        return run

    yield add
    for lock in locks:
        lock.release()


def epoch(number: int) -> dict[str, float]:
    """A row of history, of the epoch that Keras counts as `number`, from 0."""
    better = 1 - 0.5 / (number + 1)
    figures = {"accuracy": better, "loss": 1 - better, "macro_f1": better}
    validated = {f"val_{name}": value for name, value in figures.items()}
    return {"epoch": number, **figures, "learning_rate": 0.1, "seconds": 2.0, **validated}


@pytest.fixture
def open_tab(
    places: Path,
    bench: Workbench,
    tiny_models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenTab:
    """Open a tab of the page over models of its own; no exception may have happened."""
    monkeypatch.setattr(services, "workbench", lambda: bench)
    shutil.copytree(tiny_models, tmp_path / "models", dirs_exist_ok=True)
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "models"))

    def run(tab: str = "Runs", **state: Any) -> AppTest:
        app = AppTest.from_file(str(HOME), default_timeout=60).run()
        app.switch_page("app_pages/4_training.py")
        app.session_state["training-tab"] = tab
        for key, value in state.items():
            app.session_state[key.replace("_", "-")] = value
        app.run()
        assert not app.exception
        return app

    return run
