"""What the faces of a video showed over time, and what that adds up to, person by person."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from fer_core.domain.emotions import MOODS, Mood, canonical, mood_of
from fer_core.inference.session import LONGEST_STEP_S, STRESS_LABELS, STRESS_THRESHOLD
from fer_core.inference.smoothing import TIME_CONSTANT_S, exponential, most_likely_path
from fer_core.video.record import Rows, VideoRecord

Series = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

STRESSED_RATIO = 0.25
"""A person whose stress ratio passes this is called stressed."""

_VALENCE: dict[Mood, float] = {"positive": 1.0, "neutral": 0.0, "negative": -1.0}
_PEAKS_APART_S = 2.0
_MISSED_STEPS = 2.5  # a face may be missed in one frame


class Smoothing(StrEnum):
    """How single frames' flicker is taken out."""

    none = "none"
    exponential = "exponential"
    path = "path"
    """Probabilities as with exponential; who leads is the likeliest sequence (Viterbi)."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A moment at which an emotion was strongest."""

    label: str
    time_s: float
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class PersonSeries:
    """One person over time, smoothed.

    Attributes:
        person: The number.
        times_s: (N,) seconds, growing.
        probabilities: (N, K), each row summing to 1.
        leading: (N,) index of the label that leads.
        weights_s: (N,) seconds that each row stands for; 0 where the person was away before.
        longest_step_s: Rows further apart have an absence between them.
    """

    person: int
    times_s: Series
    probabilities: Series
    leading: Indices
    weights_s: Series
    longest_step_s: float = LONGEST_STEP_S


@dataclass(frozen=True, slots=True, eq=False)
class PersonSummary:
    """What one person's time adds up to; every share is of the time in which they were tracked.

    Attributes:
        person: The number.
        seconds: That time.
        first_s: When they first came.
        last_s: When they were last seen.
        shares: For each label, the share of the time in which it led.
        transitions: (K, K) how often the leading label of the row gave way to the column's.
        peaks: For each label that ever led, its strongest moments, the strongest first.
        happiness_ratio: Share in which happy led.
        stress_ratio: Share in which angry, fear, sad and disgust together passed the threshold.
        is_stressed: Whether that ratio passes `STRESSED_RATIO`.
        valence: Mean over time of p(positive) - p(negative), -1 to 1.
    """

    person: int
    seconds: float
    first_s: float
    last_s: float
    shares: dict[str, float]
    transitions: npt.NDArray[np.int64]
    peaks: dict[str, tuple[Peak, ...]]
    happiness_ratio: float
    stress_ratio: float
    is_stressed: bool
    valence: float


def person_series(
    record: VideoRecord,
    person: int,
    smoothing: Smoothing = Smoothing.exponential,
    time_constant_s: float = TIME_CONSTANT_S,
) -> PersonSeries:
    """One person's probabilities over time.

    Args:
        record: With persons' numbers.
        person: Whose.
        smoothing: How; after an absence it begins anew.
        time_constant_s: For exponential smoothing, and twice as long is a leading emotion
            expected to stay for the path.

    Raises:
        KeyError: Nobody has that number.
    """
    rows: Rows = record.track(person)
    if not len(rows):
        raise KeyError(person)
    times = rows["time_s"].astype(np.float64)
    raw = rows["probabilities"].astype(np.float64)
    raw /= raw.sum(axis=1, keepdims=True)
    steps = np.diff(times, prepend=times[0])
    longest_s = _longest_step_s(record)
    is_there = steps <= longest_s
    probabilities, leading = raw, raw.argmax(axis=1)
    if smoothing is not Smoothing.none:
        parts = [slice(a, b) for a, b in _stretches(is_there)]
        probabilities = np.concatenate(
            [exponential(times[part], raw[part], time_constant_s) for part in parts]
        )
        leading = probabilities.argmax(axis=1)
        if smoothing is Smoothing.path:
            stay_s = max(2 * time_constant_s, 1e-3)
            leading = np.concatenate(
                [most_likely_path(times[part], raw[part], stay_s) for part in parts]
            )
    weights = np.where(is_there, steps, 0.0)
    return PersonSeries(person, times, probabilities, leading, weights, longest_s)


def summarize_person(
    series: PersonSeries,
    labels: tuple[str, ...],
    stress_threshold: float = STRESS_THRESHOLD,
) -> PersonSummary:
    """Sum up one person's time.

    Args:
        series: The person over time.
        labels: Names of the probabilities' columns.
        stress_threshold: What angry, fear, sad and disgust together must pass to count.
    """
    seconds = float(series.weights_s.sum())
    # One frame alone lasts no time; it still shows something.
    weights = series.weights_s if seconds else np.ones_like(series.weights_s)
    weights = weights / weights.sum()
    led = np.bincount(series.leading, weights, minlength=len(labels))
    shares = {label: float(share) for label, share in zip(labels, led, strict=True)}
    happy = sum(share for label, share in shares.items() if canonical(label) == "happy")
    stress_ratio = float(weights[stress(series, labels) > stress_threshold].sum())
    return PersonSummary(
        series.person,
        seconds,
        float(series.times_s[0]),
        float(series.times_s[-1]),
        shares,
        _transitions(series, len(labels)),
        {
            labels[index]: _peaks(series, index, labels[index])
            for index in np.unique(series.leading)
        },
        happy,
        stress_ratio,
        stress_ratio > STRESSED_RATIO,
        float(weights @ valence(series, labels)),
    )


