"""Many faces add up to the mood of a group."""

from collections.abc import Callable

import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality
from fer_core.domain.faces import Face
from fer_core.inference.summary import group_mood

ReadFace = Callable[..., AnalyzedFace]

BOX = (0.0, 0.0, 10.0, 10.0)
LABELS = ("happy", "sad", "surprise", "angry", "neutral")


def face_with(*probabilities: float) -> AnalyzedFace:
    """A face with probabilities in the order of `LABELS`."""
    return AnalyzedFace(
        Face(BOX, 1.0), EmotionScores(LABELS, probabilities), FaceQuality(10, 0, 0.5)
    )


def test_no_face_has_no_mood() -> None:
    mood = group_mood([])
    assert mood.mood is None
    assert mood.faces == {}
    assert mood.shares == {"positive": 0, "neutral": 0, "negative": 0}


def test_shares_are_means_of_probabilities() -> None:
    mood = group_mood([face_with(0.7, 0.1, 0.1, 0.0, 0.1), face_with(0.1, 0.5, 0.2, 0.2, 0.0)])
    # (0.7 + 0.1) / 2 happy; surprise counts as neutral: (0.2 + 0.2) / 2; the rest is negative.
    assert mood.shares == pytest.approx({"positive": 0.4, "neutral": 0.2, "negative": 0.4})
    assert sum(mood.shares.values()) == pytest.approx(1)


def test_a_doubtful_face_counts_less() -> None:
    sure, doubtful = face_with(0.9, 0.1, 0, 0, 0), face_with(0.4, 0.3, 0, 0.3, 0)
    # Both lead with happy, but the doubtful one leans to the negative: 0.65 against 0.35.
    assert group_mood([sure, doubtful]).shares["positive"] == pytest.approx(0.65)


@pytest.mark.parametrize(
    ("emotion", "expected"),
    [("happy", "positive"), ("sad", "negative"), ("fear", "negative"), ("surprise", "neutral")],
)
def test_the_mood_is_the_largest_share(read_face: ReadFace, emotion: str, expected: str) -> None:
    assert group_mood([read_face(BOX, emotion, 0.9)] * 3).mood == expected


def test_two_negative_emotions_add_up() -> None:
    # Happy leads alone with 0.4, but sad and angry together have 0.6.
    mood = group_mood([face_with(0.4, 0.3, 0, 0.3, 0)])
    assert mood.mood == "negative"
    assert mood.faces == {"happy": 1}


def test_faces_are_counted_by_leading_emotion_most_frequent_first(read_face: ReadFace) -> None:
    emotions = ["sad", "happy", "neutral", "happy", "happy", "neutral"]
    mood = group_mood([read_face(BOX, emotion, 0.9) for emotion in emotions])
    assert list(mood.faces.items()) == [("happy", 3), ("neutral", 2), ("sad", 1)]
