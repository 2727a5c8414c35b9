"""`runs`: what became of training, and what is to become of it."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli import run_edits
from fer_core.cli.options import AsJson, Detach, RunId
from fer_core.cli.train import tell_detached, work_here
from fer_core.domain.durations import duration

if TYPE_CHECKING:
    from fer_core.training.runs import RunStatus

app = typer.Typer(help="Training runs.", no_args_is_help=True)
app.command()(run_edits.move)
app.command()(run_edits.note)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List all runs, the newest first."""
    from fer_core.training.runs import list_runs

    runs = list_runs()
    if as_json:
        typer.echo(json.dumps([status.to_dict() for status in runs], indent=2))
        return
    width = max((len(status.run) for status in runs), default=0)
    for status in runs:
        line = f"{status.run:<{width}}  {status.state:<8}  {_epochs(status):>9}  {_best(status)}"
        typer.echo(line.rstrip())


@app.command()
def show(run: RunId, as_json: AsJson = False) -> None:
    """Show one run."""
    from fer_core.training.runs import Run

    _show(Run.open(run).status(), as_json)


@app.command()
def stop(
    run: RunId,
    now: Annotated[
        bool, typer.Option("--now", help="Kill it at once, as asking twice does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Stop a run after its present step; no finished epoch is lost."""
    from fer_core.training.runs import Run
    from fer_core.training.runs import stop as stop_run

    opened = Run.open(run)
    killed = stop_run(opened, now)
    if as_json:
        _show(opened.status(), as_json)
        return
    asked = "was killed" if killed else "stops after its present step; ask again to kill it"
    typer.echo(f"run {opened.id} {asked}")


@app.command()
def resume(run: RunId, detach: Detach = False) -> None:
    """Let a run that was stopped, failed or lost go on after its last finished epoch."""
    from fer_core.training.runs import Run
    from fer_core.training.runs import resume as resume_run

    opened = Run.open(run)
    if detach:
        resume_run(opened)
        tell_detached(opened)
    else:
        work_here(opened)


@app.command()
def finish(run: RunId, detach: Detach = False) -> None:
    """Train a run no further than its present epoch, and export the best that it has."""
    from fer_core.training.runs import Run
    from fer_core.training.runs import finish as finish_run

    opened = Run.open(run)
    if opened.status().state.active:
        finish_run(opened)
        typer.echo(f"run {opened.id} finishes after its present epoch")
    elif detach:
        finish_run(opened)
        tell_detached(opened)
    else:
        work_here(opened, finish=True)


@app.command()
def promote(
    run: RunId,
    name: Annotated[
        str | None, typer.Option(help="The model's name; the recipe's if left out.")
    ] = None,
    auxiliary: Annotated[
        bool, typer.Option("--auxiliary", help="Take the second head's model; needs --name.")
    ] = False,
    figures_only: Annotated[
        bool, typer.Option("--figures-only", help="Card and report without the weights.")
    ] = False,
) -> None:
    """Make a finished run's model one that can be used by name."""
    from fer_core.training.runs import Run
    from fer_core.training.runs import promote as promote_run
    from fer_core.zoo.store import model_names

    if auxiliary and not name:
        raise typer.BadParameter("expected --name beside --auxiliary: the first head has its own.")
    opened = Run.open(run)
    name = name or opened.recipe.name
    verb = "replaced by this one" if name in model_names() else "ready"
    promote_run(opened, name, auxiliary, figures_only)
    if figures_only:
        typer.echo(f"card and report of {name} are in the folder of models; it cannot serve")
        return
    typer.echo(f"model {name} is {verb}: python -m fer_core analyze PHOTO --model {name}")


@app.command()
def delete(
    run: RunId, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Delete a run with its weights, figures and log; a promoted model stays."""
    from fer_core.training.runs import Run
    from fer_core.training.runs import delete as delete_run

    opened = Run.open(run)
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("expected --yes where nobody can be asked.")
        typer.confirm(f"Delete {opened.folder} for good?", abort=True)
    delete_run(opened)
    typer.echo(f"run {opened.id} is deleted")


def _show(status: "RunStatus", as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(status.to_dict(), indent=2))
        return
    process = f" (process {status.pid} on {status.host})" if status.pid else ""
    place = f", number {status.queue_place} in the queue" if status.queue_place else ""
    rows = {
        "run": status.run,
        "title": status.title,
        "note": "\n         ".join(status.note.splitlines()),
        "state": f"{status.state}{process}{place}",
        "phase": status.phase,
        "reason": status.reason,
        "epoch": _epochs(status),
        "pace": f"{status.seconds_per_epoch:.1f} s an epoch" if status.seconds_per_epoch else "",
        "eta": "" if status.eta_s is None else duration(status.eta_s),
        "elapsed": duration(status.elapsed_s) if status.elapsed_s else "",
        "best": _best(status),
        "data": status.data,
        "created": status.created,
        "folder": str(status.folder),
        "go on": f"python -m fer_core runs resume {status.run}" if status.state.resumable else "",
    }
    for name, value in rows.items():
        if value:
            typer.echo(f"{name:<8} {value}")


def _epochs(status: "RunStatus") -> str:
    return f"{status.epoch}/{status.epochs}"


def _best(status: "RunStatus") -> str:
    figures = "  ".join(f"{name} {value:.4f}" for name, value in status.best.items())
    return f"{figures}  (epoch {status.best_epoch})" if figures else ""
