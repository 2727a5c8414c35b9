"""A model against a data set: the one place that figures come from."""

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from fer_core.datasets.base import FaceDataset
from fer_core.domain.emotions import canonical
from fer_core.evaluation.calibration import reliability_curve
from fer_core.evaluation.comparison import compare
from fer_core.evaluation.metrics import Probabilities, measure
from fer_core.evaluation.mistakes import worst_mistakes
from fer_core.evaluation.ranks import count_ranks
from fer_core.evaluation.robustness import robustness
from fer_core.evaluation.roc import roc_curves, roc_to_dict
from fer_core.evaluation.shared_classes import ClassMatch, match_classes, over_labels
from fer_core.evaluation.views import predict_views
from fer_core.zoo.classifier import EmotionClassifier

LIBRARIES = ("numpy", "onnxruntime", "opencv-python-headless")

_DIGITS = 4


def evaluate(
    classifier: EmotionClassifier,
    data: FaceDataset,
    split: str,
    tta: bool = False,
    shared_classes: bool = False,
) -> dict[str, Any]:
    """Score a model on one split, through the same path that serves.

    Args:
        classifier: The model.
        data: Labelled faces; their labels must be among the model's.
        split: The split's name.
        tta: Average ten views of each face: five shifts, each mirrored too. Another figure,
            never to be compared with one of a single view.
        shared_classes: Where labels differ, keep the classes that model and data both know:
            pictures of others are left out and counted, and the model's probabilities of the
            shared classes are scaled to sum to 1. Another figure again.

    Returns:
        What `evaluate --json` prints.

    Raises:
        DatasetError: The split is missing, or the model does not know one of its classes.
    """
    match = match_classes(data.split(split), classifier.labels, shared=shared_classes)
    return _figures(classifier, data, split, match, _answers(classifier, match, tta), tta)


def full_report(
    classifier: EmotionClassifier,
    data: FaceDataset,
    split: str,
    with_robustness: bool = False,
    robustness_limit: int | None = None,
    shared_classes: bool = False,
) -> dict[str, Any]:
    """All that a page draws of a model on one split, as plain values.

    Args:
        classifier: The model.
        data: Labelled faces.
        split: The split's name.
        with_robustness: Measure accuracy on spoilt pictures too, which takes some minutes.
        robustness_limit: Most pictures for that; None for all.
        shared_classes: As in `evaluate`.

    Returns:
        `single` and `ten_views` as `evaluate` gives them; then, of single views and rounded to
        four digits, `ranks` of the true class, `roc`, `reliability`, `worst_mistakes` (`index`
        counts the split's pictures), and `robustness` if asked for.

    Raises:
        DatasetError: As `evaluate`.
    """
    match = match_classes(data.split(split), classifier.labels, shared=shared_classes)
    single, ten = (_answers(classifier, match, tta) for tta in (False, True))
    known = single, match.targets, match.labels
    drawn = {
        "ranks": count_ranks(*known).to_dict(),
        "roc": roc_to_dict(roc_curves(*known)),
        "reliability": [asdict(row) for row in reliability_curve(single, match.targets)],
        "worst_mistakes": [
            asdict(mistake) | {"index": int(match.positions[mistake.index])}
            for mistake in worst_mistakes(*known)
        ],
    }
    if with_robustness:
        drawn["robustness"] = robustness(classifier, data, split, robustness_limit, shared_classes)
    return {
        "single": _figures(classifier, data, split, match, single, tta=False),
        "ten_views": _figures(classifier, data, split, match, ten, tta=True),
        **_rounded(drawn),
    }


def compare_models(
    first: EmotionClassifier,
    second: EmotionClassifier,
    data: FaceDataset,
    split: str,
    tta: bool = False,
    shared_classes: bool = False,
) -> dict[str, Any]:
    """Compare two models on the same pictures of one split.

    Args:
        first: The model in question.
        second: What it is compared with.
        data: Labelled faces.
        split: The split's name.
        tta: Average ten views of each face, for both.
        shared_classes: As in `evaluate`; models whose labels differ are always compared on the
            classes that they and the data share.

    Returns:
        Where the figures come from, and `Comparison.to_dict`.

    Raises:
        DatasetError: As `evaluate`.
    """
    names = [{canonical(label) for label in model.labels} for model in (first, second)]
    match = match_classes(
        data.split(split),
        first.labels,
        second.labels,
        shared=shared_classes or names[0] != names[1],
    )
    answers = [_answers(model, match, tta) for model in (first, second)]
    return {
        "models": [first.card.name, second.card.name],
        "data": data.name,
        "split": split,
        "tta": tta,
        **match.to_dict(),
        "labels": list(match.labels),
        **compare(answers[0], answers[1], match.targets).to_dict(),
        "data_fingerprint": match.data.fingerprint(votes=False),
    }


def _answers(classifier: EmotionClassifier, match: ClassMatch, tta: bool) -> Probabilities:
    """(n, K) probabilities, in the order of the match's labels."""
    probabilities = predict_views(classifier, match.data.images, tta)
    return over_labels(probabilities, classifier.labels, match.labels)


def _figures(
    classifier: EmotionClassifier,
    data: FaceDataset,
    split: str,
    match: ClassMatch,
    probabilities: Probabilities,
    tta: bool,
) -> dict[str, Any]:
    return {
        "model": classifier.card.name,
        "data": data.name,
        "split": split,
        "tta": tta,
        **match.to_dict(),
        **measure(probabilities, match.targets, match.labels).to_dict(),
        "data_fingerprint": match.data.fingerprint(votes=False),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def _rounded(value: Any) -> Any:
    """Plain values with every float rounded, so that curves stay small as text."""
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value
