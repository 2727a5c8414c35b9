"""A model's card as the Hugging Face Hub wants it: README.md with metadata in front."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fer_core.preprocessing.spec import PreprocessSpec
from fer_core.zoo.card import KERAS_FILE, ModelCard

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

# Terms in words are "other" to the Hub, which has a list of names.
_LICENCES = ("mit", "apache-2.0", "bsd-3-clause", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0")

# The card's figures of a split, by the Hub's name for each.
_METRICS = {"accuracy": "accuracy", "macro_f1": "f1"}

_BODY = """\
# {name}

{description}

One face in, {count} calibrated probabilities out, in this order: {labels}. {parameters:,}
parameters; the temperature ({temperature:.3f}) is part of the network.

## Use

With FER Studio's `fer_core`:

```python
import fer_core

analyzer = fer_core.load_analyzer("{repo_id}@COMMIT:{card_sha256}")
analysis = analyzer.analyze(fer_core.read_image("photo.jpg"))
```

COMMIT is the 40-digit id of a commit of this repository; what follows is the SHA-256 of
`card.json`, which holds the hash of every other file. Nothing is loaded that does not match.

{preprocessing}

`model.onnx` is what serves{keras}. `card.json` says all this to programs, and `report.json`, where
there is one, has every figure.

## Figures

{figures}

Measured with one view of each face unless it says otherwise; intervals are 95%.{chosen}

## Training data and terms

{data}

Terms of the training data: {training_data_terms}

Licence of the weights: {licence}

## Responsible use

An expression is not a feeling. This model learned from pictures that people labelled at a glance
and often disagreed about. Do not use it to decide about people, to judge staff or pupils, or as
evidence of what somebody feels. Inferring the emotions of people at work or in education is
prohibited in the EU (AI Act, article 5).
"""


def hub_readme(card: ModelCard, report: Mapping[str, Any], repo_id: str, card_sha256: str) -> str:
    """Write a model's README.md for the Hub.

    Args:
        card: The model's card.
        report: Its `report.json`; empty if it has none.
        repo_id: The repository that it goes to, "owner/name".
        card_sha256: SHA-256 of its card.json.

    Returns:
        Markdown, with the Hub's metadata as YAML in front of it.
    """
    chosen = card.recipe.get("selection_split")
    body = _BODY.format(
        name=card.name,
        description=card.description,
        count=len(card.labels),
        labels=", ".join(card.labels),
        parameters=card.parameters,
        temperature=card.temperature,
        repo_id=repo_id,
        card_sha256=card_sha256,
        preprocessing=_preprocessing(card.spec),
        keras=", and `model.keras` is what training goes on from" * (KERAS_FILE in card.sha256),
        figures="\n".join(_figures(card, report)),
        chosen=f" The epoch and the temperature were chosen on {chosen}." * bool(chosen),
        data=_data(card),
        training_data_terms=card.training_data_terms,
        licence=card.licence,
    )
    return f"---\n{_metadata(card)}\n---\n\n{body}"


def _metadata(card: ModelCard) -> str:
    from huggingface_hub import ModelCardData

    known = card.licence.lower() in _LICENCES
    data = ModelCardData(
        license=card.licence.lower() if known else "other",
        license_name=None if known else "see-the-model-card",
        library_name="onnx",
        pipeline_tag="image-classification",
        tags=["facial-expression-recognition", "fer_core", "onnx"],
        metrics=sorted(_METRICS.values()),
        model_name=card.name,
        eval_results=list(_results(card)) or None,
    )
    return data.to_yaml().rstrip()


def _results(card: ModelCard) -> "Iterator[EvalResult]":
    from huggingface_hub import EvalResult

    for split, figures in card.metrics.items():
        for key, metric in _METRICS.items():
            if key in figures:
                yield EvalResult(
                    task_type="image-classification",
                    task_name="Facial expression recognition",
                    dataset_type=re.sub(r"[^a-z0-9]+", "-", card.dataset["name"].lower()),
                    dataset_name=card.dataset["name"],
                    dataset_split=split,
                    metric_type=metric,
                    metric_value=round(figures[key], 4),
                    metric_name=_metric_name(key, figures),
                )


def _metric_name(key: str, figures: Mapping[str, Any]) -> str:
    if key == "accuracy":
        return f"Accuracy, 95% interval {_interval(figures)}, n = {figures['n']:,}"
    return f"Macro F1, n = {figures['n']:,}"


def _preprocessing(spec: PreprocessSpec) -> str:
    height, width = spec.size_hw
    colours = "grey" if spec.channels == 1 else "RGB"
    turned = ", turned so that the eyes are level" if spec.align else ""
    enhanced = f", then {', '.join(spec.enhance)}" if spec.enhance else ""
    return (
        f"`fer_core` prepares faces by itself. Without it: the square around the face's box, "
        f"{1 + spec.margin:g} times its longer side{turned}, resized to {height}×{width} {colours}"
        f"{enhanced}; pixels of 0 to 255 times {spec.scale:.6g} plus {spec.offset:g}, as float32 "
        f"(N, {height}, {width}, {spec.channels})."
    )


def _figures(card: ModelCard, report: Mapping[str, Any]) -> Iterator[str]:
    if not card.metrics:
        yield "None were measured."
        return
    yield "| scored on | pictures | accuracy | macro F1 | among the top two | ECE |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for split, figures in card.metrics.items():
        yield _row(f"{card.dataset['name']} {split}", figures)
    extra = {"ten_views": "ten views of each face", "unseen": "without copies of training pictures"}
    for key, what in extra.items():
        if key in report:
            yield _row(f"the same, {what}", report[key])
    if folds := report.get("cross_validation"):
        apart = ", nobody in two" if folds["by"] == "group" else ""
        where = f"{card.dataset['name']}, mean of {folds['folds']} folds{apart}"
        yield f"| {where} | {folds['pooled']['n']:,} | {folds['accuracy_mean']:.1%} |  |  |  |"


def _row(where: str, figures: Mapping[str, Any]) -> str:
    cells = [where, f"{figures['n']:,}", f"{figures['accuracy']:.1%} ({_interval(figures)})"]
    for key, form in (("macro_f1", ".3f"), ("top2_accuracy", ".1%"), ("ece", ".3f")):
        cells.append(format(figures[key], form) if key in figures else "")
    return f"| {' | '.join(cells)} |"


def _interval(figures: Mapping[str, Any]) -> str:
    low, high = figures["accuracy_ci95"]
    return f"{low:.1%} to {high:.1%}"


def _data(card: ModelCard) -> str:
    if not card.dataset:
        return "The card does not name it."
    sizes = ", ".join(f"{split} {n:,}" for split, n in card.dataset.get("splits", {}).items())
    return f"{card.dataset['name']}, number of pictures: {sizes}."
