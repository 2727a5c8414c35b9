"""Loaded once and shared by every visitor: detectors, models, the sample, feature maps, Keras."""

import importlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from fer_core.detection.base import FaceDetector, load_detector
from fer_core.detection.full_frame import whole_image
from fer_core.domain.analysis import EmotionScores
from fer_core.domain.images import decode_image
from fer_core.domain.settings import sample_photo
from fer_core.inference.analyzer import DEFAULT_DETECTOR, EmotionAnalyzer
from fer_core.inference.batch import AnalyzedPhoto
from fer_core.inference.feature_maps import FeatureMap, feature_maps
from fer_core.preprocessing.crop import crop_face, to_tensor
from fer_core.training.workbench import Workbench
from fer_core.zoo.card import CARD_FILE, ONNX_FILE, ModelCard
from fer_core.zoo.classifier import EmotionClassifier, load_classifier
from fer_core.zoo.store import load_card, model_folder, verified_bytes
from webapp.live_places import LivePlaces, viewers_at_most

# Streamlit imports pandas at its first table, and Plotly takes whatever half of it it finds: a
# figure drawn meanwhile, for a second visitor or click, would fail. Every page imports this file.
importlib.import_module("pandas")


@dataclass(frozen=True, slots=True, eq=False)
class FaceStages:
    """What a network makes of a picture's first face.

    Attributes:
        crop: (H, W) grey or (H, W, 3) RGB uint8, as the network gets it.
        is_face: Whether a face was found; else the whole picture was taken for one.
        scores: The network's answer.
        stages: Its feature maps, none for a network that does not convolve.
    """

    crop: npt.NDArray[np.uint8]
    is_face: bool
    scores: EmotionScores
    stages: tuple[FeatureMap, ...]


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


def face_stages(model: str, name: str, data: bytes) -> FaceStages:
    """Feature maps of the first face of a picture.

    Args:
        model: The model's name.
        name: The picture's, for error texts.
        data: The picture's file.

    Raises:
        FerError: The picture cannot be read, or the model's file is missing or altered.
    """
    return _face_stages(model, name, data, model_version(model))


@st.cache_resource(show_spinner=False)
def workbench() -> Workbench:
    """The process that has Keras loaded, for what training pages ask of it."""
    return Workbench()


@st.cache_resource(show_spinner=False)
def live_places() -> LivePlaces:
    """Places for live video: `FER_LIVE_VIEWERS`, or two for each core.

    Raises:
        FerError: The variable holds something else than a number from 1.
    """
    return LivePlaces(viewers_at_most())


@st.cache_resource(show_spinner=False)
def _detector(name: str) -> FaceDetector:
    return load_detector(name)


@st.cache_resource(show_spinner=False, max_entries=8)
def _classifier(name: str, version: int) -> EmotionClassifier:
    return load_classifier(name)


@st.cache_resource(show_spinner=False, max_entries=8)
def _face_stages(model: str, name: str, data: bytes, version: int) -> FaceStages:
    card = load_card(model)
    network = verified_bytes(card, model_folder(model), ONNX_FILE)
    image = decode_image(data, name)
    faces = _detector(DEFAULT_DETECTOR).detect(image)
    face = faces[0] if faces else whole_image(image.shape[1], image.shape[0])
    crop = crop_face(image, face, card.spec)
    tensor = to_tensor(crop[np.newaxis], card.spec)
    (scores,) = _classifier(model, version).scores(tensor)
    return FaceStages(crop, bool(faces), scores, feature_maps(card, network, tensor))


@st.cache_resource(show_spinner=False, max_entries=8)
def _sample(model: str, detector: str, version: int) -> AnalyzedPhoto:
    name, data = sample_file()
    image = decode_image(data, name)
    return AnalyzedPhoto(image, analyzer(model, detector).analyze(image, source=name))