def stress(series: PersonSeries, labels: tuple[str, ...]) -> Series:
    """(N,) probability of angry, fear, sad and disgust together."""
    columns = [canonical(label) in STRESS_LABELS for label in labels]
    return np.asarray(series.probabilities[:, columns].sum(axis=1))


def valence(series: PersonSeries, labels: tuple[str, ...]) -> Series:
    """(N,) probability of positive less that of negative emotions, -1 to 1."""
    signs = np.array([_VALENCE[mood_of(label)] for label in labels])
    return np.asarray(series.probabilities @ signs)


def group_moods(record: VideoRecord, bins_s: Series) -> tuple[dict[Mood, Series], Series]:
    """The mood of all faces together over time.

    Args:
        record: What was read.
        bins_s: (B + 1,) edges of stretches of time, growing.

    Returns:
        For each mood (B,) its mean probability over all faces of the stretch, nan where nobody was
        seen; and (B,) the mean number of faces in a frame.
    """
    faces = record.faces
    bins = len(bins_s) - 1
    place = np.clip(np.searchsorted(bins_s, faces["time_s"], side="right") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins).astype(np.float64)
    frames_at = np.searchsorted(bins_s, record.frame_times_s, side="right") - 1
    frames = np.bincount(np.clip(frames_at, 0, bins - 1), minlength=bins)
    moods = {}
    for mood in MOODS:
        columns = [mood_of(label) == mood for label in record.header.labels]
        shares = faces["probabilities"][:, columns].sum(axis=1, dtype=np.float64)
        sums = np.bincount(place, shares, minlength=bins)
        moods[mood] = np.divide(sums, counts, out=np.full(bins, np.nan), where=counts > 0)
    return moods, np.divide(counts, frames, out=np.zeros(bins), where=frames > 0)


def thinned_stretches(
    series: PersonSeries, most: int, unseen_s: float = 0.0
) -> Iterator[tuple[PersonSeries, float]]:
    """What is to be drawn of a person: each stretch without an absence, and when it ends.

    Args:
        series: The person over time.
        most: About how many rows to draw in all; each is the mean of rows in a row.
        unseen_s: Absences that are no longer than this would not show.

    Yields:
        A stretch of time of two rows or more, unless it has only one, and the second of its last
        frame.
    """
    away = np.diff(series.times_s) > max(series.longest_step_s, unseen_s)
    count = len(series.times_s)
    for first, end in itertools.pairwise([0, *(np.flatnonzero(away) + 1).tolist(), count]):
        rows = slice(first, end)
        part = replace(
            series,
            times_s=series.times_s[rows],
            probabilities=series.probabilities[rows],
            leading=series.leading[rows],
            weights_s=series.weights_s[rows],
        )
        share = (end - first) / count
        yield _thinned(part, max(2, round(share * most))), float(series.times_s[end - 1])


def runs(values: npt.NDArray[np.generic]) -> Iterator[tuple[int, int]]:
    """Stretches of one value, as (first, after the last)."""
    changes = np.flatnonzero(values[1:] != values[:-1]) + 1
    return itertools.pairwise([0, *changes.tolist(), len(values)])


def _thinned(series: PersonSeries, most: int) -> PersonSeries:
    """A stretch without an absence over fewer rows, which are means of rows in a row."""
    count = len(series.times_s)
    if count <= most:
        return series
    starts = np.arange(0, count, -(-count // most))
    sizes = np.diff(starts, append=count)
    return replace(
        series,
        times_s=series.times_s[starts],
        probabilities=np.add.reduceat(series.probabilities, starts) / sizes[:, np.newaxis],
        leading=series.leading[starts],
        weights_s=np.add.reduceat(series.weights_s, starts),
    )


def _longest_step_s(record: VideoRecord) -> float:
    """Who was unseen for longer was away; longer where frames themselves are seconds apart."""
    if len(record.frame_times_s) < 2:
        return LONGEST_STEP_S
    return max(LONGEST_STEP_S, _MISSED_STEPS * float(np.median(np.diff(record.frame_times_s))))


def _breaks(series: PersonSeries) -> npt.NDArray[np.bool_]:
    return np.asarray(np.diff(series.times_s, prepend=series.times_s[0]) > series.longest_step_s)


def _stretches(is_there: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of rows without an absence, as (first, after the last)."""
    starts = [0, *np.flatnonzero(~is_there[1:]) + 1, len(is_there)]
    return list(itertools.pairwise(starts))


def _transitions(series: PersonSeries, labels: int) -> npt.NDArray[np.int64]:
    counts = np.zeros((labels, labels), np.int64)
    before, after = series.leading[:-1], series.leading[1:]
    changed = (before != after) & ~_breaks(series)[1:]
    np.add.at(counts, (before[changed], after[changed]), 1)
    return counts


def _peaks(series: PersonSeries, index: int, label: str, most: int = 3) -> tuple[Peak, ...]:
    values = np.where(series.leading == index, series.probabilities[:, index], -1.0)
    peaks: list[Peak] = []
    while len(peaks) < most:
        best = int(values.argmax())
        if values[best] < 0:
            break
        time_s = float(series.times_s[best])
        peaks.append(Peak(label, time_s, float(series.probabilities[best, index])))
        values = np.where(np.abs(series.times_s - time_s) < _PEAKS_APART_S, -1.0, values)
    return tuple(peaks)
