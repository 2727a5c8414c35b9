"""The labels that a model doubts most come first, with what is known of their pictures."""

import dataclasses

import numpy as np
import pytest

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.corrections import picture_id
from fer_core.datasets.crowd_votes import VOTE_NAMES
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.label_review import disagreements
from fer_core.zoo.classifier import EmotionClassifier, load_classifier


@pytest.fixture
def classifier(served_models: object) -> EmotionClassifier:
    return load_classifier()


def test_every_wrong_answer_is_a_disagreement(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    found = disagreements(classifier, drawn_faces, "PublicTest", limit=1000)
    part = drawn_faces.split("PublicTest")
    probabilities = classifier.predict(part.images)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != part.targets)
    assert sorted(each.position for each in found) == wrong.tolist()
    for each in found:
        row = probabilities[each.position]
        assert each.picture == picture_id(part.images[each.position])
        assert each.label == part.labels[part.targets[each.position]]
        assert each.answer == part.labels[row.argmax()]
        assert each.answer_probability == pytest.approx(row.max())
        assert each.label_probability == pytest.approx(row[part.targets[each.position]])
        assert each.votes is None


def test_the_most_doubtful_come_first(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    found = disagreements(classifier, drawn_faces, "Training", limit=1000)
    doubts = [each.answer_probability - each.label_probability for each in found]
    assert doubts == sorted(doubts, reverse=True)
    assert disagreements(classifier, drawn_faces, "Training", limit=3) == found[:3]


def test_a_wrong_label_is_found(classifier: EmotionClassifier, drawn_faces: FaceDataset) -> None:
    # The surest right answer, labelled as what it least looks like.
    training = drawn_faces.split("Training")
    probabilities = classifier.predict(training.images)
    right = probabilities.argmax(axis=1) == training.targets
    position = int((probabilities.max(axis=1) * right).argmax())
    targets = training.targets.copy()
    targets[position] = probabilities[position].argmin()
    spoilt = dataclasses.replace(training, targets=targets)
    surest, *_ = disagreements(classifier, spoilt, "Training", limit=5)
    assert surest.position == position
    assert surest.answer == training.labels[training.targets[position]]


def test_votes_are_told_where_anyone_was_asked(
    classifier: EmotionClassifier, few_votes: FaceDataset
) -> None:
    found = disagreements(classifier, few_votes, "Training", limit=100)
    for each in found:
        asked = each.position % 2 == 0
        assert each.votes == ({"happiness": 7, "NF": 3} if asked else None)
    assert {each.position % 2 for each in found} == {0, 1}


@pytest.fixture
def few_votes(drawn_faces: FaceDataset) -> FaceDataset:
    """Seventy pictures, with votes for every other, all with a label that is not theirs."""
    part = drawn_faces.split("Training").part(slice(70))
    votes = np.zeros((70, len(VOTE_NAMES)), np.int64)
    votes[::2, [VOTE_NAMES.index("happiness"), VOTE_NAMES.index("NF")]] = 7, 3
    return dataclasses.replace(part, targets=(part.targets + 1) % 7, votes=votes)


def test_answers_are_in_the_datas_spelling(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    called = {"happy": "happiness", "sad": "sadness"}
    renamed = tuple(called.get(label, label) for label in drawn_faces.labels)
    data = dataclasses.replace(drawn_faces, labels=renamed)
    found = disagreements(classifier, data, "Training", limit=1000)
    assert {each.answer for each in found} | {each.label for each in found} <= set(renamed)


def test_progress_is_told_to_the_end(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    told: list[tuple[int, int]] = []
    disagreements(classifier, drawn_faces, "Training", 5, lambda *counts: told.append(counts))
    assert told == [(256, 840), (512, 840), (768, 840), (840, 840)]


def test_what_cannot_be_read_is_told(
    classifier: EmotionClassifier, drawn_faces: FaceDataset
) -> None:
    with pytest.raises(DatasetError, match="no split 'Test'"):
        disagreements(classifier, drawn_faces, "Test", 5)
    other = dataclasses.replace(drawn_faces, labels=(*drawn_faces.labels[:6], "contempt"))
    with pytest.raises(DatasetError, match="does not know: contempt"):
        disagreements(classifier, other, "Training", 5)
