"""`evaluate`: the figures of a model on one split."""

import json
import os
from typing import Annotated

import typer

from fer_core.cli.options import AsJson, Data, Model


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
