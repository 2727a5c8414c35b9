"""The command line: `python -m fer_core analyze | models | train | evaluate | runs | bench`.

Each command imports what it needs when it runs, so that `--help` answers at once and serving
never loads TensorFlow.
"""

import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.domain.errors import FerError, ImageError, ModelError

if TYPE_CHECKING:
    from fer_core.training.callbacks import EpochReport
    from fer_core.zoo.card import ModelCard

app = typer.Typer(
    help="Honest readings of facial expressions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
runs_app = typer.Typer(help="Training runs.", no_args_is_help=True)
app.add_typer(runs_app, name="runs")

# A ZIP of photos may be this large; a single picture's own limit is in domain/images.py.
_LARGEST_FILE_BYTES = 2 << 30

Model = Annotated[str, typer.Option(help="A model's name, see `models`.")]
Data = Annotated[
    str, typer.Option(help="fer2013.csv, an .npz pack of it, class folders, or drawn_faces.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _path(text: str) -> Path:
    """A path as given; an empty one, as of an unset variable, would be the current folder."""
    if not text:
        raise typer.BadParameter("expected a path, received an empty text.")
    return Path(text)


def _folder(text: str) -> Path:
    """A path that is a folder or can become one."""
    if _path(text).is_file():
        raise typer.BadParameter(f"{text!r} is a file: expected a folder.")
    return Path(text)


class Format(StrEnum):
    """How `analyze` prints."""

    table = "table"
    json = "json"
    csv = "csv"


@app.command()
def analyze(
    paths: Annotated[
        list[Path], typer.Argument(parser=_path, help="Pictures, ZIPs of them, or folders.")
    ],
    model: Model = "default",
    detector: Annotated[str, typer.Option(help="yunet, haar, skin_haar or full_frame.")] = "yunet",
    format_: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.table,
    annotate_dir: Annotated[
        Path | None,
        typer.Option("--annotate", parser=_folder, help="Folder for annotated pictures."),
    ] = None,
) -> None:
    """Find the faces of pictures and read their expressions."""
    from fer_core.domain.archives import RejectedFile
    from fer_core.domain.file_names import display_name
    from fer_core.inference.analyzer import load_analyzer
    from fer_core.inference.batch import analyze_files
    from fer_core.inference.exports import annotated_name, to_csv, to_json, to_table

    analyses, bad = [], 0

    def reject(reason: str) -> None:
        nonlocal bad
        bad += 1
        typer.echo(f"Error: {reason}", err=True)

    def files() -> Iterator[tuple[str, bytes]]:
        for path in _pictures(paths, reject):
            try:
                # A name that is not UTF-8 must not stop the printing of all results.
                yield os.fsencode(path).decode("utf-8", "replace"), _content(path)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                shown = " ".join(str(path).split())
                reject(f"{shown}: cannot be read ({reason}); expected a picture, ZIP or folder.")

    for result in analyze_files(load_analyzer(model, detector), files()):
        if isinstance(result, RejectedFile):
            # Of an absolute path the reason names the file only; here the whole is wanted.
            reason = result.reason.removeprefix(display_name(result.name))
            reject(" ".join(result.name.split()) + reason)
            continue
        analyses.append(result.analysis)
        if annotate_dir is not None:
            from fer_core.domain.images import encode_jpeg
            from fer_core.inference.annotate import annotate

            target = annotate_dir / annotated_name(result.analysis.source, len(analyses))
            try:
                annotate_dir.mkdir(parents=True, exist_ok=True)
                target.write_bytes(encode_jpeg(annotate(result.image_rgb, result.analysis)))
            except (OSError, ImageError) as error:
                reject(f"{target}: cannot be written ({error}).")
    render = {Format.table: to_table, Format.json: to_json, Format.csv: to_csv}[format_]
    typer.echo(render(analyses).rstrip("\n"))
    if bad:
        raise typer.Exit(1)


@app.command()
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


@app.command()
def train(
    recipe: Annotated[Path, typer.Option(help="A training recipe, see configs/.")],
    data: Data,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Override: optimization.epochs=5")
    ] = None,
) -> None:
    """Train a model; `runs promote` then makes it one that can be used by name."""
    from fer_core.datasets.base import open_dataset
    from fer_core.training.recipe import load_recipe
    from fer_core.training.runs import Run
    from fer_core.zoo.keras_model import import_keras

    plan = load_recipe(recipe, tuple(set_ or ()))
    faces = open_dataset(data)
    for split in (plan.train_split, plan.selection_split):
        faces.split(split)  # a missing one is told before there is a run
    run = Run.begin(plan, data)
    typer.echo(f"run {run.id}")
    import_keras()

    from fer_core.training.engine import fit
    from fer_core.training.export import export_model

    network = fit(run.recipe, faces, run.folder, _progress_teller())
    card = export_model(network, run.recipe, faces, run.recipe.name, run.model_folder)
    for split, figures in card.metrics.items():
        typer.echo(f"{split}: accuracy {figures['accuracy']:.4f}, ECE {figures['ece']:.4f}")
    typer.echo(f"exported to {run.model_folder}")


@app.command()
def evaluate(
    data: Data,
    model: Model = "default",
    split: Annotated[str, typer.Option(help="The split's name.")] = "PublicTest",
    tta: Annotated[bool, typer.Option("--tta", help="Average ten views of each face.")] = False,
    as_json: AsJson = False,
) -> None:
    """Score a model on one split of a data set."""
    from fer_core.datasets.base import open_dataset
    from fer_core.evaluation.report import evaluate as score
    from fer_core.zoo.classifier import load_classifier

    report = score(
        load_classifier(model, threads=os.cpu_count() or 1),
        open_dataset(data),
        split,
        tta,
    )
    if as_json:
        typer.echo(json.dumps(report, indent=2))
        return
    low, high = report["accuracy_ci95"]
    views = "ten views" if tta else "single view"
    typer.echo(f"{model} on {report['data']} {split}, {views}, n = {report['n']:,}")
    typer.echo(f"accuracy {report['accuracy']:.1%} (95% interval {low:.1%} to {high:.1%})")
    typer.echo(
        f"macro F1 {report['macro_f1']:.3f}, top 2 {report['top2_accuracy']:.1%}, "
        f"ECE {report['ece']:.3f}"
    )
    for label, row in report["per_class"].items():
        typer.echo(
            f"  {label:<10} precision {row['precision']:.3f}  recall {row['recall']:.3f}  "
            f"F1 {row['f1']:.3f}  n = {row['support']:,}"
        )


@runs_app.command("promote")
def promote_run(
    run: Annotated[str, typer.Argument(help="The run's id, as `train` prints it first.")],
    name: Annotated[
        str | None, typer.Option(help="The model's name; the recipe's if left out.")
    ] = None,
) -> None:
    """Make a finished run's model one that can be used by name."""
    from fer_core.training.runs import Run, promote
    from fer_core.zoo.store import model_names

    opened = Run.open(run)
    name = name or opened.recipe.name
    verb = "replaced by this one" if name in model_names() else "ready"
    promote(opened, name)
    typer.echo(f"model {name} is {verb}: python -m fer_core analyze PHOTO --model {name}")


@app.command()
def bench(as_json: AsJson = False) -> None:
    """Measure import time, end-to-end cost, batch parity and memory on this machine."""
    from fer_core.bench import run_all

    figures = run_all()
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        typer.echo(f"{name:<44} {value:.6g}")


def _pictures(paths: list[Path], reject: Callable[[str], None]) -> Iterator[Path]:
    """The files to read: folders give the pictures below them, sorted; hidden ones left out."""
    from fer_core.domain.images import SUPPORTED_SUFFIXES

    for path in paths:
        if not _is_folder(path):
            yield path
            continue
        found = [
            file
            for file in sorted(path.rglob("*"))
            if file.suffix.lower() in (*SUPPORTED_SUFFIXES, ".zip")
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        if not found:
            reject(f"{path}: no pictures in this folder; expected {', '.join(SUPPORTED_SUFFIXES)}.")
        yield from found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, for one; reading it will tell
        return False


def _content(path: Path) -> bytes:
    """The bytes of a regular file of bearable size; `OSError` tells why not."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file")
    if path.stat().st_size > _LARGEST_FILE_BYTES:
        raise OSError(errno.EFBIG, f"over {_LARGEST_FILE_BYTES >> 20:,} MB")
    return path.read_bytes()


def _progress_teller() -> Callable[["EpochReport"], None]:
    started = time.monotonic()

    def tell(report: "EpochReport") -> None:
        metrics = "  ".join(f"{name} {value:.4f}" for name, value in report.metrics.items())
        typer.echo(
            f"epoch {report.epoch}/{report.epochs}  {metrics}  "
            f"best {report.best_accuracy:.4f}  {time.monotonic() - started:.0f} s"
        )

    return tell


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
