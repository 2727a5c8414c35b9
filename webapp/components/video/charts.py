"""Plotly figures of a video: people over time above one time axis, and who gives way to whom."""

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fer_core.domain.emotions import MOODS, colour_of
from fer_core.video.summary import (
    PersonSeries,
    PersonSummary,
    Series,
    group_moods,
    runs,
    thinned_stretches,
)
from fer_core.video.view import VideoView
from webapp.components.charts import MOOD_COLOURS

CONFIG = {"displayModeBar": False, "scrollZoom": True}

Stretches = Sequence[tuple[PersonSeries, float]]
"""What is drawn of a person, and when each part of it ends."""

_POINTS, _BINS = 600, 240
_MOOD_TITLE = "Group mood: " + " ".join(
    f'<span style="color:{MOOD_COLOURS[mood]}">■</span> {mood}' for mood in MOODS
)
_FALL_S = 1e-3  # from the last frame to nothing
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
                text=_MOOD_TITLE if person is None else html.escape(view.name_of(person)),
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
        stretches = list(thinned_stretches(view.series[person], _POINTS))
        _add_areas(figure, 2 * place + 1, stretches, view.labels, labels)
        _add_strip(figure, 2 * place + 2, stretches, view.labels)
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
    stretches: Stretches,
    all_labels: tuple[str, ...],
    labels: Sequence[str],
) -> None:
    times, values = _with_absences(stretches)
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


def _with_absences(stretches: Stretches) -> tuple[Series, Series]:
    """Times and probabilities, with zeros on both sides of each absence."""
    times: list[Series] = []
    values: list[Series] = []
    for part, end_s in stretches:
        nothing = np.zeros((1, part.probabilities.shape[1]))
        times += [part.times_s[:1] - _FALL_S, part.times_s]
        values += [nothing, part.probabilities]
        if end_s > part.times_s[-1]:  # the last row's mean holds until then
            times.append(np.array([end_s]))
            values.append(part.probabilities[-1:])
        times.append(np.array([end_s + _FALL_S]))
        values.append(nothing)
    return np.concatenate(times)[1:-1], np.concatenate(values)[1:-1]


def _add_strip(figure: go.Figure, row: int, stretches: Stretches, labels: tuple[str, ...]) -> None:
    """One bar for each run of one leading emotion."""
    bars = [
        (times[first], times[end], labels[part.leading[first]])
        for part, end_s in stretches
        for times in [np.append(part.times_s, end_s)]
        for first, end in runs(part.leading)
    ]
    starts, ends, names = zip(*bars, strict=True)
    figure.add_trace(
        go.Bar(
            base=starts,
            x=np.maximum(np.subtract(ends, starts), 0.02),
            y=[""] * len(bars),
            orientation="h",
            width=1,
            marker={"color": [colour_of(name) for name in names], "line": {"width": 0}},
            customdata=names,
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
    # By frames, not by seconds: a stretch without a frame would look like one without a face.
    edges = np.append(times[:: -(-len(times) // _BINS)], np.nextafter(times[-1], np.inf))
    moods, _ = group_moods(view.record, edges)
    middles = (edges[:-1] + edges[1:]) / 2
    middles[0], middles[-1] = times[0], max(times[-1], middles[0])
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
