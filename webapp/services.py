"""Loaded once and shared by every visitor: detectors, models, the sample."""

import streamlit as st

from fer_core.detection.base import FaceDetector, load_detector
from fer_core.domain.images import decode_image
from fer_core.domain.settings import sample_photo
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.batch import AnalyzedPhoto
from fer_core.zoo.card import CARD_FILE, ModelCard
from fer_core.zoo.classifier import EmotionClassifier, load_classifier
from fer_core.zoo.store import model_folder


def analyzer(model: str, detector: str) -> EmotionAnalyzer:
    """The analyzer for a model and a detector by name.

    Raises:
        FerError: A name is unknown, or a model's file is missing, truncated or altered.
    """
    return EmotionAnalyzer(_detector(detector), _classifier(model, model_version(model)))


def model_version(model: str) -> int:
    """Changes when a model is replaced, so that the next look at a page loads the new one."""
    try:
        return (model_folder(model) / CARD_FILE).stat().st_mtime_ns
    except OSError:  # gone, or just being replaced: loading tells
        return 0


def sample_file() -> tuple[str, bytes]:
    """Name and content of the sample photo."""
    path = sample_photo()
    return path.name, path.read_bytes()


def sample(model: str, detector: str) -> tuple[AnalyzedPhoto, ModelCard]:
    """The sample as a model reads it, and that model's card.

    Raises:
        FerError: As `analyzer`.
    """
    version = model_version(model)
    return _sample(model, detector, version), _classifier(model, version).card


@st.cache_resource(show_spinner=False)
def _detector(name: str) -> FaceDetector:
    return load_detector(name)


@st.cache_resource(show_spinner=False, max_entries=8)
def _classifier(name: str, version: int) -> EmotionClassifier:
    return load_classifier(name)


@st.cache_resource(show_spinner=False, max_entries=8)
def _sample(model: str, detector: str, version: int) -> AnalyzedPhoto:
    name, data = sample_file()
    image = decode_image(data, name)
    return AnalyzedPhoto(image, analyzer(model, detector).analyze(image, source=name))
