"""A viewer's webcam: frames come in, are read, and go back drawn; no Streamlit in here."""

import threading
from dataclasses import dataclass, field

import av
import cv2
import numpy as np
import numpy.typing as npt

from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.images import encode_png
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.overlay import Overlay, draw_overlay
from fer_core.inference.session import Moment, SessionRecord, SessionSummary
from webapp.live import LiveFigures, LiveReader
from webapp.live_places import LivePlaces

Frame = npt.NDArray[np.uint8]

MOST_KEPT = 100_000
"""Results of one recording: two hours at 14 a second."""


@dataclass(frozen=True, slots=True)
class LiveChoices:
    """What a viewer may change while the video plays.

    Attributes:
        analyzer: Reads the faces.
        min_score: Faces that the detector is less sure of are left out.
        overlay: What is drawn.
        is_mirrored: Left and right as in a mirror.
        is_recorded: Whether results are kept for download.
    """

    analyzer: EmotionAnalyzer
    min_score: float = 0.5
    overlay: Overlay = field(default_factory=Overlay)
    is_mirrored: bool = True
    is_recorded: bool = False


class LiveVideo:
    """One viewer's video, and what it has shown so far.

    `recv` runs in streamlit-webrtc's threads, where nothing of Streamlit may be called; the page
    reads what it needs from here. No frame is written, and none stays but the newest, for a
    snapshot, while the video plays.

    Args:
        choices: To begin with; `choices` may be replaced at any time.
        places: Shared with other viewers.
    """

    def __init__(self, choices: LiveChoices, places: LivePlaces) -> None:
        self.choices = choices
        self._lock = threading.Lock()
        self._record = SessionRecord()
        self._kept: list[FrameAnalysis] = []
        self._drawn: Frame | None = None
        self._reader = LiveReader(choices.analyzer, places, on_result=self._take)

    def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Take a frame, and give it back at once with the latest result drawn on it."""
        choices = self.choices
        self._reader.analyzer = choices.analyzer
        image = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
        if choices.is_mirrored:
            image = np.asarray(cv2.flip(image, 1), np.uint8)
        analysis = self._reader.show(image)
        sure = analysis.confident(choices.min_score) if analysis else None
        fps, frames = self._reader.pace()
        pace = f"{fps:.0f} fps read · {frames:,} frames"
        self._drawn = draw_overlay(image, sure, choices.overlay, pace)
        drawn = av.VideoFrame.from_ndarray(self._drawn, format="rgb24")
        drawn.pts, drawn.time_base = frame.pts, frame.time_base
        return drawn

    def on_ended(self) -> None:
        """Let go of the last frame and of the thread when the video ends, for whatever reason."""
        self._reader.close()
        self._drawn = None

    @property
    def latest(self) -> FrameAnalysis | None:
        """The latest result, without doubtful faces."""
        latest = self._reader.latest
        return latest.confident(self.choices.min_score) if latest else None

    @property
    def is_reading(self) -> bool:
        """Whether frames come and are read."""
        return self._reader.is_reading

    @property
    def shown_at(self) -> float | None:
        """When the last frame came, by `time.monotonic`; None before the first."""
        return self._reader.shown_at

    def snapshot(self) -> bytes | None:
        """The newest picture as it is shown, as PNG; None when the video does not play."""
        drawn = self._drawn
        return None if drawn is None else encode_png(drawn)

    def figures(self) -> LiveFigures:
        """How the reading keeps up."""
        return self._reader.figures()

    def timeline(self) -> tuple[Moment, ...]:
        """All faces of the last minute."""
        with self._lock:
            return self._record.timeline()

    def summary(self) -> SessionSummary:
        """What the session adds up to."""
        with self._lock:
            return self._record.summary()

    def kept(self) -> list[FrameAnalysis]:
        """The recorded results."""
        with self._lock:
            return list(self._kept)

    def forget(self) -> None:
        """Begin a new session: summary, timeline and recording are empty again."""
        with self._lock:
            self._record = SessionRecord()
            self._kept = []

    def _take(self, result: FrameAnalysis) -> None:
        sure = result.confident(self.choices.min_score)
        with self._lock:
            self._record.add(sure)
            if self.choices.is_recorded and len(self._kept) < MOST_KEPT:
                self._kept.append(sure)
