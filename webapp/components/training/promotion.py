"""A finished run's model: given a name under which every page finds it, or taken away as files."""

import mimetypes
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from fer_core.domain.errors import FerError, ModelError
from fer_core.training.runs import Run
from fer_core.training.runs.promotion import promote
from fer_core.zoo.card import CARD_FILE, KERAS_FILE, ONNX_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.store import card_names
from webapp import services
from webapp.access import may_train
from webapp.components.text import plain

TFLITE_FILE = "model.tflite"

_NAME, _OUTCOME, _PROBLEM = "training-model-name", "training-promoted", "training-not-promoted"
_ICONS = {KERAS_FILE: "deployed_code", ONNX_FILE: "memory", CARD_FILE: "badge"}


def show_promotion(run: Run) -> None:
    """Draw the model's leading figures, the promotion and the downloads."""
    st.subheader("Its model")
    try:
        card = ModelCard.read(run.model_folder)
    except ModelError as error:
        st.error(plain(str(error)), icon=":material/broken_image:")
        return
    for split, figures in card.metrics.items():
        low, high = figures["accuracy_ci95"]
        st.markdown(
            f"**{figures['accuracy']:.1%}** on {plain(card.dataset['name'])} {plain(split)} "
            f"(95% interval {low:.1%} to {high:.1%}, n = {figures['n']:,}), calibration error "
            f"{figures['ece']:.1%}; {card.parameters:,} parameters."
        )
    if may_train():
        _show_promote(run)
    _show_downloads(run)


def _show_promote(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Name of the model",
            run.recipe.name,
            key=_name_key(run),
            help="Upload, the other pages and the command line find it by this name.",
            width=280,
        ).strip()
        replaces = name in card_names()
        st.button(
            "Replace that model" if replaces else "Promote",
            icon=":material/publish:",
            type="primary",
            key="training-promote",
            disabled=not name,
            on_click=_promote,
            args=(run, name if replaces else ""),
        )
    if replaces:
        st.caption(f"There is a model {plain(name)} already; it would be replaced.")
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(plain(problem), icon=":material/error:")
    promoted = st.session_state.get(_OUTCOME)
    if promoted and promoted[0] == run.id:
        st.success(
            f"Model {plain(promoted[1])} is ready on every page.", icon=":material/check_circle:"
        )
        st.page_link(
            "app_pages/1_upload.py", label="Read photos with it", icon=":material/photo_library:"
        )


def _name_key(run: Run) -> str:
    return f"{_NAME}-{run.id}"


def _promote(run: Run, replaced: str) -> None:
    # The name as it stands now: a click right after typing comes before the page is drawn again.
    name = st.session_state[_name_key(run)].strip()
    st.session_state.pop(_OUTCOME, None)
    try:
        if not may_train():
            raise FerError("Only an admin may promote a model: give the password again.")
        if name in card_names() and name != replaced:
            raise FerError(f"There is a model {name} already: click again to replace it.")
        promote(run, name)
    except FerError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    st.session_state[_OUTCOME] = (run.id, name)
    st.session_state["reading-model"] = name  # what the upload page reads with


def _show_downloads(run: Run) -> None:
    files = [KERAS_FILE, ONNX_FILE, CARD_FILE, REPORT_FILE]
    there = [run.model_folder / file for file in files if (run.model_folder / file).is_file()]
    with st.container(horizontal=True):
        for file in there:
            _download(file.name, file.read_bytes, _ICONS.get(file.name, "lab_profile"))
        if (run.model_folder / KERAS_FILE).is_file() and may_train():  # it takes Keras' process
            _download(TFLITE_FILE, lambda: _tflite(run), "phone_android")


def _download(name: str, content: Callable[[], bytes], icon: str) -> None:
    st.download_button(
        name,
        content,
        name,
        mimetypes.guess_type(name)[0] or "application/octet-stream",
        icon=f":material/{icon}:",
        key=f"download-{name}",
        on_click="ignore",
    )


def _tflite(run: Run) -> bytes:
    """The model for phones, made at the first asking and kept beside the run's other files."""
    target: Path = run.folder / TFLITE_FILE
    if not target.is_file():
        services.workbench().tflite(run.model_folder / KERAS_FILE, target)
    return target.read_bytes()
