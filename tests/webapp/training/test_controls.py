"""A run is stopped, resumed, moved, duplicated, renamed and deleted by a click each."""

import pytest

from fer_core.training.recipe_sections import Optimization
from fer_core.training.runs import RunState
from fer_core.training.runs.launcher import FINISH_FILE, STOP_FILE
from tests.webapp.training.conftest import AddRun, OpenTab
from webapp import access

LONG = Optimization(epochs=9)


def labels(app: object) -> set[str]:
    return {button.label for button in app.button}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("state", "there", "not_there"),
    [
        (RunState.running, {"Stop", "Finish early"}, {"Resume", "Delete"}),
        (RunState.finished, {"Delete", "Promote"}, {"Stop", "Resume", "Finish early"}),
        (RunState.failed, {"Resume", "Finish early", "Delete"}, {"Stop", "Promote"}),
    ],
)
def test_a_state_has_its_buttons(
    add_run: AddRun,
    open_tab: OpenTab,
    state: RunState,
    there: set[str],
    not_there: set[str],
) -> None:
    add_run(state, name="other", optimization=LONG)
    shown = labels(open_tab())
    assert there | {"Duplicate with changes"} <= shown
    assert not not_there & shown


def test_the_first_click_asks_and_the_second_would_kill(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(RunState.running)
    app = open_tab()
    app.button(key="training-stop").click().run()
    assert (run.folder / STOP_FILE).exists()
    assert "Kill it now" in labels(app)


def test_a_run_is_told_to_finish_by_a_click(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(RunState.running, optimization=LONG)
    app = open_tab()
    app.button(key="training-sports_score").click().run()
    assert (run.folder / FINISH_FILE).exists()
    assert "Finish early" not in labels(app)
    assert "Stop" in labels(app)


def test_what_cannot_be_done_is_one_line(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(RunState.failed)
    app = open_tab()
    (run.folder / "state.json").write_text('{"state": "finished"}')
    app.button(key="training-play_arrow").click().run()
    assert any("is finished" in error.value for error in app.error)
    assert not app.exception


def test_a_queued_run_moves_up(add_run: AddRun, open_tab: OpenTab) -> None:
    first, second = add_run(RunState.queued, done=0), add_run(RunState.queued, done=0)
    app = open_tab(training_run=second.id)
    app.button(key="training-vertical_align_top").click().run()
    assert (first.status().queue_place, second.status().queue_place) == (2, 1)


def test_a_duplicate_fills_the_form(add_run: AddRun, open_tab: OpenTab) -> None:
    add_run(RunState.stopped, seed=7)
    app = open_tab()
    app.button(key="training-content_copy").click().run()
    assert app.session_state["training-tab"] == "New run"
    assert app.session_state["launch seed"] == 7
    assert not app.exception


def test_a_title_and_a_note_are_kept(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run()
    app = open_tab()
    (title,) = [item for item in app.text_input if item.label == "Title"]
    title.set_value("Mine")
    app.text_area[0].set_value("With more rotation.")
    (save,) = [button for button in app.button if button.label == "Save"]
    save.click().run()
    assert (run.status().title, run.status().note) == ("Mine", "With more rotation.")


def test_deleting_asks_first(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run()
    app = open_tab()
    app.button(key="training-delete").click().run()
    assert run.folder.exists()
    app.button(key="really-delete").click().run()
    assert not run.folder.exists()
    assert not app.exception


def test_whoever_may_not_train_only_looks(
    add_run: AddRun, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(access.PASSWORD_VARIABLE, "open sesame")
    add_run()
    shown = labels(open_tab())
    assert not {"Delete", "Promote", "Duplicate with changes"} & shown
