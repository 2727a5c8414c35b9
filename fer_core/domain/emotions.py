"""What is known of each emotion by name: synonyms, valence group and colour.

Class *order* is not here: labels travel with the weights, in a model's card.
"""

from typing import Literal

Mood = Literal["positive", "neutral", "negative"]
MOODS: tuple[Mood, ...] = ("positive", "neutral", "negative")

FER7_LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""FER2013's own class order (Goodfellow et al. 2013), as its CSV numbers them."""

_SYNONYMS = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}

# Surprise has no sign of its own (it is as often pleasant as not), so it counts as neutral.
_MOOD: dict[str, Mood] = {
    "happy": "positive",
    "neutral": "neutral",
    "surprise": "neutral",
    "angry": "negative",
    "contempt": "negative",
    "disgust": "negative",
    "fear": "negative",
    "sad": "negative",
}

# Okabe and Ito's eight colours that stay apart under the common kinds of colour blindness
# ("Color Universal Design", 2008); their black gives way to a grey for neutral, which has to
# show on dark backgrounds too.
_COLOUR = {
    "angry": "#D55E00",
    "contempt": "#F0E442",
    "disgust": "#009E73",
    "fear": "#CC79A7",
    "happy": "#E69F00",
    "neutral": "#8C919A",
    "sad": "#0072B2",
    "surprise": "#56B4E9",
}
_OTHER_COLOUR = "#B4B8C0"


def canonical(label: str) -> str:
    """The one spelling used for an emotion: lower case, "anger" becomes "angry"."""
    name = label.strip().lower()
    return _SYNONYMS.get(name, name)


def mood_of(label: str) -> Mood:
    """The valence group of an emotion; a label that is not an emotion's counts as neutral."""
    return _MOOD.get(canonical(label), "neutral")


def colour_of(label: str) -> str:
    """The emotion's colour as "#RRGGBB", safe for colour-blind eyes."""
    return _COLOUR.get(canonical(label), _OTHER_COLOUR)


def colour_rgb(label: str) -> tuple[int, int, int]:
    """The emotion's colour as three values of 0 to 255."""
    digits = colour_of(label)
    return int(digits[1:3], 16), int(digits[3:5], 16), int(digits[5:7], 16)
