"""Plotly figures of scores; text and grid follow Streamlit's theme, light or dark."""

import plotly.graph_objects as go

from fer_core.domain.analysis import EmotionScores
from fer_core.domain.emotions import MOODS, Mood, colour_of
from fer_core.inference.summary import GroupMood

MOOD_COLOURS: dict[Mood, str] = {
    "positive": colour_of("happy"),
    "neutral": colour_of("neutral"),
    "negative": colour_of("sad"),
}
CONFIG = {"displayModeBar": False, "staticPlot": False}


def composition(scores: EmotionScores) -> go.Figure:
    """The probabilities of one face as bars, largest first."""
    ranked = scores.ranked()
    labels = [label for label, _ in ranked]
    values = [100 * probability for _, probability in ranked]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=labels,
            orientation="h",
            marker={"color": [colour_of(label) for label in labels], "cornerradius": 3},
            text=[f"{value:.1f}" for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1f}%<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 135], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, ticks="", showgrid=False)
    figure.update_layout(
        height=24 * len(labels) + 12,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        bargap=0.25,
        showlegend=False,
    )
    return figure


def mood_bar(mood: GroupMood) -> go.Figure:
    """Shares of positive, neutral and negative as one stacked bar."""
    figure = go.Figure(
        [
            go.Bar(
                name=name,
                x=[100 * mood.shares[name]],
                y=[""],
                orientation="h",
                marker={"color": MOOD_COLOURS[name]},
                hovertemplate=f"{name}: %{{x:.0f}}%<extra></extra>",
            )
            for name in MOODS
        ]
    )
    figure.update_xaxes(range=[0, 100], visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.update_layout(
        barmode="stack",
        height=64,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"orientation": "h", "y": -0.1, "x": 0, "traceorder": "normal"},
    )
    return figure
