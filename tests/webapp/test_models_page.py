"""The models page: cards, published figures, reports and feature maps, whole or damaged."""

import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.domain.images import encode_png
from fer_core.zoo.card import CARD_FILE, ONNX_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.store import sha256_of
from webapp.components import published

ROOT = Path(__file__).resolve().parents[2]
WALL = encode_png(np.full((60, 80, 3), 200, np.uint8))

AddModel = Callable[..., None]
OpenTab = Callable[..., AppTest]


@pytest.fixture
def recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of recipes in the place of `configs/`."""
    folder = tmp_path / "configs"
    folder.mkdir()
    monkeypatch.setattr(published, "RECIPES", folder)
    return folder


@pytest.fixture
def add_model(
    tiny_models: Path, recipes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AddModel:
    """Put the tiny model under a name into a folder of models that is empty at first."""
    models = tmp_path / "models"
    models.mkdir()
    monkeypatch.setenv("FER_MODELS_DIR", str(models))

    def add(name: str, weights: bool = True, report: Any = None, **changes: Any) -> None:
        folder = Path(shutil.copytree(tiny_models / "default", models / name))
        card = ModelCard.read(folder)
        if report is not None:
            (folder / REPORT_FILE).write_text(json.dumps(report), encoding="utf-8")
        hashes = {REPORT_FILE: sha256_of(folder / REPORT_FILE)}
        if weights:
            hashes[ONNX_FILE] = card.sha256[ONNX_FILE]
        else:
            (folder / ONNX_FILE).unlink()
        dataclasses.replace(card, sha256=hashes, **changes).write(folder)

    return add


@pytest.fixture
def open_tab(open_page: Callable[[str], AppTest]) -> OpenTab:
    """Open a tab of the page, with a model chosen; no exception may have happened."""

    def run(tab: str = "Gallery", model: str | None = None) -> AppTest:
        app = open_page("5_models.py")
        app.session_state["models-tab"] = tab
        if model:
            app.session_state["models-model"] = model
        app.run()
        assert not app.exception
        return app

    return run


def said(app: AppTest) -> str:
    """All text of a page, without the marks that keep Markdown from reading it."""
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader, *app.info, *app.warning]
    texts = [item.value for item in (*parts, *app.error, *app.code)]
    texts += [f"{metric.label} {metric.value}" for metric in app.metric]
    texts += [item.proto.body for item in app.get("html")]
    return "\n".join(texts).replace("\\", "")


# --- Gallery ---


def test_a_card_shows_its_figure_with_split_n_and_interval(
    add_model: AddModel, open_tab: OpenTab
) -> None:
    figures = {"n": 3589, "accuracy": 0.675, "accuracy_ci95": [0.66, 0.69]}
    figures |= {"top2_accuracy": 0.8, "ece": 0.02}
    add_model("default", metrics={"PublicTest": figures}, dataset={"name": "FER2013"})
    text = said(open_tab())
    assert "Accuracy on FER2013 PublicTest 67.5%" in text
    assert "n = 3,589, one view of each face; 95% interval 66.0% to 69.0%." in text
    assert "The epoch and the temperature were chosen on this split." in text


def test_a_model_without_weights_is_shown_as_such(add_model: AddModel, open_tab: OpenTab) -> None:
    add_model("default")
    add_model("large", weights=False)
    app = open_tab()
    assert [item.value for item in app.markdown if item.value.startswith("#### ")] == [
        "#### default",
        "#### large",
    ]
    assert "not shipped" in said(app)


def test_a_damaged_card_is_one_line_among_the_others(
    add_model: AddModel, open_tab: OpenTab, tmp_path: Path
) -> None:
    add_model("default")
    add_model("bad")
    (tmp_path / "models" / "bad" / CARD_FILE).write_text("{")
    app = open_tab()
    (warning,) = app.warning
    assert "is not a model's card" in warning.value.replace("\\", "")
    assert any(button.label == "All figures" for button in app.button)


def test_a_card_leads_to_its_figures(add_model: AddModel, open_tab: OpenTab) -> None:
    add_model("default")
    add_model("other")
    app = open_tab()
    app.button(key="open-other").click().run()
    assert app.selectbox(key="models-model").value == "other"
    assert "What is taken for what" in said(app)


# --- Published ---

RECIPE = """
description = "Five convolutions."
[architecture]
name = "se_resnet"
[published]
source = "A paper"
value = 0.54
split = "FER2013 PublicTest"
"""


def test_what_is_not_trained_yet_says_how(
    add_model: AddModel, open_tab: OpenTab, recipes: Path
) -> None:
    add_model("default")
    (recipes / "five.toml").write_text(RECIPE)
    text = said(open_tab("Published"))
    assert "Accuracy on FER2013 PublicTest 54.0%" in text
    assert "python -m fer_core train --recipe configs/five.toml --data PATH" in text


@pytest.mark.parametrize(
    ("n", "badge"), [(280, "split of the same name and size"), (None, "not known to be the same")]
)
def test_both_figures_name_their_pictures(
    add_model: AddModel, open_tab: OpenTab, n: int | None, badge: str
) -> None:
    there = {"source": "A paper", "value": 0.54, "split": "PublicTest", "n": n}
    add_model("five", recipe={"name": "five", "published": there})
    text = said(open_tab("Published"))
    assert "Accuracy on PublicTest 54.0%" in text
    assert "n = 280, one view of each face" in text
    assert badge in text


def test_a_recipe_that_cannot_be_read_is_one_line(
    add_model: AddModel, open_tab: OpenTab, recipes: Path
) -> None:
    add_model("default")
    (recipes / "bad.toml").write_text("[")
    (warning,) = open_tab("Published").warning
    assert "is not TOML" in warning.value


# --- Figures ---


def test_an_older_report_is_drawn_as_far_as_it_goes(add_model: AddModel, open_tab: OpenTab) -> None:
    report = {"single": figures([[3, 1], [2, 4]])}
    add_model("default", report=report, labels=("a", "b"))
    app = open_tab("Figures", "default")
    assert "Most often confused: b read as a (2 of 6, 33%)." in said(app)
    assert len(app.get("plotly_chart")) == 1
    assert not app.error


def test_a_full_report_draws_everything(add_model: AddModel, open_tab: OpenTab) -> None:
    add_model("default", report=FULL, labels=("a", "b"))
    app = open_tab("Figures", "default")
    assert not app.error
    assert [item.value for item in app.subheader] == [
        "What is taken for what",
        "Class by class",
        "Fold by fold",
        "How it learned",
        "Does 80% mean 80%?",
        "Each class against the rest",
        "Where the true label stands",
        "Surest mistakes",
        "On worse pictures",
    ]
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))


def test_the_two_kinds_of_views_are_never_mixed(add_model: AddModel, open_tab: OpenTab) -> None:
    add_model("default", report=FULL, labels=("a", "b"))
    app = open_tab("Figures", "default")
    assert "Accuracy 70.0%" in said(app)
    app.segmented_control(key="figures-views").set_value("ten_views").run()
    assert "Accuracy 80.0%" in said(app)
    assert "ten views of each face averaged" in said(app)


def test_an_altered_report_is_one_line(
    add_model: AddModel, open_tab: OpenTab, tmp_path: Path
) -> None:
    add_model("default")
    (tmp_path / "models" / "default" / REPORT_FILE).write_text("{}")
    (error,) = open_tab("Figures", "default").error
    assert "truncated or altered" in error.value


@pytest.mark.parametrize("report", [{"single": {}}, {"ranks": {"overall": [0, 0]}}, {"roc": 7}])
def test_a_report_of_another_form_is_one_line(
    add_model: AddModel, open_tab: OpenTab, report: dict[str, Any]
) -> None:
    add_model("default", report=report)
    (error,) = open_tab("Figures", "default").error
    assert "not in the form that this page draws" in error.value


def test_a_model_that_goes_while_the_page_is_open_is_let_go(
    add_model: AddModel, open_tab: OpenTab, tmp_path: Path
) -> None:
    add_model("default")
    add_model("going")
    app = open_tab("Figures", "going")
    assert app.selectbox(key="models-model").value == "going"
    shutil.rmtree(tmp_path / "models" / "going")
    app.run()
    assert not app.exception
    assert app.selectbox(key="models-model").value == "default"
    shutil.rmtree(tmp_path / "models" / "default")
    app.run()
    assert not app.exception
    assert "No model is installed" in app.error[0].value


# --- Feature maps ---


def test_feature_maps_of_the_sample_are_there_at_once(
    add_model: AddModel, open_tab: OpenTab
) -> None:
    add_model("default")
    app = open_tab("Feature maps", "default")
    text = said(app)
    assert "Over 4 stages the picture goes from 22 × 22 px in 8 channels" in text
    assert 'alt="Residual block 3, channel' in text
    assert not app.info


def test_a_picture_without_a_face_is_taken_whole(add_model: AddModel, open_tab: OpenTab) -> None:
    add_model("default")
    app = open_tab("Feature maps", "default")
    app.file_uploader[0].set_value([("wall.png", WALL, "image/png")]).run()
    assert "No face found" in app.info[0].value


def test_a_picture_that_cannot_be_read_is_one_line(add_model: AddModel, open_tab: OpenTab) -> None:
    add_model("default")
    app = open_tab("Feature maps", "default")
    app.file_uploader[0].set_value([("bad.png", b"text", "image/png")]).run()
    assert not app.exception
    assert "bad.png" in app.error[0].value.replace("\\", "")


def test_feature_maps_need_the_weights(add_model: AddModel, open_tab: OpenTab) -> None:
    add_model("large", weights=False)
    (error,) = open_tab("Feature maps", "large").error
    assert "weights are not shipped" in error.value


# --- The whole page ---


def test_no_tab_loads_what_only_training_needs() -> None:
    code = """
