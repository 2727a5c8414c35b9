"""A video's series as SVG for a page without scripts: stretched to its width, named beneath."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from fer_core.domain.durations import clock
from fer_core.domain.emotions import MOODS, Mood, colour_of
from fer_core.video.summary import PersonSeries, Series, runs, thinned_stretches

MOOD_COLOURS: dict[Mood, str] = {
    "positive": colour_of("happy"),
    "neutral": colour_of("neutral"),
    "negative": colour_of("sad"),
}
MOST_POINTS = 400
"""More would not be seen apart on a page's width."""

Span = tuple[float, float]

_WIDTH, _HEIGHT, _STRIP = 1000, 120, 14
_TICK_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_MOST_TICKS = 6
_LEAST_SPAN_S = 0.04


def _short(time_s: float) -> str:
    """A time without the tenths that it has not."""
    return clock(time_s).removesuffix(".0")


def person_chart(series: PersonSeries, labels: Sequence[str], span: Span) -> str:
    """One person's probabilities, stacked, over a strip of the emotion that leads.

    Args:
        series: The person over time.
        labels: Names of the probabilities.
        span: First and last second of the video that was read.
    """
    shapes = [f'<rect class="nobody" width="{_WIDTH}" height="{_HEIGHT}"/>']
    strip = [f'<rect class="nobody" width="{_WIDTH}" height="{_STRIP}"/>']
    colours = [colour_of(label) for label in labels]
    unseen_s = 2 * (span[1] - span[0]) / MOST_POINTS
    for part, end_s in thinned_stretches(series, MOST_POINTS, unseen_s):
        x = _x(np.append(part.times_s, end_s), span)
        tops = np.vstack([part.probabilities, part.probabilities[-1:]]).cumsum(axis=1)
        # From the whole down to the first alone: each lies over the one before.
        for index in range(len(labels) - 1, -1, -1):
            shapes.append(_area(x, tops[:, index], colours[index]))
        strip += [_bar(x[a], x[b], colours[part.leading[a]]) for a, b in runs(part.leading)]
    return _svg(shapes, _HEIGHT, "Probabilities over time", span) + _svg(
        strip, _STRIP, "Leading emotion over time", span
    )


def mood_chart(moods: Mapping[Mood, Series], edges_s: Series, span: Span) -> str:
    """The mood of all faces together, stacked.

    Args:
        moods: (B,) for each mood, nan where nobody was seen.
        edges_s: (B + 1,) where the stretches of time begin and end.
        span: First and last second of the video that was read.
    """
    shapes = [f'<rect class="nobody" width="{_WIDTH}" height="{_HEIGHT}"/>']
    tops = np.stack([moods[mood] for mood in MOODS], axis=1).cumsum(axis=1)
    x = _x(edges_s, span)
    for first, end in runs(np.isnan(tops[:, 0])):
        if not np.isnan(tops[first, 0]):
            steps = np.repeat(x[first : end + 1], 2)[1:-1]
            for index in range(len(MOODS) - 1, -1, -1):
                top = np.repeat(tops[first:end, index], 2)
                shapes.append(_area(steps, top, MOOD_COLOURS[MOODS[index]]))
    return _svg(shapes, _HEIGHT, "Mood of all faces over time", span)


def time_axis(span: Span) -> str:
    """Times beneath a chart, as HTML: letters in the SVG would be stretched with it."""
    marks = [
        f'<span style="left:{_x(np.array([tick]), span)[0] / _WIDTH:.2%}">{_short(tick)}</span>'
        for tick in _ticks(span)
    ]
    return f'<div class="axis" aria-hidden="true">{"".join(marks)}</div>'


def _x(times_s: Series, span: Span) -> Series:
    seconds = max(span[1] - span[0], _LEAST_SPAN_S)
    return np.clip((times_s - span[0]) / seconds * _WIDTH, 0, _WIDTH)


def _area(x: Series, tops: Series, colour: str) -> str:
    """Everything under a line; the last point is drawn at least one unit wide."""
    right = max(x[-1], x[0] + 1)
    ups = " ".join(f"{a:.0f},{(1 - b) * _HEIGHT:.1f}" for a, b in zip(x, tops, strict=True))
    end = f"{right:.0f},{(1 - tops[-1]) * _HEIGHT:.1f} {right:.0f},{_HEIGHT}"
    return f'<polygon fill="{colour}" points="{x[0]:.0f},{_HEIGHT} {ups} {end}"/>'


def _bar(left: float, right: float, colour: str) -> str:
    width = max(right - left, 1)
    return f'<rect x="{left:.1f}" width="{width:.1f}" height="{_STRIP}" fill="{colour}"/>'


def _svg(shapes: Sequence[str], height: int, name: str, span: Span) -> str:
    lines = "".join(
        f'<path class="tick" d="M{x:.1f} 0V{height}"/>' for x in _x(np.array(_ticks(span)), span)
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(name)}" style="height:{height}px">{"".join(shapes)}{lines}</svg>'
    )


def _ticks(span: Span) -> list[float]:
    seconds = max(span[1] - span[0], _LEAST_SPAN_S)
    fitting = (step for step in _TICK_STEPS_S if seconds / step <= _MOST_TICKS)
    step = next(fitting, seconds / _MOST_TICKS)
    first = max(0.0, np.ceil(span[0] / step - 1e-9) * step)  # ceil may give a zero below zero
    return [float(tick) for tick in np.arange(first, span[1] + 1e-9, step)]
