"""Doubtful labels are shown, and what a person decides ends up in a file that training reads."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer_core.datasets.corrections import EXCLUDE, read_corrections, write_corrections
from tests.webapp.training.conftest import OpenTab
from webapp import access
from webapp.components.training.review import KEEP, ON_A_PAGE, corrections_file


def wishes(app: AppTest) -> list[str]:
    """Keys of the choices, one for each picture shown."""
    return [box.key for box in app.selectbox if box.key.startswith("review-wish-")]


def test_the_most_doubtful_come_first(open_tab: OpenTab) -> None:
    app = open_tab("Label review")
    assert len(wishes(app)) == ON_A_PAGE
    assert any("the most doubtful first" in item.value for item in app.caption)
    assert app.button(key="review-save").disabled


def test_decisions_are_saved_and_added_to(open_tab: OpenTab) -> None:
    app = open_tab("Label review")
    first, second = wishes(app)[:2]
    app.selectbox(key=first).set_value(EXCLUDE).run()
    assert app.button(key="review-save").label == "Save 1 correction"
    app.button(key="review-save").click().run()
    file = corrections_file("Drawn faces")
    assert read_corrections(file) == {first.split("-")[2]: EXCLUDE}
    assert any(f"--set corrections={file}" in item.value for item in app.code)
    assert app.button(key="review-save").label == "Save 0 corrections"

    label = app.selectbox(key=second).options[2].removeprefix("→ ")
    app.selectbox(key=second).set_value(label).run()
    app.button(key="review-save").click().run()
    assert set(read_corrections(file).values()) == {EXCLUDE, label}
    app.selectbox(key=first).set_value(KEEP).run()  # takes it back
    app.button(key="review-save").click().run()
    assert set(read_corrections(file).values()) == {label}


def test_a_choice_made_right_before_the_click_is_saved(open_tab: OpenTab) -> None:
    app = open_tab("Label review")
    first, second = wishes(app)[:2]
    app.selectbox(key=first).set_value(EXCLUDE).run()
    app.selectbox(key=second).set_value(EXCLUDE)  # both reach the server as one
    app.button(key="review-save").click().run()
    assert len(read_corrections(corrections_file("Drawn faces"))) == 2


def test_a_class_that_the_next_model_lacks_is_remembered(open_tab: OpenTab) -> None:
    first = wishes(open_tab("Label review"))[0]
    file = corrections_file("Drawn faces")
    file.parent.mkdir(parents=True)
    write_corrections(file, {first.split("-")[2]: "contempt"})
    again = open_tab("Label review")
    assert again.selectbox(key=first).value == "contempt"


def test_a_run_can_be_trained_with_them(open_tab: OpenTab) -> None:
    app = open_tab("Label review")
    app.selectbox(key=wishes(app)[0]).set_value(EXCLUDE).run()
    app.button(key="review-save").click().run()
    app.button(key="review-train").click().run()
    assert app.session_state["training-tab"] == "New run"
    assert not app.exception
    assert any("corrections=" in item.value for item in app.code)


def test_a_damaged_file_is_never_written_over(open_tab: OpenTab) -> None:
    file = corrections_file("Drawn faces")
    file.parent.mkdir(parents=True)
    file.write_text("nonsense\n1,2,3\n")
    app = open_tab("Label review")
    app.selectbox(key=wishes(app)[0]).set_value(EXCLUDE).run()
    app.button(key="review-save").click().run()
    assert file.read_text() == "nonsense\n1,2,3\n"
    assert len(app.error) == 1


def test_only_an_admin_saves(open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.PASSWORD_VARIABLE, "open sesame")
    app = open_tab("Label review")
    assert not [button for button in app.button if button.key == "review-save"]


def test_a_file_is_named_after_its_data(places: Path) -> None:
    assert corrections_file("my faces.zip").name == "my_faces.csv"
    assert corrections_file("../..").name == "data.csv"
