"""Plotly figures of a model's report; colours hold on light and dark backgrounds alike."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from fer_core.domain.emotions import colour_of

Row = Mapping[str, Any]

CONFIG = {"displayModeBar": False}

BLUE, ORANGE, GREY = "#2B83C4", "#E69F00", "#8C919A"
# Half transparent at most, so that the theme's own text stays readable on the darkest cell.
_BLUES = [[0.0, "rgba(43, 131, 196, 0.03)"], [1.0, "rgba(43, 131, 196, 0.62)"]]
_ORANGE_TO_BLUE = [
    [0.0, "rgba(230, 159, 0, 0.62)"],
    [0.5, "rgba(140, 145, 154, 0.03)"],
    [1.0, "rgba(43, 131, 196, 0.62)"],
]


def learning_curve(history: Sequence[Row], figure_name: str) -> go.Figure:
    """Accuracy or loss by epoch, of the training and of the selection split.

    Args:
        history: One row for each epoch.
        figure_name: "accuracy" or "loss".
    """
    epochs = [row["epoch"] for row in history]
    lines = (("training", figure_name, GREY), ("selection", f"val_{figure_name}", BLUE))
    figure = go.Figure(
        [
            go.Scatter(
                x=epochs,
                y=[row[key] for row in history],
                name=name,
                mode="lines" if len(history) > 1 else "markers",  # one epoch makes no line
                line={"color": colour, "width": 2},
                hovertemplate=f"epoch %{{x}}: %{{y:.3f}} ({name})<extra></extra>",
            )
            for name, key, colour in lines
        ]
    )
    figure.update_yaxes(tickformat=".0%" if figure_name == "accuracy" else None)
    return _laid_out(figure, 300, "epoch", figure_name)


def confusion_matrix(report: Row, by_share: bool, text_colour: str) -> go.Figure:
    """True classes down, predicted across; counts, or shares of each true class.

    Args:
        report: With `labels` and `confusion`.
        by_share: Write shares of the true class into the cells; their colour always shows them.
        text_colour: The theme's, for the cells; the one that a figure inherits is too faint.
    """
    labels, matrix = report["labels"], report["confusion"]
    shares = [[count / max(sum(row), 1) for count in row] for row in matrix]
    texts = [
        [f"{share:.0%}" if by_share else f"{count:,}" for count, share in zip(*pair, strict=True)]
        for pair in zip(matrix, shares, strict=True)
    ]
    colours = {"colorscale": _BLUES, "zmin": 0, "zmax": 1}
    hover = "%{y} read as %{x}: %{customdata:,} (%{z:.1%})<extra></extra>"
    return _cells(labels, shares, matrix, texts, text_colour, hover, colours)


def signed_matrix(
    labels: Sequence[str],
    differences: Sequence[Sequence[int]],
    supports: Sequence[int],
    text_colour: str,
) -> go.Figure:
    """How many pictures more or fewer each cell of one confusion matrix has than another's.

    Args:
        labels: Class names.
        differences: Rows of true classes.
        supports: Pictures of each true class, which the colours are shares of.
        text_colour: The theme's, for the cells.
    """
    shares = [
        [count / max(support, 1) for count in row]
        for row, support in zip(differences, supports, strict=True)
    ]
    texts = [[f"{count:+,}" if count else "0" for count in row] for row in differences]
    widest = max((abs(share) for row in shares for share in row), default=0.0) or 1.0
    colours = {"colorscale": _ORANGE_TO_BLUE, "zmin": -widest, "zmax": widest}
    hover = "%{y} read as %{x}: %{customdata:+,} (%{z:+.1%})<extra></extra>"
    return _cells(labels, shares, differences, texts, text_colour, hover, colours)


def _cells(
    labels: Sequence[str],
    shares: Sequence[Sequence[float]],
    counts: Sequence[Sequence[int]],
    texts: Sequence[Sequence[str]],
    text_colour: str,
    hover: str,
    colours: Mapping[str, Any],
) -> go.Figure:
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=labels,
            y=labels,
            customdata=counts,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate=hover,
            **colours,
        )
    )
    # A heatmap's own text picks black or white without looking through the half transparent cell.
    font = {"size": 12, "color": text_colour}
    # All at once: each that Plotly adds alone has it check all the others again.
    figure.update_layout(
        annotations=[
            {"x": other, "y": label, "text": text, "showarrow": False, "font": font}
            for label, row in zip(labels, texts, strict=True)
            for other, text in zip(labels, row, strict=True)
        ]
    )
    figure.update_yaxes(autorange="reversed", ticks="", showgrid=False)
    figure.update_xaxes(ticks="", showgrid=False, tickangle=-40)
    return _laid_out(figure, 46 * len(labels) + 90, "predicted", "true")


def reliability_diagram(bins: Sequence[Row]) -> go.Figure:
    """How often answers of each confidence are right, beside the line of perfect calibration."""
    figure = go.Figure(
        [
            go.Bar(
                x=[(row["low"] + row["high"]) / 2 for row in bins],
                y=[row["accuracy"] for row in bins],
                width=[0.9 * (row["high"] - row["low"]) for row in bins],
                customdata=[[row["confidence"], row["count"]] for row in bins],
                marker={"color": BLUE},
                hovertemplate="said %{customdata[0]:.1%}, right %{y:.1%} "
                "of %{customdata[1]:,}<extra></extra>",
            ),
            _diagonal(),
        ]
    )
    return _square(figure, "stated probability", "share that is right")


def roc_curves(roc: Row) -> go.Figure:
    """One curve for each class against the rest."""
    figure = go.Figure(
        [
            go.Scatter(
                x=row["false_positive_rate"],
                y=row["true_positive_rate"],
                name=f"{label} {row['auc']:.2f}",
                mode="lines",
                line={"color": colour_of(label), "width": 2},
                hovertemplate=f"{label}: %{{y:.0%}} found at %{{x:.0%}} false alarms"
                "<extra></extra>",
            )
            for label, row in roc["per_class"].items()
        ]
    )
    figure.add_trace(_diagonal())
    _square(figure, "false alarms", "found")
    # The corner that no curve of use passes through.
    corner = {"orientation": "v", "x": 1, "xanchor": "right", "y": 0, "yanchor": "bottom"}
    return figure.update_layout(legend=corner | {"bgcolor": "rgba(0, 0, 0, 0)"})


def rank_bars(ranks: Row) -> go.Figure:
    """Share of faces whose true label stands first, second, third and so on."""
    overall = ranks["overall"]
    shares = [count / sum(overall) for count in overall]
    figure = go.Figure(
        go.Bar(
            x=[_ordinal(place) for place in range(1, len(shares) + 1)],
            y=shares,
            marker={"color": [BLUE, *[GREY] * (len(shares) - 1)], "cornerradius": 3},
            text=[f"{share:.1%}" for share in shares],
            textposition="outside",
            cliponaxis=False,
            customdata=overall,
            hovertemplate="%{x}: %{customdata:,} faces<extra></extra>",
        )
    )
    figure.update_yaxes(visible=False, range=[0, 1.15 * max(shares)])
    figure.update_xaxes(showgrid=False, ticks="")
    return _laid_out(figure, 260, "place of the true label", "")


def fold_bars(folds: Sequence[Row]) -> go.Figure:
    """Accuracy on each fold of a cross-validation."""
    figure = go.Figure(
        go.Bar(
            x=[str(number) for number in range(1, len(folds) + 1)],
            y=[row["accuracy"] for row in folds],
            marker={"color": BLUE, "cornerradius": 3},
            customdata=[row["n"] for row in folds],
            hovertemplate="fold %{x}: %{y:.1%} of %{customdata:,}<extra></extra>",
        )
    )
    figure.update_yaxes(range=[0, 1], tickvals=[0, 0.5, 1], tickformat=".0%")
    figure.update_xaxes(type="category", showgrid=False, ticks="")
    return _laid_out(figure, 200, "fold", "")


def corruption_curve(row: Row) -> go.Figure:
    """Accuracy at each level of one corruption, the level that changes nothing marked."""
    at_rest = [level == row["clean"] for level in row["levels"]]
    figure = go.Figure(
        go.Scatter(
            x=[f"{level:g}" for level in row["levels"]],  # evenly apart, so that none overlap
            y=row["accuracy"],
            mode="lines+markers",
            line={"color": BLUE, "width": 2},
            marker={
                "size": [10 if rest else 7 for rest in at_rest],
                "color": [ORANGE if rest else BLUE for rest in at_rest],
            },
            hovertemplate="%{x}: %{y:.1%}<extra></extra>",
        )
    )
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(range=[0, 1], tickvals=[0, 0.5, 1], tickformat=".0%")
    return _laid_out(figure, 190, row["unit"], "")


def _ordinal(place: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(place, f"{place}th")


def _diagonal() -> go.Scatter:
    line = {"color": GREY, "width": 1, "dash": "dot"}
    return go.Scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=line, hoverinfo="skip", showlegend=False
    )


def _square(figure: go.Figure, across: str, up: str) -> go.Figure:
    ticks = {"range": [0, 1], "tickvals": [0, 0.25, 0.5, 0.75, 1], "tickformat": ".0%"}
    figure.update_xaxes(**ticks, showgrid=False)
    figure.update_yaxes(**ticks)
    return _laid_out(figure, 360, across, up)


def _laid_out(figure: go.Figure, height: int, across: str, up: str) -> go.Figure:
    """Same margins, legend and titles for all; nothing zooms by accident while scrolling."""
    figure.update_xaxes(title=across or None, fixedrange=True, automargin=True, zeroline=False)
    figure.update_yaxes(title=up or None, fixedrange=True, automargin=True, zeroline=False)
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 22, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        showlegend=sum(trace.name is not None for trace in figure.data) > 1,
    )
    return figure
