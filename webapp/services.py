"""Loaded once and shared by every visitor: detectors, models, the sample."""

from pathlib import Path

import streamlit as st

from fer_core.detection.base import FaceDetector, load_detector
from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.images import decode_image
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.batch import AnalyzedPhoto
from fer_core.zoo.card import CARD_FILE, ModelCard
from fer_core.zoo.classifier import EmotionClassifier, load_classifier
from fer_core.zoo.store import load_card, model_folder

SAMPLE_PATH = Path(__file__).parent / "assets" / "astronaut.jpg"


def analyzer(model: str, detector: str) -> EmotionAnalyzer:
    """The analyzer for a model and a detector by name.

    Raises:
        FerError: A name is unknown, or a model's file is missing, truncated or altered.
    """
    return EmotionAnalyzer(_detector(detector), _classifier(model, model_version(model)))


def model_version(model: str) -> int:
    """Changes when a model is replaced, so that the next look at a page loads the new one."""
    path = model_folder(model) / CARD_FILE
    return path.stat().st_mtime_ns if path.is_file() else 0


def sample_file() -> tuple[str, bytes]:
    """Name and content of the sample: NASA's portrait of Eileen Collins, public domain."""
    return SAMPLE_PATH.name, SAMPLE_PATH.read_bytes()


def sample(model: str, detector: str) -> tuple[AnalyzedPhoto, ModelCard]:
    """The sample as a model reads it, and that model's card.

    Raises:
        FerError: As `analyzer`.
    """
    return _sample(model, detector, model_version(model)), load_card(model)


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
    analysis: FrameAnalysis = analyzer(model, detector).analyze(image, source=name)
    return AnalyzedPhoto(image, analysis)
