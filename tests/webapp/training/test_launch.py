"""The form for a new run: what it shows, what it keeps, and what one click starts."""

import dataclasses
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.domain.errors import FerError
from fer_core.training.recipe import load_recipe
from fer_core.training.runs import Run, list_runs, stop
from webapp import access
from webapp.access_rule import Visitor
from webapp.components.published import RECIPES
from webapp.components.training import launch

OpenForm = Callable[..., AppTest]
ROOT = Path(__file__).resolve().parents[3]


def command(app: AppTest) -> list[str]:
    (code,) = app.code
    return shlex.split(code.value)


def changes(app: AppTest) -> list[str]:
    words = command(app)
    return [word for i, word in enumerate(words) if words[i - 1] == "--set"]


def errors(app: AppTest) -> str:
    return "\n".join(error.value for error in app.error).replace("\\", "")


def start_button(app: AppTest) -> "object":
    return next(button for button in app.button if button.label == "Start")


@contextmanager
def stopped_after() -> Iterator[None]:
    """Whatever runs were begun end with the test."""
    try:
        yield
    finally:
        for status in list_runs():
            if status.state.active:
                stop(Run.open(status.run), now=True)


def add_data(places: Path, name: str = "mine.npz", **arrays: np.ndarray) -> Path:
    images = np.random.default_rng(1).integers(0, 256, (40, 48, 48), np.uint8)
    labels = np.array(["happy", "sad"] * 20)
    file = places / "data" / name
    np.savez(file, **({"images": images, "labels": labels} | arrays))
    return file


def test_a_fresh_form_is_ready_to_start(open_form: OpenForm) -> None:
    app = open_form()
    assert command(app)[4:] == [
        "--recipe",
        "configs/quickstart.toml",
        "--data",
        "drawn_faces",
        "--detach",
    ]
    assert not app.error
    assert not app.warning
    assert not start_button(app).disabled
    assert len(app.get("image")) >= 1  # faces of each class
    assert len(app.get("plotly_chart")) == 1


def test_whoever_may_not_train_sees_no_form(
    open_form: OpenForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "visitor", lambda: Visitor("8.8.8.8", (), (), False))
    app = open_form()
    assert not app.button
    assert not app.selectbox
    assert "only an admin" in app.info[0].value


def test_what_is_changed_is_in_the_command(open_form: OpenForm) -> None:
    app = open_form()
    app.number_input(key="launch optimization.epochs").set_value(3)
    app.selectbox(key="launch optimization.optimizer").set_value("adam")
    app.number_input(key="launch optimization.learning_rate").set_value(0.001)
    app.selectbox(key="launch optimization.schedule").set_value("plateau")
    app.selectbox(key="launch labels").set_value("fer5")
    app.slider(key="launch augmentation.rotation_deg").set_value(20.0)
    app.toggle(key="launch augmentation.flip").set_value(False)
    app.text_area(key="launch other").set_value("precision=mixed_bfloat16\n\n")
    app.run()
    assert changes(app) == [
        "labels=fer5",
        "optimization.epochs=3",
        "optimization.optimizer=adam",
        "optimization.learning_rate=0.001",
        "optimization.schedule=plateau",
        "optimization.warmup_epochs=0.0",
        "augmentation.flip=false",
        "augmentation.rotation_deg=20.0",
        "precision=mixed_bfloat16",
    ]
    assert not app.error


def test_the_form_outlives_a_look_elsewhere(open_form: OpenForm) -> None:
    app = open_form()
    app.number_input(key="launch optimization.epochs").set_value(3)
    app.text_input(key="launch note").set_value("a try")
    app.slider(key="launch augmentation.zoom").set_value(0.3)
    app.run()
    for away in (True, False):
        app.session_state["away"] = away
        app.run()
    assert changes(app) == ["optimization.epochs=3", "augmentation.zoom=0.3"]
    assert app.text_input(key="launch note").value == "a try"


