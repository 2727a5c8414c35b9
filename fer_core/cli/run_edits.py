"""`runs move` and `runs note`: what can be changed of a run without touching its training."""

from typing import Annotated

import typer

from fer_core.cli.options import RunId


def move(
    run: RunId,
    first: Annotated[bool, typer.Option("--first", help="Let it be the next one.")] = False,
    places: Annotated[
        int | None, typer.Option(help="How far back; a negative number is forward.")
    ] = None,
) -> None:
    """Move a queued run within its machine's queue."""
    from fer_core.training.runs import Run, move_first
    from fer_core.training.runs import move as move_run

    if first == (places is not None):
        raise typer.BadParameter("expected either --first or --places N.")
    opened = Run.open(run)
    if places is None:
        move_first(opened)
    else:
        move_run(opened, places)
    place = opened.status().queue_place
    typer.echo(f"run {opened.id} is number {place} in the queue" if place else "it runs already")


def note(
    run: RunId,
    title: Annotated[
        str | None, typer.Option(help="What to call it; an empty text goes back to its recipe's.")
    ] = None,
    note: Annotated[
        str | None, typer.Option(help="Words to keep with it; an empty text removes them.")
    ] = None,
) -> None:
    """Give a run a title or a note; its id stays."""
    from fer_core.training.runs import Run, label_run

    if title is None and note is None:
        raise typer.BadParameter("expected --title, --note or both.")
    opened = Run.open(run)
    label = label_run(opened, title, note)
    typer.echo(f"run {opened.id}: {label.title or opened.recipe.name}")
