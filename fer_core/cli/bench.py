"""`bench`: the figures of this machine."""

import json

import typer

from fer_core.cli.options import AsJson


def bench(as_json: AsJson = False) -> None:
    """Measure import time, end-to-end cost, batch parity and memory on this machine."""
    from fer_core.bench import run_all

    figures = run_all()
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        typer.echo(f"{name:<44} {value:.6g}")
