"""Live video: every frame is shown at once, and the newest one is read whenever there is time."""

import collections
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from fer_core.detection.geometry import carried
from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.faces import Face
from fer_core.domain.scaling import scaled
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.smoothing import ScoreSmoother
from fer_core.inference.tracking import FaceTracker
from webapp.live_places import LivePlaces

Frame = npt.NDArray[np.uint8]

# Faces of a twentieth of the picture are found at this size, in a fifth of a large frame's time.
DETECTION_SIDE = 480
# Detection may take this share of the reading's time; between two looks faces are tracked.
_DETECTION_SHARE = 0.5
_LONGEST_WITHOUT_DETECTION_S = 0.5
_HOLD_S = 0.25  # a face that one look misses does not flicker

_WINDOW_S = 3.0
_MOST_TIMES = 300
_VANISHED_S = 10.0  # a viewer whose frames stop for so long has gone, whatever it did not say
_PARTING_S = 5.0


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """How a live reading keeps up, over its last seconds.

    Attributes:
        shown: Frames that came in since the beginning.
        analysed: Frames that were read.
        dropped: Frames that a newer one replaced before they were read.
        failed: Frames whose reading raised an error; none of them ends the reading.
        problem: The last error in one line; "" if there was none.
        shown_fps: Frames a second that came in.
        analysed_fps: Frames a second that were read.
        latency_ms: Median of the time from a frame's arrival to its result; None before one.
        latency_p95_ms: The 95th percentile of that.
        detection_ms: Median time of finding faces, in those frames where they were looked for.
        reading_ms: Median time of reading their expressions.
    """

    shown: int = 0
    analysed: int = 0
    dropped: int = 0
    failed: int = 0
    problem: str = ""
    shown_fps: float = 0.0
    analysed_fps: float = 0.0
    latency_ms: float | None = None
    latency_p95_ms: float | None = None
    detection_ms: float | None = None
    reading_ms: float | None = None


@dataclass(slots=True)
class _Times:
    """When things happened and how long they took, of late; no lock of its own."""

    shown: collections.deque[float] = field(default_factory=lambda: _recent())
    analysed: collections.deque[float] = field(default_factory=lambda: _recent())
    latency: collections.deque[float] = field(default_factory=lambda: _recent())
    detection: collections.deque[float] = field(default_factory=lambda: _recent())
    reading: collections.deque[float] = field(default_factory=lambda: _recent())


