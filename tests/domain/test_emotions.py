"""What is known of an emotion by name: one spelling, a mood, a colour of its own."""

import itertools

import pytest

from fer_core.domain.emotions import (
    FER7_LABELS,
    MOODS,
    canonical,
    colour_of,
    colour_rgb,
    mood_of,
)


def test_fer2013_order() -> None:
    # icml_face_data.csv: 0 Angry, 1 Disgust, 2 Fear, 3 Happy, 4 Sad, 5 Surprise, 6 Neutral.
    assert FER7_LABELS == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Anger", "angry"),
        ("HAPPINESS", "happy"),
        (" Surprised ", "surprise"),
        ("neutral", "neutral"),
        ("Contempt", "contempt"),
        ("awake", "awake"),
    ],
)
def test_canonical(label: str, expected: str) -> None:
    assert canonical(label) == expected
    assert canonical(expected) == expected


def test_moods() -> None:
    moods = [mood_of(label) for label in FER7_LABELS]
    assert moods == [
        "negative",
        "negative",
        "negative",
        "positive",
        "negative",
        "neutral",
        "neutral",
    ]
    assert set(moods) == set(MOODS)
    assert mood_of("Contempt") == "negative"
    assert mood_of("Sadness") == "negative"
    assert mood_of("something else") == "neutral"


def test_colours_differ() -> None:
    labels = (*FER7_LABELS, "contempt", "something else")
    for first, second in itertools.combinations(labels, 2):
        distance = sum(
            abs(a - b) for a, b in zip(colour_rgb(first), colour_rgb(second), strict=True)
        )
        assert distance > 60, (first, second)


def test_colour_as_text_and_as_numbers() -> None:
    # Okabe and Ito's blue.
    assert colour_of("Sadness") == "#0072B2"
    assert colour_rgb("sad") == (0, 114, 178)
