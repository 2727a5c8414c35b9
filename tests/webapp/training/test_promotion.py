"""A finished run's model is put to use at once, under a name of the user's choice."""

from fer_core.domain.settings import models_dir
from fer_core.training.runs import Run
from fer_core.zoo.store import load_card, model_names
from tests.webapp.training.conftest import AddRun, OpenTab
from webapp.components.training import promotion


def test_a_promoted_model_is_there_at_once(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(name="mine")
    app = open_tab()
    app.button(key="training-promote").click().run()
    assert "mine" in model_names()
    assert any("Model mine is ready" in item.value for item in app.success)
    assert load_card("mine").sha256 == load_card("default").sha256
    # The upload page reads with it, without a restart.
    app.switch_page("app_pages/1_upload.py").run()
    assert "mine" in app.selectbox(key="reading-model").options
    assert app.selectbox(key="reading-model").value == "mine"
    assert run.folder.exists()


def test_replacing_a_model_is_said_before(add_run: AddRun, open_tab: OpenTab) -> None:
    add_run(name="default")
    app = open_tab()
    assert app.button(key="training-promote").label == "Replace that model"
    assert any("There is a model default already" in item.value for item in app.caption)


def test_a_name_typed_right_before_the_click_counts(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(name="mine")
    app = open_tab()
    app.text_input(key=f"training-model-name-{run.id}").set_value("other")
    app.button(key="training-promote").click().run()  # both reach the server as one
    assert "other" in model_names()
    assert "mine" not in model_names()


def test_nothing_is_replaced_unasked(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(name="mine")
    app = open_tab()
    before = (models_dir() / "default" / "card.json").stat().st_mtime_ns
    app.text_input(key=f"training-model-name-{run.id}").set_value("default")
    app.button(key="training-promote").click().run()
    assert any("click again to replace it" in error.value for error in app.error)
    assert (models_dir() / "default" / "card.json").stat().st_mtime_ns == before


def test_a_name_that_is_none_is_one_line(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(name="mine")
    app = open_tab()
    app.text_input(key=f"training-model-name-{run.id}").set_value("../x").run()
    app.button(key="training-promote").click().run()
    assert any("expected 1 to 64 letters" in error.value.replace("\\", "") for error in app.error)


def test_a_model_that_was_altered_is_not_promoted(add_run: AddRun, open_tab: OpenTab) -> None:
    run = add_run(name="mine")
    app = open_tab()
    (run.model_folder / "model.onnx").write_bytes(b"x")
    app.button(key="training-promote").click().run()
    assert any("truncated or altered" in error.value for error in app.error)
    assert "mine" not in model_names()


def test_every_file_can_be_taken_away(add_run: AddRun, open_tab: OpenTab) -> None:
    add_run()
    app = open_tab()
    shown = [button.proto.label for button in app.get("download_button")]
    assert shown == ["model.keras", "model.onnx", "card.json", "report.json", "model.tflite"]


def test_the_model_for_phones_is_made_once(add_run: AddRun, open_tab: OpenTab) -> None:
    run: Run = add_run()
    open_tab()  # with Keras at hand
    made = promotion._tflite(run)
    assert made[4:8] == b"TFL3"
    file = run.folder / promotion.TFLITE_FILE
    written = file.stat().st_mtime_ns
    assert promotion._tflite(run) == made
    assert file.stat().st_mtime_ns == written
