"""FER Studio's core: faces and their expressions, from pixels to calibrated probabilities.

    analyzer = fer_core.load_analyzer()
    analysis = analyzer.analyze(image_rgb)          # FrameAnalysis
    classifier = fer_core.load_classifier()
    probabilities = classifier.predict(crops)       # (N, K) float32, in classifier.labels' order

Everything here is loaded when first asked for, so that `import fer_core` costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fer_core.domain.analysis import (
        AnalyzedFace,
        EmotionScores,
        FaceQuality,
        FrameAnalysis,
    )
    from fer_core.domain.errors import FerError
    from fer_core.domain.faces import Face
    from fer_core.domain.images import decode_image, read_image
    from fer_core.inference.analyzer import EmotionAnalyzer, load_analyzer
    from fer_core.inference.annotate import annotate
    from fer_core.preprocessing.spec import PreprocessSpec
    from fer_core.zoo.card import ModelCard
    from fer_core.zoo.classifier import EmotionClassifier, load_classifier

__all__ = [
    "AnalyzedFace",
    "EmotionAnalyzer",
    "EmotionClassifier",
    "EmotionScores",
    "Face",
    "FaceQuality",
    "FerError",
    "FrameAnalysis",
    "ModelCard",
    "PreprocessSpec",
    "annotate",
    "decode_image",
    "load_analyzer",
    "load_classifier",
    "read_image",
]

_HOME = {
    "AnalyzedFace": "fer_core.domain.analysis",
    "EmotionAnalyzer": "fer_core.inference.analyzer",
    "EmotionClassifier": "fer_core.zoo.classifier",
    "EmotionScores": "fer_core.domain.analysis",
    "Face": "fer_core.domain.faces",
    "FaceQuality": "fer_core.domain.analysis",
    "FerError": "fer_core.domain.errors",
    "FrameAnalysis": "fer_core.domain.analysis",
    "ModelCard": "fer_core.zoo.card",
    "PreprocessSpec": "fer_core.preprocessing.spec",
    "annotate": "fer_core.inference.annotate",
    "decode_image": "fer_core.domain.images",
    "load_analyzer": "fer_core.inference.analyzer",
    "load_classifier": "fer_core.zoo.classifier",
    "read_image": "fer_core.domain.images",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fer_core' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value  # the next look-up is free
    return value


def __dir__() -> list[str]:
    return __all__
