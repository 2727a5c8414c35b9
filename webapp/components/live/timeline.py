"""The last minute of a face as a Plotly figure."""

from collections.abc import Sequence

import plotly.graph_objects as go

from fer_core.domain.emotions import colour_of
from fer_core.inference.session import TIMELINE_S, Moment

_POINTS = 240


def timeline_chart(moments: Sequence[Moment], track_id: int | None) -> go.Figure:
    """Probabilities over time, a line for each emotion.

    Args:
        moments: Of all faces, the oldest first; at least one.
        track_id: Whose to draw; None for nobody's.
    """
    now = moments[-1].time_s
    own = [moment for moment in moments if moment.track_id == track_id]
    own = own[:: max(1, len(own) // _POINTS)]
    labels = own[0].scores.labels if own else ()
    figure = go.Figure(
        [
            go.Scatter(
                x=[moment.time_s - now for moment in own],
                y=[100 * moment.scores.probabilities[index] for moment in own],
                name=label,
                mode="lines",
                line={"color": colour_of(label), "width": 2},
                hovertemplate="%{y:.0f}%",
            )
            for index, label in enumerate(labels)
        ]
    )
    figure.update_xaxes(range=[-TIMELINE_S, 0], ticksuffix=" s", fixedrange=True, zeroline=False)
    figure.update_yaxes(range=[0, 100], ticksuffix="%", fixedrange=True, zeroline=False)
    return figure.update_layout(
        height=210,
        margin={"l": 0, "r": 0, "t": 4, "b": 0},
        showlegend=False,
        hovermode="x unified",
        uirevision="live",
    )
