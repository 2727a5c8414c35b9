"""Every error on purpose is a `FerError` whose text is one line."""

import pytest

from fer_core.domain import errors
from fer_core.domain.errors import FerError, UnknownNameError


def test_the_tree() -> None:
    tree = {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, Exception)
    }
    assert set(tree) >= {
        "FerError",
        "ImageError",
        "ArchiveError",
        "UnknownNameError",
        "ModelError",
        "DatasetError",
        "RecipeError",
    }
    assert all(issubclass(kind, FerError) for kind in tree.values())


def test_the_module_draws_the_whole_tree() -> None:
    assert errors.__doc__ is not None
    for kind in FerError.__subclasses__():
        if kind.__module__ == errors.__name__:
            assert kind.__name__ in errors.__doc__


def test_unknown_name_lists_the_known_ones_sorted() -> None:
    error = UnknownNameError("detector", "yolo", ["yunet", "haar"])
    assert str(error) == "Unknown detector 'yolo': expected one of haar, yunet."
    assert (error.kind, error.name) == ("detector", "yolo")


def test_unknown_name_with_nothing_known() -> None:
    with pytest.raises(FerError, match=r"there is no \w+ at all"):
        raise UnknownNameError("model", "default", ())


def test_unknown_name_cannot_break_the_line() -> None:
    assert "\n" not in str(UnknownNameError("model", "two\nlines", ["a"]))
