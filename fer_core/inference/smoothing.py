"""Probabilities of one face over time, without the flicker of single frames."""

import math

from fer_core.domain.analysis import EmotionScores

TIME_CONSTANT_S = 0.3
"""A sudden change of expression shows to 63% after this long."""


class ScoreSmoother:
    """Exponential smoothing by time, so that the pace of the frames does not matter.

    Args:
        time_constant_s: After this long, 37% of what was before is left; 0 smooths nothing.
    """

    def __init__(self, time_constant_s: float = TIME_CONSTANT_S) -> None:
        if not time_constant_s >= 0.0:
            raise ValueError(f"time_constant_s must be 0 or more, got {time_constant_s}")
        self._time_constant_s = time_constant_s
        self._time_s: float | None = None
        self._last: EmotionScores | None = None

    def smoothed(self, scores: EmotionScores, time_s: float) -> EmotionScores:
        """Take in what a frame says, and return what all until then say together.

        Args:
            scores: Of one face in one frame; other labels than before begin anew.
            time_s: When it was taken, in seconds.

        Returns:
            Probabilities of the same labels.
        """
        last = self._last
        if last is None or self._time_s is None or last.labels != scores.labels:
            self._last, self._time_s = scores, time_s
            return scores
        kept = self._kept(max(0.0, time_s - self._time_s))
        pairs = zip(last.probabilities, scores.probabilities, strict=True)
        mixed = tuple(kept * old + (1.0 - kept) * new for old, new in pairs)
        self._last, self._time_s = EmotionScores(scores.labels, mixed), max(time_s, self._time_s)
        return self._last

    def _kept(self, seconds: float) -> float:
        """The share of what was before that is left after some time."""
        if self._time_constant_s == 0.0:
            return 0.0
        return math.exp(-seconds / self._time_constant_s)
