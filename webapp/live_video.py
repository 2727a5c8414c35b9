"""A viewer's webcam within streamlit-webrtc: frames come in, are read, and go back drawn."""

import threading

import av
import numpy as np
from streamlit_webrtc import VideoProcessorBase

from fer_core.domain.analysis import FrameAnalysis
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.overlay import Overlay, draw_overlay
from fer_core.inference.session import Moment, SessionRecord, SessionSummary
from webapp.live import LiveFigures, LiveReader

_MOST_KEPT = 100_000
"""Results of one recording: two hours at 14 a second."""


class LiveVideo(VideoProcessorBase):
    """One viewer's video; made when it begins and let go when it ends.

    `recv` runs in streamlit-webrtc's threads, where nothing of Streamlit may be called; the page
    reads what it needs from here. Frames are neither kept nor written.

    Args:
        analyzer: Shared with other viewers.
        min_score: Faces that the detector is less sure of are left out.
    """

    def __init__(self, analyzer: EmotionAnalyzer, min_score: float) -> None:
        self.overlay = Overlay()
        self.mirrored = True
        self.records = False
        self._min_score = min_score
        self._lock = threading.Lock()
        self._record = SessionRecord()
        self._kept: list[FrameAnalysis] = []
        self._reader = LiveReader(analyzer, on_result=self._take)

    def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Take a frame, and give it back at once with the latest result drawn on it."""
        image = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
        if self.mirrored:
            image = np.ascontiguousarray(image[:, ::-1])
        analysis = self._reader.show(image)
        if analysis is not None:
            image = draw_overlay(image, analysis.confident(self._min_score), self.overlay)
        drawn = av.VideoFrame.from_ndarray(image, format="rgb24")
        drawn.pts, drawn.time_base = frame.pts, frame.time_base
        return drawn

    def on_ended(self) -> None:
        """Let go of the reading when the video ends, for whatever reason."""
        self._reader.close()

    @property
    def latest(self) -> FrameAnalysis | None:
        """The latest result, without doubtful faces."""
        latest = self._reader.latest
        return latest.confident(self._min_score) if latest else None

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

    def _take(self, result: FrameAnalysis) -> None:
        sure = result.confident(self._min_score)
        with self._lock:
            self._record.add(sure)
            if self.records and len(self._kept) < _MOST_KEPT:
                self._kept.append(sure)
