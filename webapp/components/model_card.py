"""A model's card as a page shows it: what it is, how well it reads and on which pictures."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

import streamlit as st

from fer_core.domain.emotions import colour_of
from fer_core.zoo.card import ONNX_FILE, ModelCard
from fer_core.zoo.store import model_folder
from webapp.components.text import plain

CHOSEN_ON_IT = "The epoch and the temperature were chosen on this split."
METRIC_PX = 168
"""Width of a figure in a row that wraps: two fit beside each other on a phone."""

_CHIPS = "display:flex;flex-wrap:wrap;gap:.35rem;font-size:.85rem"
_CHIP = (
    "display:inline-flex;align-items:center;gap:.35rem;padding:.1rem .55rem;border-radius:1rem;"
    "border:1px solid color-mix(in srgb,currentColor 22%,transparent)"
)
_DOT = "width:.6rem;height:.6rem;border-radius:50%"
_FACTS = (
    "display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;"
    "margin:0;padding:0;font-size:.85rem"
)
_TERM = "margin:0;font-weight:400;color:color-mix(in srgb,currentColor 72%,transparent)"


def show_card(card: ModelCard) -> None:
    """Show one model: name, description, labels, figures of each split, facts and terms."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {plain(card.name)}", width="content")
        if not card.serves:
            st.badge("figures only", color="gray", help="Its weights are too large to ship.")
    if card.description:
        st.markdown(plain(card.description))
    st.html(label_chips(card.labels))
    for split, figures in card.metrics.items():
        show_card_figure(card, split, "accuracy", _other_figures(figures))
    if not card.metrics:
        st.caption("Its card holds no figures.")
    st.html(fact_list(_facts(card)))


def show_card_figure(card: ModelCard, split: str, metric: str, more: str = "") -> None:
    """Show one figure of a card large, and below it what it was measured on, and more."""
    figures = card.metrics[split]
    basis = f"n = {figures['n']:,}, one view of each face"
    if metric == "accuracy":
        low, high = figures["accuracy_ci95"]
        basis += f"; 95% interval {low:.1%} to {high:.1%}"
    chosen = CHOSEN_ON_IT if split == card.recipe.get("selection_split") else ""
    basis = " ".join(filter(None, (f"{basis}.", more, chosen)))
    show_figure(f"{card.dataset['name']} {split}", metric, figures[metric], basis)


def show_figure(where: str, metric: str, value: float, basis: str) -> None:
    """Show one figure large.

    Args:
        where: Data set and split that it was measured on.
        metric: Its key, such as "macro_f1".
        value: 0 to 1.
        basis: Number of pictures and the like, as sentences.
    """
    name = metric.replace("_", " ").capitalize().replace("f1", "F1")
    st.metric(f"{name} on {plain(where)}", f"{value:.1%}")
    st.caption(plain(basis))


def label_chips(labels: Iterable[str]) -> str:
    """HTML of class names, each with its colour."""
    chips = "".join(
        f'<span style="{_CHIP}"><span style="{_DOT};background:{colour_of(label)}"></span>'
        f"{escape(label)}</span>"
        for label in labels
    )
    return f'<div style="{_CHIPS}">{chips}</div>'


def fact_list(facts: Mapping[str, str]) -> str:
    """HTML of names and values in two columns."""
    rows = "".join(
        f'<dt style="{_TERM}">{escape(name)}</dt><dd style="margin:0">{escape(value)}</dd>'
        for name, value in facts.items()
    )
    return f'<dl style="{_FACTS}">{rows}</dl>'


def _other_figures(figures: Mapping[str, Any]) -> str:
    shown = [f"top 2 {figures['top2_accuracy']:.1%}", f"calibration error {figures['ece']:.1%}"]
    if "macro_f1" in figures:
        shown.insert(0, f"macro F1 {figures['macro_f1']:.3f}")
    text = ", ".join(shown)
    return f"{text[0].upper()}{text[1:]}."


def _facts(card: ModelCard) -> dict[str, str]:
    split = card.recipe.get("train_split", "")
    pictures = card.dataset.get("splits", {}).get(split)
    trained_on = f"{card.dataset.get('name', 'unknown')} {split}".strip()
    return {
        "Parameters": f"{card.parameters:,}",
        "File": _size(card),
        "Input": " × ".join(map(str, card.spec.size_hw))
        + (" grey" if card.spec.channels == 1 else " colour"),
        "Temperature": f"{card.temperature:.2f}",
        "Trained on": f"{trained_on}, {pictures:,} pictures" if pictures else trained_on,
        "Data's terms": card.training_data_terms,
        "Weights' terms": card.licence,
        "Created": _day(card.created),
    }


def _size(card: ModelCard) -> str:
    if not card.serves:
        return "not shipped"
    try:
        return f"{(model_folder(card.name) / ONNX_FILE).stat().st_size / 1e6:.1f} MB"
    except OSError:
        return "missing"


def _day(created: str) -> str:
    try:
        return f"{datetime.fromisoformat(created):%-d %B %Y}"
    except ValueError:
        return created or "unknown"
