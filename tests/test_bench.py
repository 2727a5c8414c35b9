"""The bench measures what it says; its times are its own business."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fer_core import bench
from fer_core.cli import app


@pytest.fixture
def short(served_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rounds and photos: enough for every figure to be there."""
    monkeypatch.setattr(bench, "_ROUNDS", 1)
    monkeypatch.setattr(bench, "_PHOTOS_FOR_MEMORY", 10)


@pytest.mark.usefixtures("short")
def test_every_figure_is_printed_as_json() -> None:
    ended = CliRunner().invoke(app, ["bench", "--json"])
    assert ended.exit_code == 0
    figures = json.loads(ended.stdout)
    assert figures["photo, longer side, px"] == 1024
    assert figures["photo, faces"] == 1
    assert figures["heavy modules loaded by serving"] == 0
    assert figures["photos analysed for memory"] == 10
    # The project's rules: a batch gives what single faces give, and ONNX what Keras gives.
    assert figures["batch against single, largest difference"] < 1e-5
    assert figures["ONNX against Keras, largest difference"] < 1e-4
    # What is left is times, ratios of times and sizes of memory.
    assert all(value > 0 for name, value in figures.items() if name.endswith((" s", "ms", "MB")))


def test_the_table_has_a_line_for_each_figure(
    served_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "run_all", bench.import_cost)  # the quickest part of it
    ended = CliRunner().invoke(app, ["bench"])
    assert ended.exit_code == 0
    names = [line.rsplit(maxsplit=1)[0] for line in ended.stdout.splitlines()]
    assert names == [
        *("import fer_core, s", "import all that serving needs, s"),
        "heavy modules loaded by serving",
    ]
