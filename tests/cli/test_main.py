"""The command line as a whole: help and wrong usage."""

from collections.abc import Callable
from typing import Any

import pytest

FerCore = Callable[..., Any]  # words in, (code, out, err) out


def test_help_names_every_command(fer_core: FerCore) -> None:
    ended = fer_core("--help")
    assert ended.code == 0
    for name in ("analyze", "models", "train", "evaluate", "runs", "hub", "bench"):
        assert name in ended.out


@pytest.mark.parametrize(
    "words", [["analyze"], ["analize"], ["analyze", "x.png", "--format", "xml"]]
)
def test_wrong_usage_ends_with_2(command: FerCore, words: list[str]) -> None:
    ended = command(*words)
    assert ended.code == 2
    assert ended.out == ""
    assert "Usage:" in ended.err
    assert "Traceback" not in ended.err
