"""The pictures whose labels a model doubts most: of these a person may find some to be wrong."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.corrections import picture_id
from fer_core.datasets.crowd_votes import VOTE_NAMES
from fer_core.domain.emotions import canonical
from fer_core.evaluation.metrics import Probabilities
from fer_core.evaluation.shared_classes import match_classes
from fer_core.zoo.classifier import EmotionClassifier

_CHUNK = 256
"""Pictures between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A picture whose label is not what the model says.

    Attributes:
        position: Where it lies in the split.
        picture: As `picture_id` gives it, to name it in corrections.
        label: Its class.
        answer: What the model says; in the data's spelling, if the data has that class.
        label_probability: What the model gives to its class, 0 to 1.
        answer_probability: What it gives to its answer.
        votes: How many people chose each of `VOTE_NAMES`, of those that anyone chose; None where
            nobody was asked.
    """

    position: int
    picture: str
    label: str
    answer: str
    label_probability: float
    answer_probability: float
    votes: dict[str, int] | None


def disagreements(
    classifier: EmotionClassifier,
    data: FaceDataset,
    split: str,
    limit: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[Disagreement]:
    """The pictures of a split that a model reads otherwise than they are labelled.

    Args:
        classifier: The model; it must know the data's classes.
        data: Labelled faces.
        split: The split's name.
        limit: Most to give.
        progress: Called with (pictures read, pictures in all), the last time when all are.

    Returns:
        Those with the most doubtful labels first: by how far the answer's probability lies above
        the label's, the "normalized margin" of Northcutt et al. 2021 ("Confident Learning",
        JAIR 70).

    Raises:
        DatasetError: The split is missing, or the model does not know one of its classes.
    """
    part = data.split(split)
    match = match_classes(part, classifier.labels)
    probabilities = _answers(classifier, part, progress)
    answers = probabilities.argmax(axis=1)
    of_label = probabilities[np.arange(len(answers)), match.targets]
    of_answer = probabilities.max(axis=1)
    others = np.flatnonzero(answers != match.targets)
    doubt = (of_answer - of_label)[others]
    names = _spelt_as(data.labels, classifier.labels)
    return [
        Disagreement(
            int(i),
            picture_id(part.images[i]),
            data.labels[part.targets[i]],
            names[answers[i]],
            float(of_label[i]),
            float(of_answer[i]),
            _votes(part, i),
        )
        for i in others[np.argsort(-doubt, kind="stable")[:limit]]
    ]


def _answers(
    classifier: EmotionClassifier,
    part: FaceDataset,
    progress: Callable[[int, int], None] | None,
) -> Probabilities:
    total, answers = len(part.images), []
    for start in range(0, total, _CHUNK):
        answers.append(classifier.predict(part.images[start : start + _CHUNK]))
        if progress is not None:
            progress(min(start + _CHUNK, total), total)
    return np.concatenate(answers)


def _spelt_as(labels: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    spelling = {canonical(label): label for label in labels}
    return [spelling.get(canonical(other), other) for other in others]


def _votes(part: FaceDataset, position: int) -> dict[str, int] | None:
    if part.votes is None:
        return None
    counts = zip(VOTE_NAMES, part.votes[position].tolist(), strict=True)
    return {name: count for name, count in counts if count} or None
