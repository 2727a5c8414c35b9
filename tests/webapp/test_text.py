"""Names that people give files are shown as they stand, whatever is in them."""

import string

import pytest

from webapp.components.text import count, plain, told_apart


def test_every_mark_of_punctuation_is_escaped() -> None:
    escaped = plain(string.punctuation)
    assert escaped == "".join(f"\\{mark}" for mark in string.punctuation)


@pytest.mark.parametrize("text", ["holiday 2024", "Ærø", "東京", "été"])
def test_letters_digits_and_spaces_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 faces"), (1, "1 face"), (2, "2 faces"), (1200, "1,200 faces")]
)
def test_a_noun_follows_its_number(number: int, words: str) -> None:
    assert count(number, "face") == words


def test_names_that_come_again_are_told_apart() -> None:
    assert told_apart(["a.mp4", "b.mp4", "a.mp4", "a.mp4"]) == [
        "a.mp4",
        "b.mp4",
        "a.mp4 (2)",
        "a.mp4 (3)",
    ]
