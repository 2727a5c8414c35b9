"""A Plotly figure of what data holds; colours hold on light and dark backgrounds alike."""

from collections.abc import Mapping

import plotly.graph_objects as go

from webapp.components.report_charts import BLUE, GREY, ORANGE

_COLOURS = (BLUE, ORANGE, GREY, "#009E73", "#CC79A7")
_FIRST = ("Training", "PublicTest", "Validation", "PrivateTest", "Test")


def class_counts(counts: Mapping[str, Mapping[str, int]]) -> go.Figure:
    """Pictures of each class, stacked by split.

    Args:
        counts: `{split: {label: n}}`, as `FaceDataset.counts` tells it.
    """
    order = {split: place for place, split in enumerate(_FIRST)}
    splits = sorted(counts, key=lambda split: (order.get(split, len(order)), split))
    figure = go.Figure(
        [
            go.Bar(
                name=split,
                y=list(counts[split]),
                x=list(counts[split].values()),
                orientation="h",
                marker={"color": _COLOURS[place % len(_COLOURS)]},
                hovertemplate=f"%{{y}}: %{{x:,}} in {split}<extra></extra>",
            )
            for place, split in enumerate(splits)
        ]
    )
    classes = max((len(row) for row in counts.values()), default=0)
    figure.update_xaxes(fixedrange=True, nticks=5)
    figure.update_yaxes(autorange="reversed", fixedrange=True, ticks="", showgrid=False)
    figure.update_layout(
        barmode="stack",
        height=24 * classes + 84,
        margin={"l": 0, "r": 8, "t": 0, "b": 0},
        bargap=0.25,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )
    return figure
