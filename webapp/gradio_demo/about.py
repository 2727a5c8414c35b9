"""The demo's last tab: what the models are, how well they read, and what they are not for."""

from collections.abc import Iterator

import gradio as gr

from fer_core.domain.errors import FerError
from fer_core.zoo.card import ModelCard
from fer_core.zoo.store import load_card, load_report, model_names

_USE = """
### Responsible use

An expression is not a feeling. These models learned from pictures that people labelled at a glance
and often disagreed about. Do not use them to decide about people, to judge staff or pupils, or as
evidence of what somebody feels. Inferring the emotions of people at work or in education is
prohibited in the EU (AI Act, article 5).

Photos are read in this server's memory. Gradio keeps an upload and its picture in a temporary
folder for at most ten minutes; nothing is passed on, and nobody counts your visit.
"""


def about_tab() -> None:
    """Draw every installed model's card with its figures, and the terms of use."""
    for name in model_names():
        try:
            gr.Markdown("\n".join(_card_lines(load_card(name))))
        except FerError as error:
            gr.Markdown(f"### {name}\n\n{error}")
    gr.Markdown(_USE)


def _card_lines(card: ModelCard) -> Iterator[str]:
    yield f"### {card.name}"
    yield card.description
    yield ""
    yield f"{len(card.labels)} classes: {', '.join(card.labels)}. {card.parameters:,} parameters."
    yield ""
    report = load_report(card)
    yield "| scored on | accuracy | macro F1 | ECE |"
    yield "| --- | --- | --- | --- |"
    for key, views in (("single", "one view"), ("ten_views", "ten views")):
        if figures := report.get(key):
            low, high = figures["accuracy_ci95"]
            yield (
                f"| {figures['data']} {figures['split']}, {views}, n = {figures['n']:,} | "
                f"{figures['accuracy']:.1%} ({low:.1%} to {high:.1%}) | "
                f"{figures['macro_f1']:.3f} | {figures['ece']:.3f} |"
            )
    yield ""
    yield f"Licence of the weights: {card.licence}. {card.training_data_terms}"
