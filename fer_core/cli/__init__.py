"""The command line: `python -m fer_core analyze | models | train | evaluate | runs | hub | bench`.

Each command imports what it needs when it runs, so that `--help` answers at once and serving
never loads TensorFlow.
"""

import errno
import sys

import typer

from fer_core.cli import analyze, bench, evaluate, hub, models, runs, train
from fer_core.domain.errors import FerError

app = typer.Typer(
    help="Honest readings of facial expressions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(analyze.analyze)
app.command()(models.models)
app.command()(train.train)
app.command()(evaluate.evaluate)
app.add_typer(runs.app, name="runs")
app.add_typer(hub.app, name="hub")
app.command()(bench.bench)


def main() -> None:
    """Run the command line; a `FerError` ends it with one line on stderr and exit code 1."""
    try:
        app()
    except FerError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        typer.echo("Error: the disk that the output goes to is full.", err=True)
        sys.exit(1)
