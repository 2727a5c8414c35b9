"""The sidebar's choices: which model, which detector, how sure a face must be."""

from dataclasses import dataclass

import streamlit as st

from fer_core.detection.base import detectors
from fer_core.domain.errors import ModelError
from fer_core.inference.analyzer import DEFAULT_DETECTOR
from fer_core.zoo.store import model_names

_DETECTORS = {
    "yunet": ("YuNet", "finds small and turned faces"),
    "haar": ("Haar cascade", "the classic; frontal faces only"),
    "skin_haar": ("Skin, then Haar", "searches skin only, so colour photos only"),
    "full_frame": ("Whole picture", "for photos that are already cropped to one face"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the sidebar says: names of model and detector, and the least detector score."""

    model: str
    detector: str
    min_score: float


_PHOTOS_KEPT = "Photos are read in this server's memory and are never written to disk."


def reading_choices(kept: str = _PHOTOS_KEPT) -> Choices:
    """Draw the sidebar's controls and return what is chosen.

    Args:
        kept: What becomes of what the page is given, in a sentence.

    Raises:
        ModelError: There is no model at all.
    """
    models = model_names()
    if not models:
        raise ModelError("No model is installed: train one, or restore the folder models/default.")
    names = sorted(detectors.names(), key=lambda name: name != DEFAULT_DETECTOR)
    with st.sidebar:
        st.subheader("Reading")
        model = st.selectbox(
            "Model",
            models,
            help="A folder in models/, with its card.",
            key="reading-model",
            persist_state="session",
        )
        detector = st.selectbox(
            "Face detector",
            names,
            format_func=lambda name: _DETECTORS.get(name, (name, ""))[0],
            help="\n".join(f"- **{title}** {text}" for title, text in _DETECTORS.values()),
            key="reading-detector",
            persist_state="session",
        )
        min_score = st.slider(
            "Minimum face confidence",
            min_value=0.0,
            max_value=1.0,
            value=0.5,
            step=0.05,
            help="Faces that the detector is less sure of are left out everywhere.",
            key="reading-min-score",
            persist_state="session",
        )
        st.caption(f"{kept} An expression is not a feeling: do not decide about people by it.")
    return Choices(model, detector, min_score)
