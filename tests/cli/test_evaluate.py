"""`evaluate`, from the words typed to what is printed and the exit code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FerCore = Callable[..., Any]  # words in, (code, out, err) out


def test_evaluate_prints_the_documented_json(command: FerCore, served_models: Path) -> None:
    ended = command("evaluate", "--data", "drawn_faces", "--split", "PublicTest", "--json")
    assert (ended.code, ended.err) == (0, "")
    report = json.loads(ended.out)
    assert set(report) >= {
        *("model", "data", "split", "n", "accuracy", "accuracy_ci95", "macro_f1", "top2_accuracy"),
        *("hamming_loss", "ece", "per_class", "confusion", "labels"),
    }
    assert (report["model"], report["split"], report["n"]) == ("default", "PublicTest", 280)
    low, high = report["accuracy_ci95"]
    assert low < report["accuracy"] < high
    assert list(report["per_class"]) == report["labels"]


def test_evaluate_tells_split_and_views_beside_its_figures(fer_core: FerCore) -> None:
    words = ("evaluate", "--data", "drawn_faces", "--split", "PublicTest")
    single, ten = fer_core(*words), fer_core(*words, "--tta")
    assert single.code == ten.code == 0
    assert single.out.startswith("default on Drawn faces PublicTest, single view, n = 280\n")
    assert ten.out.startswith("default on Drawn faces PublicTest, ten views, n = 280\n")
    assert single.out.splitlines()[1].startswith("accuracy ")
    assert "  happy      precision " in single.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "nowhere.csv"], "Error: No data at 'nowhere.csv'"),
        (["--data", "drawn_faces", "--split", "test"], "Error: Drawn faces has no split 'test'"),
        (["--data", "drawn_faces", "--model", "nobody"], "Error: Unknown model 'nobody'"),
    ],
)
def test_evaluate_tells_what_is_missing(fer_core: FerCore, words: list[str], message: str) -> None:
    ended = fer_core("evaluate", *words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(message)
    assert len(ended.err.splitlines()) == 1
