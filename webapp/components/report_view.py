"""A model's report as a page shows it: each figure with a sentence that reads it out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from webapp.components import report_charts as charts
from webapp.components import report_words as words
from webapp.components.model_card import CHOSEN_ON_IT, METRIC_PX
from webapp.components.text import plain, text_colour

Row = Mapping[str, Any]

_VIEWS = {"single": "One view", "ten_views": "Ten views averaged"}
_PAIRS = 5
_CHARTS_IN_A_ROW = 3


def show_report(report: Row, selection_split: str | None) -> None:
    """Show everything that a report holds; what an older one lacks is not drawn.

    Args:
        report: The content of `report.json`.
        selection_split: Split that epoch and temperature were chosen on, where it is known.
    """
    views = [view for view in _VIEWS if view in report]
    if views:
        chosen = views[0]
        if len(views) > 1:
            chosen = st.segmented_control(
                "Views of each face",
                views,
                default=views[0],
                required=True,
                format_func=_VIEWS.__getitem__,
                help="Ten views (five shifts, each mirrored too) are another figure than one.",
                key="figures-views",
            )
        _show_leading(report[chosen], selection_split)
        _show_confusion(report[chosen])
        _show_classes(report[chosen])
    if report.get("cross_validation"):
        _show_folds(report["cross_validation"])
    if report.get("history"):
        _show_history(report["history"])
    _show_panels(report)
    if report.get("robustness"):
        _show_robustness(report["robustness"])


def _show_leading(figures: Row, selection_split: str | None) -> None:
    low, high = figures["accuracy_ci95"]
    leading = {
        "Accuracy": f"{figures['accuracy']:.1%}",
        "Macro F1": f"{figures['macro_f1']:.3f}",
        "Top 2": f"{figures['top2_accuracy']:.1%}",
        "Calibration error": f"{figures['ece']:.1%}",
    }
    with st.container(horizontal=True):
        for name, value in leading.items():
            st.metric(name, value, border=True, width=METRIC_PX)
    views = "ten views of each face averaged" if figures["tta"] else "one view of each face"
    st.caption(
        f"{plain(figures['data'])} {plain(figures['split'])}, n = {figures['n']:,}, {views}; "
        f"95% interval of the accuracy {low:.1%} to {high:.1%}."
        f"{' ' + CHOSEN_ON_IT if figures['split'] == selection_split else ''}"
    )


def _show_confusion(figures: Row) -> None:
    st.subheader("What is taken for what")
    by_share = (
        st.segmented_control(
            "Cells",
            ["Counts", "Shares of the true class"],
            default="Counts",
            required=True,
            label_visibility="collapsed",
            key="figures-cells",
        )
        != "Counts"
    )
    sentence = words.confusion_sentence(figures, by_share)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _chart(
            charts.confusion_matrix(figures, by_share, text_colour()),
            sentence,
            "confusion",
            caption=False,
        )
    with right:
        st.markdown(f"**{plain(sentence)}**")
        lines = [
            f"- {plain(pair.true)} read as {plain(pair.predicted)}: "
            f"{pair.count:,} of {pair.support:,} ({pair.share:.0%})"
            for pair in words.confusions(figures, by_share)[1:_PAIRS]
        ]
        st.markdown("\n".join(lines))


def _show_classes(figures: Row) -> None:
    st.subheader("Class by class")
    sentence = words.class_sentence(figures)
    st.markdown(plain(sentence))
    rows = [{"class": label, **row} for label, row in figures["per_class"].items()]
    rows += [
        {"class": f"{name} average", **row} for name, row in figures.get("averages", {}).items()
    ]
    named = {
        "precision": "Precision",
        "recall": "Recall (sensitivity)",
        "specificity": "Specificity",
        "f1": "F1",
        "accuracy": "Accuracy, one vs rest",
    }
    columns: dict[str, Any] = {
        key: st.column_config.NumberColumn(title, format="%.3f") for key, title in named.items()
    }
    columns["class"] = st.column_config.TextColumn("Class", pinned=True)
    columns["support"] = st.column_config.NumberColumn("n", format="localized")
    st.dataframe(rows, hide_index=True, width="stretch", column_config=columns, alt=sentence)


def _show_folds(folds: Row) -> None:
    st.subheader("Fold by fold")
    sentence = words.folds_sentence(folds)
    st.markdown(f"**{plain(sentence)}**")
    _chart(charts.fold_bars(folds["each"]), sentence, "folds", caption=False)
    apart = "Nobody's pictures are in two folds. " if folds["by"] == "group" else ""
    st.caption(
        f"{apart}Each fold is read by a network trained on the others, for {folds['epochs']} "
        "epochs; its last epoch counts, whatever the fold says of it."
    )


def _show_history(history: Sequence[Row]) -> None:
    st.subheader("How it learned")
    sentence = words.history_sentence(history)
    for column, name in zip(st.columns(2, gap="medium"), ("accuracy", "loss"), strict=True):
        with column:
            _chart(charts.learning_curve(history, name), sentence, f"history-{name}", caption=False)
    st.caption(plain(sentence))


def _show_panels(report: Row) -> None:
    """Calibration, ROC curves, ranks and mistakes, two in a row, as far as they are there."""
    panels: list[tuple[str, str, Callable[[Any], None]]] = [
        ("reliability", "Does 80% mean 80%?", _show_reliability),
        ("roc", "Each class against the rest", _show_roc),
        ("ranks", "Where the true label stands", _show_ranks),
        ("worst_mistakes", "Surest mistakes", _show_mistakes),
    ]
    there = [panel for panel in panels if report.get(panel[0])]
    if there:
        st.caption("What follows is of one view of each face.")
    for start in range(0, len(there), 2):
        columns = st.columns(2, gap="medium")
        for column, (key, title, show) in zip(columns, there[start : start + 2], strict=False):
            with column:
                st.subheader(title)
                show(report[key])


def _show_reliability(bins: Sequence[Row]) -> None:
    _chart(charts.reliability_diagram(bins), words.reliability_sentence(bins), "reliability")


def _show_roc(roc: Row) -> None:
    if not roc["per_class"]:
        st.caption("No curve: all pictures are of one class.")
        return
    _chart(charts.roc_curves(roc), words.roc_sentence(roc), "roc")


def _show_ranks(ranks: Row) -> None:
    _chart(charts.rank_bars(ranks), words.ranks_sentence(ranks), "ranks")


def _show_mistakes(mistakes: Sequence[Row]) -> None:
    percent = st.column_config.NumberColumn(format="%.1f%%")
    st.dataframe(
        [
            {
                "labelled": row["true"],
                "read as": row["predicted"],
                "with": 100 * row["confidence"],
                "for the label": 100 * row["true_probability"],
                "picture": row["index"],
            }
            for row in mistakes
        ],
        hide_index=True,
        height=240,
        column_config={"with": percent, "for the label": percent},
        alt=words.mistakes_sentence(mistakes),
    )
    st.caption(
        f"{plain(words.mistakes_sentence(mistakes))} Pictures are counted from 0 in their split."
    )


def _show_robustness(robustness: Row) -> None:
    st.subheader("On worse pictures")
    st.markdown(plain(words.robustness_sentence(robustness)))
    entries = list(robustness["corruptions"].items())
    for start in range(0, len(entries), _CHARTS_IN_A_ROW):
        row = entries[start : start + _CHARTS_IN_A_ROW]
        for column, (name, curve) in zip(
            st.columns(_CHARTS_IN_A_ROW, gap="medium"), row, strict=False
        ):
            with column:
                st.markdown(f"**{plain(words.corruption_title(name))}**")
                sentence = f"{name}: {words.levels_sentence(curve)}"
                _chart(
                    charts.corruption_curve(curve), sentence, f"robustness-{name}", caption=False
                )
    st.caption(
        f"Accuracy on {plain(robustness['data'])} {plain(robustness['split'])}, "
        f"n = {robustness['n']:,}, one view; the orange point is the unchanged picture."
    )


def _chart(figure: go.Figure, sentence: str, key: str, caption: bool = True) -> None:
    """Draw a figure that says in words what it shows: to screen readers, and below itself."""
    st.plotly_chart(figure, config=charts.CONFIG, key=f"figures-{key}", alt=sentence)
    if caption:
        st.caption(plain(sentence))
