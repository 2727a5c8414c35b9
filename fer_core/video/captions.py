"""What a video's people show, as captions that can be read while it plays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.video.view import VideoView

LEAST_CUE_S = 0.5
"""A caption that is shown for less cannot be read."""

_LAST_FRAME_S = 0.04  # how long a video's only frame is shown


@dataclass(frozen=True, slots=True)
class Shown:
    """What one person shows.

    Attributes:
        person: The number.
        label: The emotion that leads, smoothed.
        probability: Its smoothed probability; a caption's is the mean of its frames.
    """

    person: int
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption.

    Attributes:
        start_s: When it appears.
        end_s: When it goes.
        shown: Who is seen, in the order of their numbers; never empty.
    """

    start_s: float
    end_s: float
    shown: tuple[Shown, ...]


_Seen = tuple[Shown, ...]
_Part = tuple[int, int]  # of the frames: the first, and the one after the last


def cues(view: VideoView, least_s: float = LEAST_CUE_S) -> list[Cue]:
    """One caption for each stretch of time in which the same people show the same.

    Args:
        view: The record; only `VideoView.persons` are told of.
        least_s: Shorter captions are joined with their neighbours. One that joins several shows
            whoever is seen in half of it, with the emotion that led most of that time.

    Returns:
        Captions in order; while nobody is seen there is none.
    """
    seen, times = _seen(view), _edges(view)
    found: list[Cue] = []
    for first, end in _joined(seen, times, least_s):
        cue = Cue(times[first], times[end], _most_seen(seen[first:end]))
        if found and found[-1].end_s == cue.start_s and _who(found[-1].shown) == _who(cue.shown):
            cue = _as_one(found.pop(), cue)
        if cue.shown:
            found.append(cue)
    return found


def _seen(view: VideoView) -> list[_Seen]:
    """For each frame who is seen in it."""
    frame_times = view.record.frame_times_s
    frames: list[list[Shown]] = [[] for _ in frame_times]
    for person in sorted(view.persons):
        series = view.series[person]
        places = np.searchsorted(frame_times, series.times_s).tolist()
        led = series.probabilities[np.arange(len(places)), series.leading]
        rows = zip(places, series.leading.tolist(), led.tolist(), strict=True)
        for place, index, probability in rows:
            frames[place].append(Shown(person, view.labels[index], probability))
    return [tuple(shown) for shown in frames]


def _edges(view: VideoView) -> list[float]:
    """When each frame begins, and when the last one ends."""
    times = view.record.frame_times_s
    usual_s = float(np.median(np.diff(times))) if len(times) > 1 else _LAST_FRAME_S
    return [*times.tolist(), *(times[-1:] + usual_s).tolist()]


def _joined(seen: Sequence[_Seen], times: Sequence[float], least_s: float) -> list[_Part]:
    """Parts that are long enough to be read; one between two absences may be shorter."""
    parts: list[_Part] = []

    def is_long(part: _Part) -> bool:
        return times[part[1]] - times[part[0]] > least_s - 1e-6

    def is_absence(part: _Part) -> bool:
        # A face that the detector misses for a moment is still there.
        return is_long(part) and not any(seen[slice(*part)])

    def join_the_last() -> None:
        if len(parts) > 1 and not is_long(parts[-1]) and not is_absence(parts[-2]):
            _, end = parts.pop()
            parts[-1] = parts[-1][0], end

    for part in _alike(seen):
        if is_absence(part):
            join_the_last()
            parts.append(part)
        elif parts and not is_long(parts[-1]):
            parts[-1] = parts[-1][0], part[1]
        else:
            parts.append(part)
    join_the_last()
    return parts


def _alike(seen: Sequence[_Seen]) -> Iterator[_Part]:
    """Parts in which the same people show the same."""
    first = 0
    for place in range(1, len(seen) + 1):
        if place == len(seen) or _who(seen[place]) != _who(seen[first]):
            yield first, place
            first = place


def _who(shown: _Seen) -> list[tuple[int, str]]:
    return [(one.person, one.label) for one in shown]


def _most_seen(frames: Sequence[_Seen]) -> _Seen:
    """What each person who is seen in half of the frames shows in most of them."""
    by_person: dict[int, list[Shown]] = {}
    for one in (one for shown in frames for one in shown):
        by_person.setdefault(one.person, []).append(one)
    return tuple(
        _mean(shown) for _, shown in sorted(by_person.items()) if 2 * len(shown) >= len(frames)
    )


def _mean(shown: Sequence[Shown]) -> Shown:
    """One person's most frequent emotion with its mean probability."""
    labels = [one.label for one in shown]
    label = max(dict.fromkeys(labels), key=labels.count)
    led = [one.probability for one in shown if one.label == label]
    return Shown(shown[0].person, label, sum(led) / len(led))


def _as_one(before: Cue, after: Cue) -> Cue:
    """Two captions, one right after the other, that say the same."""
    share = (before.end_s - before.start_s) / (after.end_s - before.start_s)
    shown = tuple(
        Shown(a.person, a.label, share * a.probability + (1 - share) * b.probability)
        for a, b in zip(before.shown, after.shown, strict=True)
    )
    return Cue(before.start_s, after.end_s, shown)
