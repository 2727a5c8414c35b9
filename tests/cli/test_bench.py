"""`bench` prints a line a figure, or all as JSON."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from fer_core import bench

FerCore = Callable[..., Any]  # words in, (code, out, err) out


def test_figures_as_a_table_and_as_json(fer_core: FerCore, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"network alone, ms": 0.7, "photo, faces": 1.0}
    monkeypatch.setattr(bench, "run_all", lambda: figures)
    rows = [line.rsplit(maxsplit=1) for line in fer_core("bench").out.splitlines()]
    assert rows == [["network alone, ms", "0.7"], ["photo, faces", "1"]]
    assert json.loads(fer_core("bench", "--json").out) == figures
