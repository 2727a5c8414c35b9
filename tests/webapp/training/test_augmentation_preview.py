"""The sliders of the augmentation, and faces that follow them."""

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from fer_core.domain.errors import FerError
from fer_core.training.recipe import load_recipe
from fer_core.training.runs import Run
from webapp import services
from webapp.components.published import RECIPES

OpenForm = Callable[..., AppTest]
GIVE_UP_S = 120


def preview(app: AppTest) -> str:
    """Address of the preview, by its content, once it is drawn."""
    end = time.monotonic() + GIVE_UP_S
    while len(app.get("image")) < 2:
        assert time.monotonic() < end
        time.sleep(0.2)
        app.run()
    assert not app.exception
    return str(app.get("image")[1].value[0])


def test_faces_follow_the_sliders_and_the_dice(open_form: OpenForm) -> None:
    app = open_form()
    first = preview(app)
    app.slider(key="launch augmentation.contrast").set_value(0.5).run()
    second = preview(app)
    assert second != first
    app.button(key="launch-dice").click().run()
    assert preview(app) not in (first, second)


def test_what_changes_no_picture_draws_none_anew(open_form: OpenForm) -> None:
    app = open_form()
    first = preview(app)
    app.number_input(key="launch optimization.epochs").set_value(3)
    app.text_input(key="launch name").set_value("mine").run()
    assert preview(app) == first


def test_a_slider_reaches_as_far_as_the_recipe(open_form: OpenForm) -> None:
    wide = load_recipe(RECIPES / "quickstart.toml", ("augmentation.rotation_deg=90.0",))
    app = open_form(duplicate=Run.begin(wide, "drawn_faces").id)
    slider = app.slider(key="launch augmentation.rotation_deg")
    assert (slider.value, slider.max) == (90.0, 90.0)
    app.slider(key="launch augmentation.rotation_deg").set_value(10.0).run()
    slider = app.slider(key="launch augmentation.rotation_deg")
    assert (slider.value, slider.max) == (10.0, 90.0)


def test_without_a_preview_the_form_still_serves(
    open_form: OpenForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def preview(self, *asked: object) -> None:
            raise FerError("The process that was asked for preview died.")

    monkeypatch.setattr(services, "workbench", Broken)
    app = open_form()
    (warning,) = app.warning
    assert "asked for preview died" in warning.value
    assert not next(button for button in app.button if button.label == "Start").disabled
