"""`train`: a recipe and data become a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.options import Data, Detach

if TYPE_CHECKING:
    from fer_core.datasets.base import FaceDataset
    from fer_core.training.recipe import Recipe
    from fer_core.training.runs import Run


def train(
    recipe: Annotated[Path, typer.Option(help="A training recipe, see configs/.")],
    data: Data,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Override: optimization.epochs=5")
    ] = None,
    detach: Detach = False,
) -> None:
    """Train a model; `runs promote` then makes it one that can be used by name.

    Ctrl-C stops the run after its present step; `runs resume` lets it go on.
    """
    from fer_core.datasets.base import find_form
    from fer_core.training.recipe import load_recipe
    from fer_core.training.runs import Run, launch

    plan = load_recipe(recipe, tuple(set_ or ()))
    if detach:
        find_form(data)  # without the time that reading it all would take
        tell_detached(launch(plan, data))
        return
    faces = _faces_for(plan, data)
    work_here(Run.begin(plan, data), faces)


def tell_detached(run: "Run") -> None:
    """Say which run goes on by itself, and how to watch it."""
    typer.echo(f"run {run.id}")
    typer.echo(f"watch it with: python -m fer_core runs show {run.id}")


def work_here(run: "Run", data: "FaceDataset | None" = None, finish: bool = False) -> None:
    """Do a run's work in this process, with its progress on stdout and in its log."""
    from fer_core.training.runs.launcher import claim
    from fer_core.training.runs.worker import Worker

    lock = claim(run, finish)
    try:
        typer.echo(f"run {run.id}")

        def tell(line: str) -> None:
            typer.echo(line)
            run.log(line)

        Worker(run, tell, data).work()
    finally:
        lock.release()


def _faces_for(plan: "Recipe", data: str) -> "FaceDataset":
    """Read the data; what is wrong with it is told before there is a run."""
    from fer_core.datasets.base import open_dataset
    from fer_core.training.preparation import prepare

    return prepare(plan, open_dataset(data))
