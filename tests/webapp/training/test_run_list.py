"""The list shows every run, finds some, and never points at one that is gone."""

import pytest

from fer_core.training.runs import RunState, delete
from tests.webapp.training.conftest import AddRun, OpenTab
from webapp.components.training.run_list import ON_A_PAGE


def test_an_empty_list_leads_to_a_new_run(open_tab: OpenTab) -> None:
    app = open_tab()
    assert "No run yet" in app.info[0].value
    app.button[0].click().run()
    assert app.session_state["training-tab"] == "New run"
    assert not app.exception


def test_each_run_is_a_row_with_its_state(add_run: AddRun, open_tab: OpenTab) -> None:
    runs = [add_run(state, name=str(state)) for state in RunState if state is not RunState.lost]
    app = open_tab()
    rows = [button for button in app.button if button.key.startswith("look-")]
    assert [row.label for row in rows] == [run.recipe.name for run in reversed(runs)]


def test_a_click_chooses_a_run(add_run: AddRun, open_tab: OpenTab) -> None:
    first, second = add_run(name="first"), add_run(name="second")
    app = open_tab()
    assert app.session_state["training-run"] == second.id  # the newest
    app.button(key=f"look-{first.id}").click().run()
    assert app.session_state["training-run"] == first.id
    assert any("first" in item.value for item in app.markdown)


def test_a_search_narrows_the_list(add_run: AddRun, open_tab: OpenTab) -> None:
    add_run(name="apple")
    add_run(RunState.stopped, name="pear")
    app = open_tab()
    app.text_input(key="training-search").set_value("appl").run()
    assert [b.label for b in app.button if b.key.startswith("look-")] == ["apple"]
    app.text_input(key="training-search").set_value("plum").run()
    assert any("No run is like that" in caption.value for caption in app.caption)


@pytest.mark.parametrize("extra", [0, 1])
def test_a_long_list_has_pages(add_run: AddRun, open_tab: OpenTab, extra: int) -> None:
    for _ in range(ON_A_PAGE + extra):
        add_run(RunState.stopped)
    app = open_tab()
    assert len([b for b in app.button if b.key.startswith("look-")]) == ON_A_PAGE
    assert len(app.get("pagination")) == extra


def test_a_run_that_was_deleted_is_let_go(add_run: AddRun, open_tab: OpenTab) -> None:
    gone, stays = add_run(), add_run()
    delete(gone)
    app = open_tab(training_run=gone.id)
    assert app.session_state["training-run"] == stays.id
