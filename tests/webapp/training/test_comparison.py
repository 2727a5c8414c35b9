"""Runs side by side: what differs is shown, and whether one is better is a paired question."""

import numpy as np
import pytest

from fer_core.evaluation.answers import ANSWERS_FILE, Answers, save_answers
from fer_core.evaluation.comparison import compare
from fer_core.training.runs import Run, RunState
from tests.webapp.training.conftest import AddRun, OpenTab
from webapp.components.training.comparison import pair_sentence


def answers(right: int, fingerprint: str = "f") -> Answers:
    """Of ten pictures of two classes, the first `right` are read right."""
    targets = np.arange(10) % 2
    said = np.where(np.arange(10) < right, targets, 1 - targets)
    return Answers(
        ("a", "b"), targets, np.eye(2, dtype=np.float32)[said], "PublicTest", "x", fingerprint
    )


def finished(add_run: AddRun, right: int, fingerprint: str = "f", **recipe: object) -> Run:
    run = add_run(**recipe)
    save_answers(run.model_folder / ANSWERS_FILE, answers(right, fingerprint))
    return run


def test_one_run_is_not_enough(add_run: AddRun, open_tab: OpenTab) -> None:
    add_run()
    assert "Two runs are needed" in open_tab("Compare").info[0].value


def test_two_runs_are_compared(add_run: AddRun, open_tab: OpenTab) -> None:
    finished(add_run, 9, name="one", seed=1)
    finished(add_run, 5, name="two", seed=2)
    app = open_tab("Compare")
    figures, parameters = (item.value for item in app.dataframe)
    assert list(figures["epochs"]) == [3, 3]
    assert "seed" in list(parameters["parameter"])
    assert "optimization.epochs" not in list(parameters["parameter"])  # the same in both
    text = "\n".join(item.value for item in app.markdown).replace("\\", "")
    assert "+40.0 points" in text or "-40.0 points" in text
    assert len(app.get("plotly_chart")) == 2
    app.toggle(key="training-compare-all").set_value(True).run()
    assert "optimization.epochs" in list(app.dataframe[1].value["parameter"])


def test_other_pictures_cannot_be_paired(add_run: AddRun, open_tab: OpenTab) -> None:
    finished(add_run, 9)
    finished(add_run, 5, "other")
    app = open_tab("Compare")
    assert any("different pictures" in item.value for item in app.info)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive"])
def test_damaged_answers_are_one_line(add_run: AddRun, open_tab: OpenTab, content: bytes) -> None:
    run = finished(add_run, 9)
    finished(add_run, 5)
    (run.model_folder / ANSWERS_FILE).write_bytes(content)
    app = open_tab("Compare")
    assert len(app.warning) == 1


def test_runs_that_have_not_come_far_can_be_chosen(add_run: AddRun, open_tab: OpenTab) -> None:
    add_run(RunState.running, done=1)
    add_run(RunState.queued, done=0)
    app = open_tab("Compare")
    app.multiselect[0].set_value(app.multiselect[0].options).run()
    assert not app.exception
    assert any("picture by picture" in item.value for item in app.caption)


def test_the_sentence_says_whether_zero_is_within() -> None:
    one, other = answers(9), answers(5)
    found = compare(one.probabilities, other.probabilities, one.targets)
    text = pair_sentence("one", "two", found)
    assert text.startswith("one has 90.0% and two 50.0% of the same 10 pictures: +40.0 points")
    assert "the interval leaves zero out" in text
    assert "Only the first is right on 4, only the second on 0 (McNemar p = 0.12)." in text
    same = compare(one.probabilities, one.probabilities, one.targets)
    assert "the interval holds zero" in pair_sentence("one", "one", same)
