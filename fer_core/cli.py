"""The command line: `python -m fer_core analyze | models | train | evaluate | runs | bench`."""

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from fer_core.domain.errors import FerError

app = typer.Typer(
    help="Honest readings of facial expressions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def train(
    recipe: Annotated[Path, typer.Option(help="A training recipe, see configs/.")],
    data: Annotated[str, typer.Option(help="fer2013.csv or an .npz pack of it.")],
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Override: optimization.epochs=5")
    ] = None,
) -> None:
    """Train a model."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from fer_core.datasets.base import open_dataset
    from fer_core.training.recipe import load_recipe
    from fer_core.training.runs import Run

    run = Run.begin(load_recipe(recipe, tuple(set_ or ())), data)
    typer.echo(f"run {run.id}")
    faces = open_dataset(data)

    from fer_core.training.callbacks import EpochReport
    from fer_core.training.engine import fit

    started = time.monotonic()

    def tell(report: EpochReport) -> None:
        metrics = "  ".join(
            f"{name} {value:.4f}" for name, value in report.metrics.items()
        )
        typer.echo(
            f"epoch {report.epoch}/{report.epochs}  {metrics}  "
            f"best {report.best_accuracy:.4f}  {time.monotonic() - started:.0f} s"
        )

    fit(run.recipe, faces, run.folder, tell)


@app.callback()
def _root() -> None:
    """Keeps `train` a subcommand while it is the only one."""


def main() -> None:
    """Run the command line; a `FerError` ends it with one line and exit code 1."""
    try:
        app()
    except FerError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(1)