import json, sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("webapp/Home.py", default_timeout=120).run()
app.switch_page("app_pages/5_models.py").run()
for tab in ("Gallery", "Published", "Figures", "Feature maps"):
    app.session_state["models-tab"] = tab
    app.run()
    assert not app.exception and not app.error, tab
print(json.dumps(sorted({"tensorflow", "keras", "mlflow", "tf2onnx"} & set(sys.modules))))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(ended.stdout.splitlines()[-1]) == []


def figures(confusion: list[list[int]], accuracy: float = 0.7, tta: bool = False) -> dict[str, Any]:
    row = {"precision": 0.6, "recall": 0.75, "specificity": 0.67, "f1": 0.67, "accuracy": 0.7}
    return {
        "data": "drawn_faces",
        "split": "PublicTest",
        "tta": tta,
        "n": 10,
        "accuracy": accuracy,
        "accuracy_ci95": [0.4, 0.9],
        "macro_f1": 0.7,
        "top2_accuracy": 1.0,
        "ece": 0.05,
        "labels": ["a", "b"],
        "confusion": confusion,
        "per_class": {"a": {**row, "support": 4}, "b": {**row, "support": 6}},
    }


FULL = {
    "single": figures([[3, 1], [2, 4]]),
    "ten_views": figures([[3, 1], [1, 5]], 0.8, tta=True),
    "history": [
        {
            "epoch": epoch,
            "loss": 1.0 / epoch,
            "accuracy": 0.5,
            "val_loss": 1.0,
            "val_accuracy": 0.4,
            "learning_rate": 0.1,
        }
        for epoch in (1, 2)
    ],
    "cross_validation": {
        "folds": 2,
        "by": "group",
        "epochs": 3,
        "accuracy_mean": 0.85,
        "each": [{"n": 5, "accuracy": 0.8}, {"n": 5, "accuracy": 0.9}],
        "pooled": {"n": 10},
    },
    "reliability": [{"low": 0.5, "high": 1.0, "confidence": 0.8, "accuracy": 0.7, "count": 10}],
    "roc": {
        "macro_auc": 0.8,
        "per_class": {
            label: {"auc": auc, "false_positive_rate": [0, 1], "true_positive_rate": [0, 1]}
            for label, auc in (("a", 0.9), ("b", 0.7))
        },
    },
    "ranks": {"overall": [7, 3], "per_class": {}, "second_when_wrong": 1.0},
    "worst_mistakes": [
        {"index": 4, "true": "a", "predicted": "b", "confidence": 0.9, "true_probability": 0.1}
    ],
    "robustness": {
        "data": "drawn_faces",
        "split": "PublicTest",
        "n": 10,
        "clean_accuracy": 0.7,
        "corruptions": {
            "blur": {"unit": "px", "clean": 0, "levels": [0, 1], "accuracy": [0.7, 0.5]},
            "jpeg": {"unit": "quality", "clean": 100, "levels": [100, 5], "accuracy": [0.7, 0.6]},
        },
    },
}
