"""What the faces of a video or a live session showed over time, and what that adds up to."""

import collections
from collections.abc import Iterator
from dataclasses import dataclass

from fer_core.domain.analysis import EmotionScores, FrameAnalysis
from fer_core.domain.emotions import canonical

STRESS_LABELS = ("angry", "fear", "sad", "disgust")
STRESS_THRESHOLD = 0.5
"""Together these four must be more probable than this for a moment to count."""

TIMELINE_S = 60.0
LONGEST_STEP_S = 1.0
"""A face unseen for longer was not tracked meanwhile."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One face at one time.

    Attributes:
        time_s: Since the session began.
        track_id: The face's number.
        scores: Its probabilities then.
    """

    time_s: float
    track_id: int
    scores: EmotionScores


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Shares of the time for which faces were tracked; several faces at once count each.

    Attributes:
        seconds: That time; 0 when nobody was seen.
        faces: How many were told apart.
        shares: For each emotion that ever led, the share of the time in which it did, largest
            first.
        happiness_ratio: Share in which happy led.
        stress_ratio: Share in which angry, fear, sad and disgust together passed
            `STRESS_THRESHOLD`.
    """

    seconds: float
    faces: int
    shares: dict[str, float]
    happiness_ratio: float
    stress_ratio: float


class SessionRecord:
    """Takes in results one by one; what it holds does not grow with the session's length.

    Not safe to share between threads by itself.
    """

    def __init__(self) -> None:
        self._timeline: collections.deque[Moment] = collections.deque()
        self._last_seen: dict[int, float] = {}
        self._led: collections.Counter[str] = collections.Counter()
        self._happy_s = self._stress_s = self._seconds = 0.0
        self._faces = 0

    def add(self, analysis: FrameAnalysis) -> None:
        """Take in the tracked faces of a frame, no earlier than the one before."""
        time_s = analysis.time_s
        if time_s is None:
            raise ValueError("expected an analysis with its time, got one without")
        for face in analysis.faces:
            if face.track_id is None:
                continue
            before = self._last_seen.get(face.track_id)
            if before is None:
                self._faces += 1
            elif time_s - before <= LONGEST_STEP_S:
                self._count(face.scores, max(0.0, time_s - before))
            self._last_seen[face.track_id] = time_s
            self._timeline.append(Moment(time_s, face.track_id, face.scores))
        while self._timeline and self._timeline[0].time_s < time_s - TIMELINE_S:
            self._timeline.popleft()
        # Numbers are never given again: who is long gone does not come back.
        for track_id in [i for i, seen in self._last_seen.items() if seen < time_s - TIMELINE_S]:
            del self._last_seen[track_id]

    def timeline(self) -> tuple[Moment, ...]:
        """All faces of the last minute, the oldest first."""
        return tuple(self._timeline)

    def summary(self) -> SessionSummary:
        """What the session adds up to until now."""
        whole = self._seconds or 1.0
        shares = {label: seconds / whole for label, seconds in self._led.most_common()}
        ratios = self._happy_s / whole, self._stress_s / whole
        return SessionSummary(self._seconds, self._faces, shares, *ratios)

    def _count(self, scores: EmotionScores, seconds: float) -> None:
        self._seconds += seconds
        self._led[scores.emotion] += seconds  # type: ignore[assignment]  # seconds, not a number
        if canonical(scores.emotion) == "happy":
            self._happy_s += seconds
        if stress_of(scores) > STRESS_THRESHOLD:
            self._stress_s += seconds


def stress_of(scores: EmotionScores) -> float:
    """Probability of angry, fear, sad and disgust together, 0 to 1."""
    return sum(_stress_shares(scores))


def _stress_shares(scores: EmotionScores) -> Iterator[float]:
    for label, probability in scores.to_dict().items():
        if canonical(label) in STRESS_LABELS:
            yield probability
