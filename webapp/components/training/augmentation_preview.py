"""The augmentation: sliders, and what they make of faces of the chosen data, at once."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from fer_core.domain.errors import FerError
from fer_core.training.preparation import uint8_inputs
from fer_core.training.recipe import Recipe
from fer_core.training.workbench import Workbench
from webapp import services
from webapp.components.text import plain
from webapp.components.training import form
from webapp.components.training.data_check import DataCheck
from webapp.components.training.face_grid import face_grid

_SEED = "launch preview seed"
_VARIANTS, _ROWS_AT_MOST = 6, 8
_PATIENCE_S = 0.8  # a page that waits longer seems stuck


@dataclass(frozen=True, slots=True)
class _Slider:
    title: str
    most: float
    step: float
    format: str
    help: str


_SLIDERS = {
    "rotation_deg": _Slider("Rotation", 45.0, 1.0, "%.0f°", "Largest turn to either side."),
    "zoom": _Slider("Zoom", 0.5, 0.01, "%.2f", "Largest change of size, as a fraction."),
    "shift": _Slider("Shift", 0.3, 0.01, "%.2f", "Along each axis, as a fraction of the side."),
    "shear_deg": _Slider("Shear", 30.0, 1.0, "%.0f°", "Largest slant of the vertical."),
    "brightness": _Slider("Brightness", 0.5, 0.01, "%.2f", "As a fraction of full scale."),
    "contrast": _Slider("Contrast", 0.8, 0.01, "%.2f", "Largest change, as a fraction."),
    "cutout": _Slider("Cutout", 1.0, 0.05, "%.2f", "Share of pictures with a blank square."),
    "cutout_side": _Slider("Cutout side", 0.8, 0.01, "%.2f", "Of the picture's side."),
    "mixup": _Slider("Mixup", 1.0, 0.05, "%.2f", "Share of pictures blended with another."),
    "cutmix": _Slider("CutMix", 1.0, 0.05, "%.2f", "Share that get a part of another."),
}


def show_sliders() -> None:
    """Draw what can be changed; the ranges reach as far as the chosen recipe does."""
    filled: dict[str, Any] = st.session_state[form.FILLED]
    st.toggle(
        "Mirror half of the pictures",
        key=form.key("augmentation.flip"),
        persist_state="session",
    )
    with st.container(horizontal=True):
        for name, slider in _SLIDERS.items():
            field = f"augmentation.{name}"
            st.slider(
                slider.title,
                min_value=0.0,
                max_value=max(slider.most, filled[field]),
                step=slider.step,
                format=slider.format,
                help=slider.help,
                key=form.key(field),
                persist_state="session",
            )


def show_preview(recipe: Recipe, check: DataCheck) -> None:
    """Draw faces as training will show them to the network; the first of a row is unchanged.

    Args:
        recipe: With what the form changes.
        check: The chosen data.
    """
    seed = st.session_state.setdefault(_SEED, 1)
    look = Recipe(  # what else a recipe says changes no picture
        "preview",
        recipe.architecture,
        preprocess=recipe.preprocess,
        augmentation=recipe.augmentation,
    )
    rows = check.samples[:_ROWS_AT_MOST]
    names, faces = tuple(name for name, _ in rows), np.stack([faces[0] for _, faces in rows])
    picture = _augmented(services.workbench(), look, names, faces, seed)
    try:
        grid = picture.result(_PATIENCE_S)
        st.image(grid, width="stretch", alt="A face of each class, and changed at random beside.")
    except TimeoutError:
        _wait_for(picture)
    except FerError as error:
        st.warning(plain(str(error)), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Draw again", icon=":material/casino:", on_click=_shuffle, key="launch-dice")
        mixes = recipe.augmentation.mixup or recipe.augmentation.cutmix
        blended = " Mixup and CutMix come after that and are not shown." if mixes else ""
        st.caption(f"Left as it is, then as training draws it anew each epoch.{blended}")


@st.fragment(run_every=0.7)
def _wait_for(picture: Future[bytes]) -> None:
    """Leave the form usable meanwhile, and draw it anew once the picture is there."""
    if picture.done():
        st.rerun()
    st.info("Augmenting… The first time takes some seconds.", icon=":material/hourglass_top:")


@st.cache_resource(show_spinner=False, max_entries=32)
def _augmented(
    _workbench: Workbench,
    look: Recipe,
    names: tuple[str, ...],
    faces: npt.NDArray[np.uint8],
    seed: int,
) -> Future[bytes]:
    """Each face as it is, then changed in several ways, as one PNG that soon is there."""
    picture: Future[bytes] = Future()

    def draw() -> None:
        try:
            changed = _workbench.preview(look, faces.repeat(_VARIANTS, axis=0), seed)
            own = uint8_inputs(faces, look.preprocess)
            changed = changed.reshape(-1, _VARIANTS, *own.shape[1:])
            rows = np.concatenate([own[:, np.newaxis], changed], axis=1)
            picture.set_result(face_grid(list(zip(names, rows, strict=True)), apart=1))
        except Exception as error:  # noqa: BLE001  # whoever waits for the picture gets it
            picture.set_exception(error)

    threading.Thread(target=draw, daemon=True).start()
    return picture


def _shuffle() -> None:
    st.session_state[_SEED] += 1