def test_another_recipe_fills_the_form_anew(open_form: OpenForm) -> None:
    app = open_form()
    app.number_input(key="launch optimization.epochs").set_value(3)
    app.selectbox(key="launch recipe").set_value("kumar_cnn").run()
    assert app.number_input(key="launch optimization.epochs").value == 35
    assert changes(app) == []
    assert any("published accuracy 54.0%" in item.value for item in app.markdown)


def test_corrections_go_with_any_recipe(open_form: OpenForm, places: Path) -> None:
    file = places / "runs" / "corrections" / "drawn.csv"
    file.parent.mkdir(parents=True)
    file.write_text("picture,label\n")
    app = open_form()
    line = f'corrections="{file}"'
    app.text_area(key="launch other").set_value(f"precision=float32\n{line}").run()
    app.selectbox(key="launch recipe").set_value("kumar_cnn").run()
    assert changes(app) == [line]
    assert not app.error


def test_a_recipe_that_wants_votes_does_without_them_where_there_are_none(
    open_form: OpenForm, tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_form()
    app.selectbox(key="launch recipe").set_value("default").run()
    assert changes(app) == ["targets.vote_share=0.0", 'targets.auxiliary=""']
    assert not app.error
    app.toggle(key="launch votes").set_value(True).run()
    assert changes(app) == []
    assert "has no FER+ votes" in errors(app)
    assert start_button(app).disabled


def test_a_wrong_value_is_one_line_and_nothing_is_lost(open_form: OpenForm) -> None:
    app = open_form()
    app.number_input(key="launch optimization.epochs").set_value(7)
    app.text_input(key="launch name").set_value("../mine").run()
    (error,) = app.error
    assert errors(app).startswith("name: ")
    assert "\n" not in error.value
    assert start_button(app).disabled
    app.text_input(key="launch name").set_value("mine").run()
    assert not app.error
    assert changes(app) == ["name=mine", "optimization.epochs=7"]


def test_data_without_splits_is_divided(open_form: OpenForm, places: Path) -> None:
    people = np.array([f"p{i // 4}" for i in range(40)])
    file = add_data(places, groups=people)
    app = open_form()
    app.selectbox(key="launch data").set_value(str(file)).run()
    assert changes(app) == ["holdout.size=0.2", "holdout.by=group"]
    assert not app.error
    app.number_input(key="launch holdout.size").set_value(39.0)
    app.selectbox(key="launch holdout.by").set_value("picture").run()
    assert "holds a single class" in errors(app)


def test_splits_of_other_names_are_taken_as_they_are(open_form: OpenForm, places: Path) -> None:
    file = add_data(places, splits=np.array(["Training", "Test"]).repeat(20))
    app = open_form()
    app.selectbox(key="launch data").set_value(str(file)).run()
    assert changes(app) == ["selection_split=Test"]
    assert not app.error
    app.segmented_control(key="launch division").set_value("Hold out a part").run()
    assert changes(app) == ["holdout.size=0.2"]
    assert any("divided anew" in caption.value for caption in app.caption)


def test_pictures_in_two_splits_are_told_of(open_form: OpenForm, places: Path) -> None:
    images = np.random.default_rng(1).integers(0, 256, (40, 48, 48), np.uint8)
    images[20:22] = images[0:2][::-1]
    splits = np.array(["Training", "PublicTest"]).repeat(20)
    file = add_data(places, images=images, splits=splits)
    app = open_form()
    app.selectbox(key="launch data").set_value(str(file)).run()
    (warning,) = app.warning
    assert "2 pictures are in PublicTest and in Training, 2 under different" in warning.value


def test_damaged_data_is_one_line(open_form: OpenForm, places: Path) -> None:
    file = add_data(places, labels=np.array([3] * 40))
    app = open_form()
    app.selectbox(key="launch data").set_value(str(file)).run()
    assert "expected label_names" in errors(app)
    assert start_button(app).disabled
    app.selectbox(key="launch data").set_value("drawn_faces").run()
    assert not app.error


def test_damaged_recipes_are_one_line_each(
    open_form: OpenForm, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configs = places / "configs"
    configs.mkdir()
    (configs / "quickstart.toml").write_text((RECIPES / "quickstart.toml").read_text())
    (configs / "bad.toml").write_text("[")
    monkeypatch.setattr("webapp.components.published.RECIPES", configs)
    app = open_form()
    (warning,) = app.warning
    assert "is not TOML" in warning.value
    assert not start_button(app).disabled


def test_an_estimate_is_for_what_is_asked(open_form: OpenForm) -> None:
    app = open_form()
    next(button for button in app.button if button.label == "Estimate time").click().run()
    assert not app.exception
    assert "an epoch" in app.info[0].value
    app.number_input(key="launch optimization.batch_size").set_value(8).run()
    assert not app.info


def test_one_click_starts_and_turns_to_the_run(open_form: OpenForm) -> None:
    app = open_form()
    app.number_input(key="launch optimization.epochs").set_value(2)
    app.text_input(key="launch note").set_value("a try")
    with stopped_after():
        start_button(app).click().run()
        assert not app.exception
        (status,) = list_runs()
    assert app.session_state["training-run"] == status.run
    assert app.session_state["training-tab"] == "Runs"
    assert status.note == "a try"
    asked = Run.open(status.run)
    assert asked.data == "drawn_faces"
    assert asked.recipe == load_recipe(RECIPES / "quickstart.toml", ("optimization.epochs=2",))


def test_a_second_click_of_the_same_button_starts_nothing(
    open_form: OpenForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = {"launch starts": 4}
    monkeypatch.setattr(launch.st, "session_state", session)
    launch._start(3)
    assert session == {"launch starts": 4}
    assert not list_runs()


def test_what_fails_at_the_start_is_one_line_and_nothing_is_lost(
    open_form: OpenForm, places: Path
) -> None:
    app = open_form()
    app.text_input(key="launch note").set_value("a try").run()
    (places / "runs").mkdir(exist_ok=True)
    (places / "runs").rmdir()
    (places / "runs").write_text("a file where the folder of runs should be")
    start_button(app).click().run()
    assert not app.exception
    assert "Cannot write" in errors(app)
    assert app.text_input(key="launch note").value == "a try"
    assert "training-run" not in app.session_state


def test_a_run_is_begun_again_with_changes(open_form: OpenForm) -> None:
    changed = ("optimization.epochs=2", "precision=mixed_bfloat16", "holdout.size=0.3", "seed=9")
    recipe = load_recipe(RECIPES / "quickstart.toml", changed)
    recipe = dataclasses.replace(recipe, name="mine")
    run = Run.begin(recipe, "drawn_faces")
    app = open_form(duplicate=run.id)
    assert changes(app) == [
        "name=mine",
        "seed=9",
        "optimization.epochs=2",
        "holdout.size=0.3",
        "precision=mixed_bfloat16",
    ]
    assert app.text_area(key="launch other").value == "precision=mixed_bfloat16"
    assert run.id in app.text_input(key="launch note").value
    with stopped_after():
        start_button(app).click().run()
        assert Run.open(app.session_state["training-run"]).recipe == recipe


def test_data_that_pages_may_not_open_is_not_taken_over(open_form: OpenForm, places: Path) -> None:
    outside = places / "outside.npz"
    outside.write_bytes(add_data(places).read_bytes())
    run = Run.begin(load_recipe(RECIPES / "quickstart.toml"), str(outside))
    app = open_form(duplicate=run.id)
    assert "is not among the data offered here" in errors(app)
    assert app.selectbox(key="launch data").value == "drawn_faces"


def test_a_run_that_is_gone_is_one_line(open_form: OpenForm) -> None:
    assert "No run 'gone'" in errors(open_form(duplicate="gone"))


def test_the_start_looks_again_at_who_asks(
    open_form: OpenForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "visitor", lambda: Visitor("8.8.8.8", (), (), False))
    with pytest.raises(FerError, match="Only an admin"):
        launch._launched()


def test_the_form_loads_nothing_that_only_training_needs(places: Path) -> None:
    code = """
import sys
import webapp.components.training.launch
print(sorted({"tensorflow", "keras", "mlflow", "tf2onnx"} & set(sys.modules)))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "[]"
