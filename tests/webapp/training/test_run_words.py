"""A run's times and progress in words."""

from dataclasses import replace

from fer_core.training.runs import RunState
from tests.webapp.training.conftest import AddRun
from webapp.components.training import run_words as words


def test_a_moment_is_written_as_people_do() -> None:
    assert words.moment("2026-11-02T09:05:00+00:00") == "2 November 2026, 09:05"
    assert words.moment("") == "at an unknown time"


def test_progress_tells_what_is_known(add_run: AddRun) -> None:
    status = add_run(RunState.running, done=1).status()
    assert words.progress_line(status) == "epoch 1 of 2 · best 50.0% · 2.0 s left"
    assert words.share_done(status) == 0.5
    fresh = replace(status, epoch=0, best={}, eta_s=None, elapsed_s=0.0)
    assert words.progress_line(fresh) == "epoch 0 of 2"
    queued = replace(fresh, state=RunState.queued)
    assert words.progress_line(replace(queued, queue_place=1)) == "next in the queue"
    assert words.progress_line(replace(queued, queue_place=3)) == "2 before it in the queue"
    # Early stopping: what was asked for is not what was needed.
    assert words.share_done(replace(status, state=RunState.finished)) == 1.0


def test_facts_say_where_and_how_long(add_run: AddRun) -> None:
    status = add_run(RunState.running).status()
    text = words.facts(status)
    assert f"on {status.host}, process {status.pid}" in text
    assert text.endswith("6.0 s of training · 2.0 s an epoch")
