"""Plotly figures of runs: curves that grow, several runs over one another, and what differs."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from fer_core.training.history import Epoch
from webapp.components.report_charts import GREY, learning_curve, signed_matrix

FIGURES = {
    "accuracy": "Accuracy",
    "loss": "Loss",
    "macro_f1": "Macro F1",
    "learning_rate": "Learning rate",
}
"""Figures of an epoch that are drawn, by the name that the history has for them."""

# Okabe and Ito's colours, which colour-blind people can tell apart, without the yellow.
_RUN_COLOURS = ("#2B83C4", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#8C919A")
MOST_RUNS = len(_RUN_COLOURS)


def curve(history: Sequence[Epoch], name: str, zoom: tuple[float, float] | None) -> go.Figure:
    """One figure of a run by epoch, of training and of validation where there are both.

    Args:
        history: A row for each finished epoch.
        name: One of `FIGURES`.
        zoom: First and last epoch to show; None for all.
    """
    if name == "learning_rate":
        figure = go.Figure(_line(history, name, "learning rate", GREY))
        figure.update_yaxes(tickformat=".2~g", exponentformat="power")
        figure.update_layout(
            height=300, margin={"l": 0, "r": 22, "t": 8, "b": 0}, xaxis_title="epoch"
        )
    else:
        figure = learning_curve(history, name)
    # A box drawn over the curve zooms: what Plotly itself would remember goes at each refresh.
    figure.update_layout(height=260, dragmode="select", selectdirection="h", yaxis_title=None)
    figure.update_xaxes(fixedrange=True, range=zoom, automargin=True, zeroline=False)
    figure.update_yaxes(fixedrange=True, automargin=True, zeroline=False)
    if name == "learning_rate":  # from nothing: most rates do not change at all
        figure.update_yaxes(
            range=[0.0, 1.1 * max((row.get(name, 0.0) for row in history), default=1)]
        )
    elif zoom is not None:
        figure.update_yaxes(range=_between(figure, zoom))
    return figure


def overlay(histories: Mapping[str, Sequence[Epoch]], name: str) -> go.Figure:
    """One figure of several runs by epoch.

    Args:
        histories: The run's name and its epochs; at most `MOST_RUNS`.
        name: A column of the histories.
    """
    pairs = zip(histories.items(), _RUN_COLOURS, strict=False)
    figure = go.Figure([_line(rows, name, run, colour) for (run, rows), colour in pairs])
    figure.update_layout(
        height=360,
        margin={"l": 0, "r": 22, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        showlegend=True,
        xaxis_title="epoch",
        hovermode="x unified",
    )
    figure.update_yaxes(
        tickformat=".0%" if "accuracy" in name or "f1" in name else None, zeroline=False
    )
    return figure.update_xaxes(zeroline=False, automargin=True)


def confusion_difference(
    labels: Sequence[str],
    first: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
    text_colour: str,
) -> go.Figure:
    """How many more pictures of each class the first run gives to each class than the second.

    Args:
        labels: The K class names.
        first: (K, K) counts; row is the true class, column the predicted one.
        second: (K, K), of the same pictures.
        text_colour: The theme's, for the cells.
    """
    return signed_matrix(labels, (first - second).tolist(), first.sum(axis=1).tolist(), text_colour)


def _line(history: Sequence[Epoch], name: str, title: str, colour: str) -> go.Scatter:
    rows = [row for row in history if name in row]
    return go.Scatter(
        x=[row["epoch"] for row in rows],
        y=[row[name] for row in rows],
        name=title,
        mode="lines" if len(rows) > 1 else "markers",  # one epoch makes no line
        line={"color": colour, "width": 2},
        hovertemplate="%{y:.4g}",
    )


def _between(figure: go.Figure, zoom: tuple[float, float]) -> list[float] | None:
    """Least and greatest value within a zoom, with some room."""
    values = [
        y
        for trace in figure.data
        for x, y in zip(trace.x, trace.y, strict=True)
        if zoom[0] <= x <= zoom[1] and np.isfinite(y)
    ]
    if not values:
        return None
    room = 0.06 * (max(values) - min(values)) or 0.01
    return [min(values) - room, max(values) + room]
