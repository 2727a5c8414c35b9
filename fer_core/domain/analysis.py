"""What comes out: the scores of a face, and the analysis of one image or video frame."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

from fer_core.domain.faces import Face


@dataclass(frozen=True, slots=True)
class EmotionScores:
    """Probabilities of one face, with the labels that they belong to.

    Attributes:
        labels: Class names in the model's own order.
        probabilities: One value for each label, 0 to 1, summing to 1.
    """

    labels: tuple[str, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.labels or len(self.labels) != len(self.probabilities):
            raise ValueError(
                f"expected one probability for each of {len(self.labels)} labels, "
                f"got {len(self.probabilities)}"
            )
        total = math.fsum(self.probabilities)
        # A NaN fails this comparison too.
        if not abs(total - 1.0) < 1e-3 or min(self.probabilities) < 0.0:
            raise ValueError(f"probabilities must be 0 or more and sum to 1, got {total}")

    @property
    def emotion(self) -> str:
        """The most probable label."""
        return self.ranked()[0][0]

    @property
    def confidence(self) -> float:
        """The probability of the most probable label."""
        return max(self.probabilities)

    def ranked(self) -> tuple[tuple[str, float], ...]:
        """(label, probability) pairs, most probable first."""
        pairs = zip(self.labels, self.probabilities, strict=True)
        return tuple(sorted(pairs, key=lambda pair: -pair[1]))

    def to_dict(self) -> dict[str, float]:
        """Label to probability, in the model's order."""
        return dict(zip(self.labels, self.probabilities, strict=True))


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How far the pixels of a face can be trusted.

    Attributes:
        size_px: Shorter side of the face's box in the image, in pixels.
        sharpness: Variance of the Laplacian of the grey crop; under about 50 reads as blurred.
        brightness: Mean grey level of the crop, 0 to 1.
        roll_deg: Tilt of the line between the eyes in degrees, clockwise positive; None without
            landmarks.
    """

    size_px: float
    sharpness: float
    brightness: float
    roll_deg: float | None = None

    def to_dict(self) -> dict[str, float | None]:
        """The fields as a plain mapping."""
        return {
            "size_px": round(self.size_px, 1),
            "sharpness": round(self.sharpness, 1),
            "brightness": round(self.brightness, 3),
            "roll_deg": None if self.roll_deg is None else round(self.roll_deg, 1),
        }


@dataclass(frozen=True, slots=True)
class AnalyzedFace:
    """A face together with its expression."""

    face: Face
    scores: EmotionScores
    quality: FaceQuality
    track_id: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The face as the command line's JSON gives it; pixels to a tenth, scores in full."""
        return {
            "box": [round(v, 1) for v in self.face.box_xywh],
            "emotion": self.scores.emotion,
            "confidence": self.scores.confidence,
            "scores": self.scores.to_dict(),
            "landmarks": [[round(x, 1), round(y, 1)] for x, y in self.face.landmarks_xy],
            "track_id": self.track_id,
            "quality": self.quality.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class FrameAnalysis:
    """Everything read from one image or video frame.

    Attributes:
        source: The image's name as the user knows it.
        size_wh: Width and height in pixels, orientation applied.
        faces: The faces, largest first; empty when there is none.
        elapsed_ms: Wall time of detection and classification, in milliseconds.
        time_s: Position within a video in seconds; None for a still image.
    """

    source: str
    size_wh: tuple[int, int]
    faces: tuple[AnalyzedFace, ...] = field(default=())
    elapsed_ms: float = 0.0
    time_s: float | None = None

    def __post_init__(self) -> None:
        if len(self.size_wh) != 2 or min(self.size_wh) < 1:
            raise ValueError(f"size_wh must be two positive integers, got {self.size_wh}")

    def confident(self, min_score: float) -> "FrameAnalysis":
        """The same analysis with only the faces that the detector scored `min_score` or more."""
        kept = tuple(face for face in self.faces if face.face.score >= min_score)
        return replace(self, faces=kept)

    def to_dict(self) -> dict[str, Any]:
        """The analysis as the command line's JSON gives it."""
        return {
            "source": self.source,
            "width": self.size_wh[0],
            "height": self.size_wh[1],
            "time_s": self.time_s,
            "elapsed_ms": round(self.elapsed_ms, 2),
            "faces": [face.to_dict() for face in self.faces],
        }
