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


def test_a_model_against_itself_is_no_better(fer_core: FerCore, served_models: Path) -> None:
    ended = fer_core("evaluate", "--data", "drawn_faces", "--against", "default")
    first, last = ended.out.splitlines()
    assert first == "default against default on Drawn faces PublicTest, n = 280"
    assert last.endswith(": +0.0 points, 95% interval +0.0 to +0.0, McNemar p = 1")


def test_data_can_be_brought_to_a_label_set(fer_core: FerCore, served_models: Path) -> None:
    words = ("evaluate", "--data", "drawn_faces", "--label-set", "fer5", "--shared-classes")
    ended = fer_core(*words)
    assert ended.code == 0
    assert ended.out.splitlines()[0].endswith("n = 200")  # five of seven classes of forty
    assert "shared classes only: angry, happy, sad, surprise, neutral" in ended.out


def test_the_full_report_is_json(fer_core: FerCore, served_models: Path) -> None:
    report = json.loads(fer_core("evaluate", "--data", "drawn_faces", "--full").out)
    assert set(report) == {
        *("single", "ten_views", "ranks", "roc", "reliability", "worst_mistakes")
    }


def test_robustness_is_a_table(fer_core: FerCore, served_models: Path) -> None:
    ended = fer_core("evaluate", "--data", "drawn_faces", "--robustness", "--limit", "35")
    assert "single view, n = 35" in ended.out
    assert "  blur " in ended.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--against", "default", "--full"], "expected one of --against"),
        (["--targets", "majority"], "expected --label-set beside --targets"),
        (["--limit", "0"], "Invalid value for '--limit'"),
    ],
)
def test_words_that_do_not_go_together_are_told(
    fer_core: FerCore, words: list[str], message: str
) -> None:
    ended = fer_core("evaluate", "--data", "drawn_faces", *words)
    assert ended.code == 2
    assert message in " ".join(ended.err.split())
