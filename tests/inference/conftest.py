"""Faces to draw and to count, and the tiny model behind a detector that is told its answer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.detection.full_frame import FullFrameDetector
from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.faces import Face
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.zoo.classifier import EmotionClassifier, load_classifier


@pytest.fixture
def read_face() -> Callable[..., AnalyzedFace]:
    """Make a face with a box, an emotion and a confidence; the rest is spread evenly."""

    def make(
        box: tuple[float, float, float, float], emotion: str = "happy", confidence: float = 0.88
    ) -> AnalyzedFace:
        rest = (1 - confidence) / (len(FER7_LABELS) - 1)
        probabilities = tuple(confidence if label == emotion else rest for label in FER7_LABELS)
        return AnalyzedFace(
            Face(box, 0.9), EmotionScores(FER7_LABELS, probabilities), FaceQuality(40, 100, 0.5)
        )

    return make


@pytest.fixture
def tiny_classifier(served_models: Path) -> EmotionClassifier:
    return load_classifier()


@pytest.fixture
def full_frame_analyzer(tiny_classifier: EmotionClassifier) -> EmotionAnalyzer:
    """Takes each picture for one face."""
    return EmotionAnalyzer(FullFrameDetector(), tiny_classifier)


@pytest.fixture
def speckle() -> Callable[..., npt.NDArray[np.uint8]]:
    """Make an RGB picture of noise."""

    def make(height: int, width: int, seed: int = 0) -> npt.NDArray[np.uint8]:
        return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)

    return make
