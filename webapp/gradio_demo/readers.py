"""Models and detectors, loaded once and shared by every visitor of the demo."""

from functools import cache, lru_cache

from fer_core.detection.base import FaceDetector, load_detector
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.zoo.card import CARD_FILE
from fer_core.zoo.classifier import EmotionClassifier, load_classifier
from fer_core.zoo.store import model_folder


def analyzer(model: str, detector: str) -> EmotionAnalyzer:
    """The analyzer for a model and a detector by name; a replaced model is loaded anew.

    Raises:
        FerError: A name is unknown, or a model's file is missing, truncated or altered.
    """
    try:
        version = (model_folder(model) / CARD_FILE).stat().st_mtime_ns
    except OSError:  # loading tells
        version = 0
    return EmotionAnalyzer(_detector(detector), _classifier(model, version))


@cache
def _detector(name: str) -> FaceDetector:
    return load_detector(name)


@lru_cache(maxsize=8)
def _classifier(name: str, version: int) -> EmotionClassifier:
    return load_classifier(name)