class LiveReader:
    """Reads one viewer's video.

    `show` never waits for the network: a thread of its own takes the newest frame, and a tracker
    carries its faces along until the next result. Frames that come meanwhile are dropped and
    counted, so that results are never older than one reading. No frame is kept or written. The
    thread begins with a frame, and ends when it is told to or when frames stop coming.

    Args:
        analyzer: Shared with other viewers; another one may take its place at any time.
        places: Taken while frames are read; while none is free, frames are only shown.
        clock: Seconds that only grow.
        on_result: Called in the reading's thread with each result.
        vanished_s: Without a frame for so long, the reading ends until the next.
    """

    def __init__(
        self,
        analyzer: EmotionAnalyzer,
        places: LivePlaces | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_result: Callable[[FrameAnalysis], None] | None = None,
        vanished_s: float = _VANISHED_S,
    ) -> None:
        self.analyzer = analyzer
        self._places = places or LivePlaces(1)
        self._clock = clock
        self._on_result = on_result
        self._vanished_s = vanished_s
        self._begun = clock()
        self._changed = threading.Condition()
        # All below is shared between the two threads, under that lock.
        self._waiting: tuple[Frame, float] | None = None
        self._thread: threading.Thread | None = None
        self._is_ending = False
        self._shown_at: float | None = None
        self._latest: FrameAnalysis | None = None
        self._tracker = FaceTracker()
        self._figures = LiveFigures()
        self._times = _Times()
        # The reading thread's own.
        self._smoothers: dict[int, ScoreSmoother] = {}
        self._detected_at = -np.inf
        self._detection_s = 0.0

    @property
    def is_reading(self) -> bool:
        """Whether frames are read: they come, and there is a place."""
        with self._changed:
            return self._thread is not None

    @property
    def shown_at(self) -> float | None:
        """When the last frame came, by the clock; None before the first."""
        with self._changed:
            return self._shown_at

    def show(self, frame_rgb: Frame) -> FrameAnalysis | None:
        """Take a frame as the newest one.

        Args:
            frame_rgb: (H, W, 3) RGB uint8; not to be changed afterwards.

        Returns:
            The latest result with its faces where they should be now, in this frame's pixels; None
            before the first. Faces that are long gone are left out.
        """
        now = self._clock()
        with self._changed:
            self._shown_at = now
            if self._begin():
                self._drop()
                self._waiting = frame_rgb, now
            self._figures = replace(self._figures, shown=self._figures.shown + 1)
            self._times.shown.append(now)
            self._changed.notify()
            if self._latest is None:
                return None
            height, width = frame_rgb.shape[:2]
            return self._carried(self._latest, now, (width, height))

    def read(self, frame_rgb: Frame) -> FrameAnalysis:
        """Read this very frame, for whoever waits for each; not while others are shown.

        Args:
            frame_rgb: (H, W, 3) RGB uint8.

        Returns:
            Its faces, numbered and smoothed over the frames before.
        """
        came = self._clock()
        result = self._read(frame_rgb, came)
        self._publish(result, came)
        return result

    @property
    def latest(self) -> FrameAnalysis | None:
        """The latest result, as it was read."""
        with self._changed:
            return self._latest

    def pace(self) -> tuple[float, int]:
        """Frames read a second of late, and frames that came in all: for every frame."""
        now = self._clock()
        with self._changed:
            return self._pace(self._times.analysed, now), self._figures.shown

    def figures(self) -> LiveFigures:
        """How the reading keeps up."""
        now = self._clock()
        with self._changed:
            times, figures = self._times, self._figures
            latency = list(times.latency)
            return replace(
                figures,
                shown_fps=self._pace(times.shown, now),
                analysed_fps=self._pace(times.analysed, now),
                latency_ms=_median_ms(latency),
                latency_p95_ms=float(np.percentile(latency, 95)) * 1e3 if latency else None,
                detection_ms=_median_ms(times.detection),
                reading_ms=_median_ms(times.reading),
            )

    def close(self) -> None:
        """End the reading, its thread included, until the next frame."""
        with self._changed:
            thread = self._thread
            self._is_ending = True
            self._changed.notify()
        if thread is not None and threading.current_thread() is not thread:
            thread.join(_PARTING_S)

    def _begin(self) -> bool:
        """Whether somebody reads, from now on at the latest."""
        if self._thread is None and self._places.take():
            self._is_ending = False
            self._thread = threading.Thread(target=self._read_on, name="live reading", daemon=True)
            self._thread.start()
        return self._thread is not None and not self._is_ending

    def _drop(self) -> None:
        if self._waiting is not None:
            self._figures = replace(self._figures, dropped=self._figures.dropped + 1)

    def _carried(
        self, analysis: FrameAnalysis, now: float, size_wh: tuple[int, int]
    ) -> FrameAnalysis:
        """A result with its faces moved to where they should be."""
        faces = []
        for analyzed in analysis.faces:
            assert analyzed.track_id is not None
            expected = self._tracker.expected(analyzed.track_id, now)
            if expected is not None:
                faces.append(replace(analyzed, face=expected.mapped(size_wh[0])))
        return replace(analysis, faces=tuple(faces), size_wh=size_wh)

    def _read_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_ending, self._vanished_s)
                if self._is_ending or self._waiting is None:
                    self._waiting = self._thread = None
                    self._places.leave()
                    return
                frame, came = self._waiting
                self._waiting = None
            try:
                self._publish(self._read(frame, came), came)
            except Exception as error:  # noqa: BLE001  # one frame's error is no end
                line = f"{type(error).__name__}: {error}".splitlines()[0]
                with self._changed:
                    failed = self._figures.failed + 1
                    self._figures = replace(self._figures, failed=failed, problem=line)

    def _publish(self, result: FrameAnalysis, came: float) -> None:
        now = self._clock()
        with self._changed:
            self._latest = result
            self._figures = replace(self._figures, analysed=self._figures.analysed + 1)
            self._times.analysed.append(now)
            self._times.latency.append(now - came)
        if self._on_result is not None:
            self._on_result(result)

    def _read(self, frame: Frame, came: float) -> FrameAnalysis:
        if self._is_time_to_detect(came):
            self._look_for_faces(frame, came)
        began, width = self._clock(), frame.shape[1]
        with self._changed:
            ids = self._tracker.seen_since(self._detected_at - _HOLD_S)
            expected = [self._tracker.expected(track_id, came) for track_id in ids]
        present = {i: face.mapped(width) for i, face in zip(ids, expected, strict=True) if face}
        read = self.analyzer.read(frame, list(present.values()), time_s=came - self._begun)
        self._smoothers = {i: self._smoothers.get(i) or ScoreSmoother() for i in present}
        named = tuple(
            replace(face, track_id=i, scores=self._smoothers[i].smoothed(face.scores, came))
            for i, face in zip(present, read.faces, strict=True)
        )
        with self._changed:
            self._times.reading.append(self._clock() - began)
        return replace(read, faces=named)

    def _is_time_to_detect(self, came: float) -> bool:
        with self._changed:
            is_alone = not self._tracker.seen_since(self._detected_at - _HOLD_S)
        wait = min(self._detection_s / _DETECTION_SHARE, _LONGEST_WITHOUT_DETECTION_S)
        return is_alone or came - self._detected_at >= wait

    def _look_for_faces(self, frame: Frame, came: float) -> None:
        """Tell the tracker what is there, in widths of the frame: its size may change."""
        began = self._clock()
        faces = [face.mapped(1 / frame.shape[1]) for face in self._detect(frame)]
        self._detected_at, self._detection_s = came, self._clock() - began
        with self._changed:
            self._tracker.update(faces, came)
            self._times.detection.append(self._detection_s)

    def _detect(self, frame: Frame) -> Sequence[Face]:
        """Find faces at a bounded size."""
        view = scaled(frame, min(1.0, DETECTION_SIDE / max(frame.shape[:2])))
        return [carried(face, view, frame) for face in self.analyzer.detector.detect(view)]

    def _pace(self, times: Sequence[float], now: float) -> float:
        """Events a second of late."""
        seconds = min(_WINDOW_S, now - self._begun)
        return sum(now - at <= _WINDOW_S for at in times) / seconds if seconds > 0 else 0.0


def _recent() -> collections.deque[float]:
    return collections.deque(maxlen=_MOST_TIMES)


def _median_ms(seconds: Sequence[float]) -> float | None:
    return statistics.median(seconds) * 1e3 if seconds else None
