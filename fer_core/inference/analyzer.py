"""An image goes in, a `FrameAnalysis` comes out."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fer_core.detection.base import FaceDetector, load_detector
from fer_core.domain.analysis import AnalyzedFace, FrameAnalysis
from fer_core.domain.errors import ImageError
from fer_core.domain.faces import Face
from fer_core.inference.quality import face_quality
from fer_core.preprocessing.crop import crop_faces
from fer_core.zoo.classifier import EmotionClassifier, load_classifier
from fer_core.zoo.store import DEFAULT_MODEL

DEFAULT_DETECTOR = "yunet"


class EmotionAnalyzer:
    """A detector and a classifier, working together. Safe to share between threads.

    Args:
        detector: Finds the faces.
        classifier: Reads their expressions.
    """

    def __init__(self, detector: FaceDetector, classifier: EmotionClassifier) -> None:
        self.detector = detector
        self.classifier = classifier

    def analyze(
        self,
        image_rgb: npt.NDArray[np.uint8],
        source: str = "",
        time_s: float | None = None,
    ) -> FrameAnalysis:
        """Find every face of an image and read its expression.

        Args:
            image_rgb: (H, W, 3) RGB uint8, orientation applied.
            source: The image's name as the user knows it.
            time_s: Position within a video, in seconds.

        Returns:
            The faces with their probabilities, largest first; none is a result, not an error.

        Raises:
            ImageError: The array is not such an image.
        """
        started = time.perf_counter()
        _check(image_rgb)
        faces = self.detector.detect(image_rgb)
        analysis = self.read(image_rgb, faces, source, time_s)
        return replace(analysis, elapsed_ms=(time.perf_counter() - started) * 1000)

    def read(
        self,
        image_rgb: npt.NDArray[np.uint8],
        faces: Sequence[Face],
        source: str = "",
        time_s: float | None = None,
    ) -> FrameAnalysis:
        """Read the expressions of faces whose places are known.

        Args:
            image_rgb: (H, W, 3) RGB uint8, orientation applied.
            faces: Faces in pixels of that image; they keep their order.
            source: The image's name as the user knows it.
            time_s: Position within a video, in seconds.

        Returns:
            The faces with their probabilities; `elapsed_ms` is the reading's alone.

        Raises:
            ImageError: The array is not such an image.
        """
        started = time.perf_counter()
        _check(image_rgb)
        all_scores = self.classifier.scores(crop_faces(image_rgb, faces, self.classifier.spec))
        analyzed = tuple(
            AnalyzedFace(face, scores, face_quality(image_rgb, face))
            for face, scores in zip(faces, all_scores, strict=True)
        )
        height, width = image_rgb.shape[:2]
        elapsed_ms = (time.perf_counter() - started) * 1000
        return FrameAnalysis(source, (width, height), analyzed, elapsed_ms, time_s)


def _check(image_rgb: npt.NDArray[np.uint8]) -> None:
    if (
        isinstance(image_rgb, np.ndarray)
        and image_rgb.dtype == np.uint8
        and image_rgb.shape[2:] == (3,)
        and image_rgb.size
    ):
        return
    received = (
        f"{image_rgb.shape} {image_rgb.dtype}"
        if isinstance(image_rgb, np.ndarray)
        else type(image_rgb).__name__
    )
    raise ImageError(f"analyze expects (H, W, 3) RGB uint8, got {received}.")


def load_analyzer(
    model: str = DEFAULT_MODEL, detector: str = DEFAULT_DETECTOR, threads: int = 1
) -> EmotionAnalyzer:
    """Load a detector and a model by name.

    Args:
        model: A folder's name in `models/`, or `OWNER/NAME@COMMIT:SHA256` on the Hugging Face
            Hub, from where it is fetched once.
        detector: "yunet", "haar", "skin_haar" or "full_frame".
        threads: CPU threads for one call of the network.

    Raises:
        UnknownNameError: There is no such detector or model.
        ModelError: A file is missing, truncated or altered, or cannot be fetched.
    """
    return EmotionAnalyzer(load_detector(detector), load_classifier(model, threads))
