"""`hub`: models to and from the Hugging Face Hub."""

from typing import Annotated

import typer

app = typer.Typer(help="Models on the Hugging Face Hub.", no_args_is_help=True)


@app.command()
def push(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model's name, see `models`.")],
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Made if not there.")],
    private: Annotated[bool, typer.Option("--private", help="Only for its owner.")] = False,
) -> None:
    """Upload a model with its card; prints what to ask for it by, as --model and elsewhere."""
    from fer_core.zoo.hub import push_model

    typer.echo(push_model(model, repository, private))


@app.command()
def fetch(
    reference: Annotated[
        str, typer.Argument(metavar="OWNER/NAME@COMMIT:SHA256", help="What `push` printed.")
    ],
) -> None:
    """Download a model ahead of its first use; prints the folder that it lies in."""
    from fer_core.zoo.card import ONNX_FILE, REPORT_FILE
    from fer_core.zoo.hub import fetch_model

    typer.echo(fetch_model(reference, ONNX_FILE, REPORT_FILE))
