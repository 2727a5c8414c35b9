"""One run's page tells the truth, whatever state its folder is in."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.training.history import HISTORY_FILE
from fer_core.training.runs import RunState
from fer_core.training.runs.label import label_run
from fer_core.training.runs.launcher import STOP_FILE
from fer_core.training.snapshot import ValidationSnapshot, write_snapshot
from tests.webapp.training.conftest import AddRun, OpenTab
from webapp.components.training import run_detail


def said(app: AppTest) -> str:
    """All text of a page, without the marks that keep Markdown from reading it."""
    parts = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.code]
    return "\n".join(part.value for part in parts).replace("\\", "")


def test_a_running_run_is_watched(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(RunState.running, done=1)
    run.log("epoch 1 of 2")
    label_run(run, title="Mine", note="a *note*")
    app = open_tab()
    text = said(app)
    assert "Mine" in text
    assert "a *note*" in text
    assert "CPU " in text
    assert "epoch 1 of 2" in text
    assert len(app.get("plotly_chart")) == 4


def test_a_new_epoch_is_drawn(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(RunState.running, done=2)
    app = open_tab()
    rows = (run.folder / HISTORY_FILE).read_text()
    (run.folder / HISTORY_FILE).write_text(rows + rows.splitlines()[-1].replace("1", "2", 1) + "\n")
    before = app.get("plotly_chart")[0].proto.spec
    assert app.run().get("plotly_chart")[0].proto.spec != before


def test_long_epochs_are_looked_at_less_often(add_run: AddRun) -> None:
    run = add_run(RunState.running)
    status = replace(run.status(), seconds_per_epoch=60.0)
    assert run_detail._pace(run, status) == run_detail.WATCH_LONG_EVERY_S
    assert run_detail._pace(run, replace(status, phase="exporting")) == run_detail.WATCH_EVERY_S
    (run.folder / STOP_FILE).touch()  # whoever asked for that waits for it
    assert run_detail._pace(run, status) == run_detail.WATCH_EVERY_S
    assert run_detail._pace(run, replace(status, state=RunState.stopped)) is None


def test_before_the_first_epoch_there_is_no_curve(add_run: AddRun, open_tab: OpenTab) -> None:
    add_run(RunState.running, done=0)
    app = open_tab()
    assert "Curves begin with the first finished epoch." in said(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("state", [RunState.failed, RunState.stopped])
def test_the_reason_is_told(add_run: AddRun, open_tab: OpenTab, state: RunState) -> None:
    add_run(state, reason="Training diverged in epoch 2: [expected] a finite loss.")
    assert "Training diverged in epoch 2: [expected] a finite loss." in said(open_tab())


def test_a_run_whose_process_died_is_lost(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(RunState.stopped)
    (run.folder / "state.json").unlink()
    app = open_tab()
    assert "its process never began" in said(app)
    assert app.button(key="training-play_arrow").label == "Resume"


def test_the_last_validation_shows_mistakes(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(RunState.running)
    write_snapshot(
        run.folder,
        ValidationSnapshot(
            epoch=2,
            labels=("sad", "happy"),
            confusion=np.array([[3, 1], [0, 4]]),
            images=np.zeros((1, 48, 48), np.uint8),
            true=("sad",),
            predicted=("happy",),
            confidence=np.array([0.9], np.float32),
            positions=np.array([7]),
        ),
    )
    app = open_tab()
    assert "On the validation pictures after epoch 2" in said(app)
    assert "Most often confused: sad read as happy (1 of 4, 25%)." in said(app)
    assert len(app.get("plotly_chart")) == 5


@pytest.mark.parametrize("file", [HISTORY_FILE, "state.json", "validation.npz", "label.json"])
def test_a_damaged_file_is_no_traceback(add_run: AddRun, open_tab: OpenTab, file: str) -> None:
    run = add_run(RunState.stopped)
    (run.folder / file).write_bytes(b"\x00{,\n1")
    open_tab()


def test_a_damaged_request_is_left_out(add_run: AddRun, open_tab: OpenTab) -> None:
    broken, whole = add_run(), add_run()
    (broken.folder / "run.json").write_text('{"recipe": {"name": "x", "optimization": {}}}')
    app = open_tab(training_run=broken.id)
    assert app.session_state["training-run"] == whole.id


def test_a_request_that_cannot_be_opened_is_one_line(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(RunState.stopped)
    request = (run.folder / "run.json").read_text()
    (run.folder / "run.json").write_text(request.replace('"se_resnet"', '"unknown_net"'))
    (error,) = open_tab().error
    assert "is damaged" in error.value
