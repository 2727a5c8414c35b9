"""The errors that a user can meet, all under one root.

    FerError
    ├── ImageError        a picture that cannot be read or is refused
    ├── VideoError        a video that cannot be read or is refused
    ├── ArchiveError      a ZIP that cannot be read or is refused
    ├── UnknownNameError  a detector, model, architecture… that is not there
    ├── ModelError        a model that is missing, truncated, altered or cannot be fetched
    ├── DatasetError      training or test data that is missing or wrong
    ├── RecipeError       a training recipe with an unknown key or a bad value
    └── TrainingStopped   a training run ended early because somebody asked for it

The text of each says what was expected, what was received, and what to do next.
"""

from collections.abc import Iterable


class FerError(Exception):
    """Root of every error that is raised on purpose; its text is one line for a person."""


class ImageError(FerError):
    """A picture could not be decoded, or is outside the limits."""


class VideoError(FerError):
    """A video could not be read or written, or is outside the limits."""


class ArchiveError(FerError):
    """An archive of pictures could not be opened, or is outside the limits."""


class UnknownNameError(FerError):
    """A name was asked for that nothing is registered under."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = ", ".join(sorted(known))
        there = f"expected one of {choices}" if choices else f"there is no {kind} at all"
        super().__init__(f"Unknown {kind} {name!r}: {there}.")
        self.kind = kind
        self.name = name


class ModelError(FerError):
    """A model is missing, truncated, altered, does not match its card, or cannot be fetched."""


class DatasetError(FerError):
    """A data set is missing, has a wrong row, or lacks what the recipe needs."""


class RecipeError(FerError):
    """A training recipe has an unknown key or a value out of range."""


class TrainingStopped(FerError):  # noqa: N818  # nothing went wrong
    """A training run was stopped on request; what it had finished is kept and can go on."""
