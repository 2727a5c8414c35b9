"""`models`: what can be used by name."""

import json
from typing import TYPE_CHECKING

import typer

from fer_core.cli.options import AsJson
from fer_core.domain.errors import FerError, ModelError

if TYPE_CHECKING:
    from fer_core.zoo.card import ModelCard


def models(as_json: AsJson = False) -> None:
    """List the models that can be used by name."""
    from fer_core.domain.settings import models_dir
    from fer_core.zoo.store import load_card, model_names

    if not model_names() and not as_json:
        raise ModelError(f"No models in {models_dir()}: train one, or set FER_MODELS_DIR.")
    cards, broken = [], 0
    for name in model_names():
        try:
            cards.append(load_card(name))
        except FerError as error:
            broken += 1
            typer.echo(f"Error: {error}", err=True)
    _print_models(cards, as_json)
    if broken:
        raise typer.Exit(1)


def _print_models(cards: "list[ModelCard]", as_json: bool) -> None:
    if as_json:
        keys = (
            "name",
            "labels",
            "parameters",
            "metrics",
            "temperature",
            "created",
            "description",
        )
        typer.echo(json.dumps([{k: getattr(c, k) for k in keys} for c in cards], indent=2))
        return
    for card in cards:
        figures = ", ".join(
            f"{split} {m['accuracy']:.1%} (n = {m['n']:,})" for split, m in card.metrics.items()
        )
        typer.echo(f"{card.name:<16} {card.parameters:>10,} parameters  {figures}")
        typer.echo(f"{'':<16} {', '.join(card.labels)}")
