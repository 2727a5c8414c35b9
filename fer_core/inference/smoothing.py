"""Probabilities of one face over time, without the flicker of single frames."""

import math

import numpy as np
import numpy.typing as npt

from fer_core.domain.analysis import EmotionScores

Vector = npt.NDArray[np.float64]

TIME_CONSTANT_S = 0.3
"""A sudden change of expression shows to 63% after this long."""


INDEPENDENT_S = 0.1
"""Frames so far apart are taken for looks of their own: a face can change in this time."""


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


def exponential(times_s: Vector, probabilities: Vector, time_constant_s: float) -> Vector:
    """Smooth a whole series as `ScoreSmoother` does, frame after frame.

    Args:
        times_s: (N,) seconds, never falling.
        probabilities: (N, K).
        time_constant_s: After this long, 37% of what was before is left; 0 smooths nothing.

    Returns:
        (N, K), each row summing to what it did.
    """
    if time_constant_s == 0.0:
        return probabilities
    kept = np.exp(-np.diff(times_s, prepend=times_s[0]) / time_constant_s)
    smooth = np.array(probabilities, np.float64)
    for row in range(1, len(smooth)):
        smooth[row] += kept[row] * (smooth[row - 1] - smooth[row])
    return smooth


def most_likely_path(
    times_s: Vector, probabilities: Vector, mean_stay_s: float
) -> npt.NDArray[np.intp]:
    """The likeliest sequence of emotions behind a series (Viterbi 1967).

    A hidden Markov model whose states are the labels: each stays for `mean_stay_s` in the mean and
    gives way to any other alike; what a frame says counts as its likelihood. Frames closer than
    `INDEPENDENT_S` show nearly the same, so that each counts for its share of that time: twice the
    frames a second give the same path.

    Args:
        times_s: (N,) seconds, never falling.
        probabilities: (N, K).
        mean_stay_s: Longer for fewer changes; above 0.

    Returns:
        (N,) index of the label at each time.
    """
    count, labels = probabilities.shape
    steps = np.diff(times_s, prepend=times_s[0])
    steps[0] = steps[1] if count > 1 else INDEPENDENT_S
    shares = np.minimum(steps / INDEPENDENT_S, 1.0)[:, np.newaxis]
    likelihood = shares * np.log(np.maximum(probabilities, 1e-9))
    # A change costs the same however short the step in which it falls; staying adds up over time.
    chances = -np.expm1(-np.maximum(steps, INDEPENDENT_S) / mean_stay_s)
    stay, change = -steps / mean_stay_s, np.log(np.maximum(chances, 1e-9) / max(1, labels - 1))
    came_from = np.empty((count, labels), np.intp)
    best = likelihood[0].copy()
    own = np.arange(labels)
    for row in range(1, count):
        leader = int(best.argmax())
        switched = best[leader] + change[row]
        stayed = best + stay[row]
        is_stay = stayed >= switched
        came_from[row] = np.where(is_stay, own, leader)
        best = np.where(is_stay, stayed, switched) + likelihood[row]
    path = np.empty(count, np.intp)
    path[-1] = int(best.argmax())
    for row in range(count - 1, 0, -1):
        path[row - 1] = came_from[row, path[row]]
    return path
