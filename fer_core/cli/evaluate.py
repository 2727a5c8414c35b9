"""`evaluate`: the figures of a model on one split, or of two models beside each other."""

import json
from typing import Annotated, Any

import typer

from fer_core.cli.options import AsJson, Data, Model


def evaluate(
    data: Data,
    model: Model = "default",
    split: Annotated[str, typer.Option(help="The split's name.")] = "PublicTest",
    tta: Annotated[bool, typer.Option("--tta", help="Average ten views of each face.")] = False,
    shared_classes: Annotated[
        bool,
        typer.Option("--shared-classes", help="Leave out classes that model or data lack."),
    ] = False,
    label_set: Annotated[
        str, typer.Option(help="Bring the data to fer7, fer6, fer6_merged, fer5, ck7 or ferplus8.")
    ] = "",
    targets: Annotated[
        str, typer.Option(help="With a label set: labels, or the FER+ majority or votes.")
    ] = "labels",
    against: Annotated[
        str, typer.Option(help="A second model, compared on the same pictures.")
    ] = "",
    full: Annotated[
        bool, typer.Option("--full", help="Ranks, ROC, reliability and mistakes too, as JSON.")
    ] = False,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="Accuracy on spoilt pictures, as a table.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most pictures for --robustness.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score a model on one split of a data set."""
    from fer_core.datasets.base import open_dataset
    from fer_core.datasets.relabel import relabel
    from fer_core.evaluation import report
    from fer_core.evaluation import robustness as spoilt
    from fer_core.zoo.classifier import load_classifier

    if sum((bool(against), full, robustness)) > 1:
        raise typer.BadParameter("expected one of --against, --full and --robustness.")
    if targets != "labels" and not label_set:
        raise typer.BadParameter("expected --label-set beside --targets, such as fer7.")
    classifier = load_classifier(model)
    faces = open_dataset(data)
    if label_set:
        faces = relabel(faces, label_set, targets)
    if against:
        second = load_classifier(against)
        found = report.compare_models(classifier, second, faces, split, tta, shared_classes)
        _print(found, as_json, _comparison)
    elif full:
        found = report.full_report(classifier, faces, split, shared_classes=shared_classes)
        _print(found, True, _figures)
    elif robustness:
        found = spoilt.robustness(classifier, faces, split, limit, shared_classes)
        _print(found, as_json, _robustness)
    else:
        found = report.evaluate(classifier, faces, split, tta, shared_classes)
        _print(found, as_json, _figures)


def _print(found: dict[str, Any], as_json: bool, lines: Any) -> None:
    typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(lines(found)))


def _figures(report: dict[str, Any]) -> list[str]:
    low, high = report["accuracy_ci95"]
    views = "ten views" if report["tta"] else "single view"
    return [
        f"{report['model']} on {report['data']} {report['split']}, {views}, n = {report['n']:,}",
        *_restriction(report),
        f"accuracy {report['accuracy']:.1%} (95% interval {low:.1%} to {high:.1%})",
        f"macro F1 {report['macro_f1']:.3f}, top 2 {report['top2_accuracy']:.1%}, "
        f"ECE {report['ece']:.3f}",
        *(
            f"  {label:<10} precision {row['precision']:.3f}  recall {row['recall']:.3f}  "
            f"F1 {row['f1']:.3f}  n = {row['support']:,}"
            for label, row in report["per_class"].items()
        ),
    ]


def _restriction(report: dict[str, Any]) -> list[str]:
    if not report["shared_classes"]:
        return []
    left_out = ", ".join(f"{label} {n:,}" for label, n in report["left_out"].items())
    kept = f"shared classes only: {', '.join(report['labels'])}"
    return [f"{kept}; left out: {left_out}" if left_out else kept]


def _comparison(found: dict[str, Any]) -> list[str]:
    first, second = found["models"]
    low, high = found["accuracy_difference_ci95"]
    return [
        f"{first} against {second} on {found['data']} {found['split']}, n = {found['n']:,}",
        *_restriction(found),
        f"accuracy {found['accuracy'][0]:.1%} against {found['accuracy'][1]:.1%}: "
        f"{100 * found['accuracy_difference']:+.1f} points, 95% interval {100 * low:+.1f} to "
        f"{100 * high:+.1f}, McNemar p = {found['mcnemar_p']:.2g}",
    ]


def _robustness(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['model']} on {found['data']} {found['split']}, single view, n = {found['n']:,}",
        f"clean {found['clean_accuracy']:.1%}",
    ]
    for name, row in found["corruptions"].items():
        pairs = zip(row["levels"], row["accuracy"], strict=True)
        levels = "  ".join(f"{level:g}: {value:.1%}" for level, value in pairs)
        lines.append(f"  {name:<11} ({row['unit']})  {levels}")
    return lines
