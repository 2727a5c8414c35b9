"""Plotly figures of a video: people over time above one time axis, and who gives way to whom."""

import html
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fer_core.domain.emotions import MOODS, colour_of
from fer_core.inference.session import LONGEST_STEP_S
from fer_core.video.summary import PersonSeries, PersonSummary, group_moods, thinned
from fer_core.video.view import VideoView
from webapp.components.charts import MOOD_COLOURS

CONFIG = {"displayModeBar": False, "scrollZoom": True}

_POINTS, _BINS = 600, 240
_AREA_PX, _STRIP_PX, _MOOD_PX, _GAP_PX, _TITLE_PX = 140, 18, 80, 4, 34


def timeline(view: VideoView, persons: Sequence[int], labels: Sequence[str]) -> go.Figure:
    """For each person stacked probabilities and a strip of who leads; below them the group's mood.

    Args:
        view: What was read.
        persons: Whose rows to draw, from the top.
        labels: Which emotions to stack; the strip always shows all.
    """
    # From the top: for each person a title, the areas, the strip; then the mood.
    rows: list[tuple[int, int]] = [(_TITLE_PX, _AREA_PX), (_GAP_PX, _STRIP_PX)] * len(persons)
    rows.append((_TITLE_PX, _MOOD_PX))
    total = sum(gap + height for gap, height in rows)
    figure = make_subplots(rows=len(rows), cols=1, shared_xaxes=True)
    top = float(total)
    for row, (gap, height) in enumerate(rows, start=1):
        top -= gap
        figure.update_yaxes(domain=[(top - height) / total, top / total], row=row, col=1)
        if gap == _TITLE_PX:
            person = persons[row // 2] if row < len(rows) else None
            figure.add_annotation(
                text="Group mood" if person is None else html.escape(view.name_of(person)),
                xref="paper",
                yref="paper",
                x=0,
                y=top / total,
                xanchor="left",
                yanchor="bottom",
                showarrow=False,
                font_size=13,
            )
        top -= height
    for place, person in enumerate(persons):
        series = thinned(view.series[person], _POINTS)
        _add_areas(figure, 2 * place + 1, series, view.labels, labels)
        _add_strip(figure, 2 * place + 2, series, view.labels)
    _add_moods(figure, len(rows), view)
    end_s = float(view.record.frame_times_s[-1]) if len(view.record.frame_times_s) else 1.0
    start_s = float(view.record.frame_times_s[0]) if len(view.record.frame_times_s) else 0.0
    figure.update_xaxes(range=[start_s, max(end_s, start_s + 0.1)], showgrid=False, zeroline=False)
    figure.update_xaxes(title_text="seconds", row=len(rows), col=1)
    figure.update_yaxes(fixedrange=True, zeroline=False)
    figure.update_layout(
        height=total + 44,
        margin={"l": 0, "r": 8, "t": 0, "b": 44},
        showlegend=False,
        hovermode="x",
        clickmode="event+select",
        dragmode="zoom",
    )
    return figure


def transitions(
    summary: PersonSummary, labels: tuple[str, ...], text_colour: str
) -> go.Figure | None:
    """How often one leading emotion gave way to another; None where none did."""
    seen = [
        index
        for index in range(len(labels))
        if summary.transitions[index].any() or summary.transitions[:, index].any()
    ]
    if not seen:
        return None
    matrix = summary.transitions[np.ix_(seen, seen)]
    names = [labels[index] for index in seen]
    figure = go.Figure(
        go.Heatmap(
            z=matrix,
            x=names,
            y=names,
            text=[[str(n) if n else "" for n in row] for row in matrix.tolist()],
            texttemplate="%{text}",
            textfont={"color": text_colour},
            colorscale=[[0, "rgba(43, 131, 196, 0.03)"], [1, "rgba(43, 131, 196, 0.62)"]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} → %{x}: %{z}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    figure.update_xaxes(fixedrange=True, showgrid=False, side="top")
    figure.update_layout(height=34 * len(seen) + 50, margin={"l": 0, "r": 0, "t": 24, "b": 0})
    return figure


def _add_areas(
    figure: go.Figure,
    row: int,
    series: PersonSeries,
    all_labels: tuple[str, ...],
    labels: Sequence[str],
) -> None:
    times, values = _with_gaps(series)
    for label in all_labels:
        if label not in labels:
            continue
        figure.add_trace(
            go.Scatter(
                x=times,
                y=values[:, all_labels.index(label)],
                name=label,
                # Lines cannot be clicked in Plotly, points can.
                mode="lines+markers",
                marker={"size": 7, "opacity": 0},
                line={"width": 0, "color": colour_of(label)},
                fillcolor=colour_of(label),
                stackgroup=f"person {row}",
                hovertemplate=f"{label} %{{y:.0%}}<extra></extra>",
            ),
            row=row,
            col=1,
        )
    figure.update_yaxes(
        range=[0, 1], tickformat=".0%", tickvals=[0, 0.5, 1], showgrid=False, row=row, col=1
    )


def _with_gaps(
    series: PersonSeries,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Times and probabilities with zeros on both sides of each absence."""
    gaps = np.flatnonzero(np.diff(series.times_s) > LONGEST_STEP_S) + 1
    nothing = np.zeros((len(gaps), series.probabilities.shape[1]))
    after = np.insert(series.times_s, gaps, series.times_s[gaps] - 1e-3)
    values = np.insert(series.probabilities, gaps, nothing, axis=0)
    before = gaps + np.arange(len(gaps))
    after = np.insert(after, before, series.times_s[gaps - 1] + 1e-3)
    return after, np.insert(values, before, nothing, axis=0)


def _add_strip(figure: go.Figure, row: int, series: PersonSeries, labels: tuple[str, ...]) -> None:
    """One bar for each stretch in which one emotion leads."""
    times, leading = series.times_s, series.leading
    is_new = np.diff(leading, prepend=-1) != 0
    is_new |= np.diff(times, prepend=times[0]) > LONGEST_STEP_S
    starts = np.flatnonzero(is_new)
    ends = np.append(starts[1:], len(times)) - 1
    # A stretch lasts until the next one begins, unless nobody was there in between.
    following = np.append(times[starts[1:]], times[-1])
    until = np.where(following - times[ends] > LONGEST_STEP_S, times[ends], following)
    figure.add_trace(
        go.Bar(
            base=times[starts],
            x=np.maximum(until - times[starts], 0.02),
            y=[""] * len(starts),
            orientation="h",
            width=1,
            marker={
                "color": [colour_of(labels[index]) for index in leading[starts]],
                "line": {"width": 0},
            },
            customdata=[labels[index] for index in leading[starts]],
            hovertemplate="%{customdata}, from %{base:.1f} s<extra></extra>",
        ),
        row=row,
        col=1,
    )
    figure.update_yaxes(visible=False, row=row, col=1)


def _add_moods(figure: go.Figure, row: int, view: VideoView) -> None:
    times = view.record.frame_times_s
    if not len(times):
        return
    bins = np.linspace(times[0], max(times[-1], times[0] + 0.1), min(_BINS, len(times)) + 1)
    moods, _ = group_moods(view.record, bins)
    middles = (bins[:-1] + bins[1:]) / 2
    for mood in MOODS:
        figure.add_trace(
            go.Scatter(
                x=middles,
                y=np.nan_to_num(moods[mood]),
                name=mood,
                mode="lines+markers",
                marker={"size": 7, "opacity": 0},
                line={"width": 0, "color": MOOD_COLOURS[mood]},
                fillcolor=MOOD_COLOURS[mood],
                stackgroup="mood",
                hovertemplate=f"{mood} %{{y:.0%}}<extra></extra>",
            ),
            row=row,
            col=1,
        )
    figure.update_yaxes(
        range=[0, 1], tickformat=".0%", tickvals=[0, 0.5, 1], showgrid=False, row=row, col=1
    )
