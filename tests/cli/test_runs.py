"""`runs`, from the words typed to what is printed and the exit code."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fer_core.training.runs import Run, RunState
from fer_core.training.runs.launcher import claim
from fer_core.training.runs.state import StateRecord, write_state

if TYPE_CHECKING:
    from fer_core.training.recipe import Recipe

FerCore = Callable[..., Any]  # words in, (code, out, err) out
ROWS = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1,0.625,1.5\n"


@pytest.fixture
def stopped(tiny_recipe: "Recipe", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that was stopped after one of two epochs."""
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    run = Run.begin(tiny_recipe, "drawn_faces")
    (run.folder / "history.csv").write_text(ROWS)
    write_state(run.folder, StateRecord(RunState.stopped, "stopped on request"))
    return run


def test_runs_are_listed(fer_core: FerCore, stopped: Run) -> None:
    (line,) = fer_core("runs", "list").out.splitlines()
    assert line.split() == [
        *(stopped.id, "stopped", "1/2", "val_accuracy", "0.6250", "val_loss", "1.5000"),
        *("(epoch", "1)"),
    ]
    (status,) = json.loads(fer_core("runs", "list", "--json").out)
    assert status == json.loads(fer_core("runs", "show", stopped.id, "--json").out)
    # The promise of the project's design, word for word.
    assert {"run", "name", "state", "pid", "epoch", "epochs", "best", "reason"} <= set(status)


def test_no_runs_are_an_empty_list(
    fer_core: FerCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path))
    assert fer_core("runs", "list") == (0, "", "")
    assert json.loads(fer_core("runs", "list", "--json").out) == []


def test_a_run_is_shown_with_its_reason_and_how_to_go_on(fer_core: FerCore, stopped: Run) -> None:
    rows = dict(
        line.split(maxsplit=1)
        for line in fer_core("runs", "show", stopped.id[:-2]).out.splitlines()
    )
    assert rows["state"] == "stopped"
    assert rows["reason"] == "stopped on request"
    assert rows["go"] == f"on    python -m fer_core runs resume {stopped.id}"
    assert "phase" not in rows


def test_asking_to_stop_is_told(fer_core: FerCore, stopped: Run) -> None:
    lock = claim(stopped)
    try:
        ended = fer_core("runs", "stop", stopped.id)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith(f"run {stopped.id} stops after its present step")
        (stopped.folder / "stop").unlink()
        status = json.loads(fer_core("runs", "stop", stopped.id, "--json").out)
        assert status["state"] == "queued"
        assert (stopped.folder / "stop").exists()
    finally:
        lock.release()


def test_having_a_run_finish_is_told(fer_core: FerCore, stopped: Run) -> None:
    lock = claim(stopped)
    try:
        ended = fer_core("runs", "finish", stopped.id)
        assert ended == (0, f"run {stopped.id} finishes after its present epoch\n", "")
        assert (stopped.folder / "finish").exists()
    finally:
        lock.release()


@pytest.mark.parametrize(
    ("state", "words", "message"),
    [
        (RunState.finished, ["finish"], "is finished: `runs promote`"),
        (RunState.finished, ["finish", "--detach"], "is finished: `runs promote`"),
        (RunState.finished, ["resume"], "is finished: `runs promote`"),
        (RunState.finished, ["resume", "--detach"], "is finished: `runs promote`"),
        (RunState.finished, ["stop"], "is finished: there is nothing to stop"),
        (RunState.stopped, ["promote"], "has no model yet"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    fer_core: FerCore, stopped: Run, state: RunState, words: list[str], message: str
) -> None:
    write_state(stopped.folder, StateRecord(state))
    ended = fer_core("runs", *words, stopped.id)
    assert (ended.code, ended.out) == (1, "")
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["show", "stop", "resume", "finish", "promote", "delete"])
def test_an_unknown_run_is_told(
    fer_core: FerCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path))
    assert fer_core("runs", command, "nobody") == (
        1,
        "",
        f"Error: No run 'nobody' in {tmp_path}.\n",
    )


# --- delete ---


def test_a_run_is_deleted_when_told_so(fer_core: FerCore, stopped: Run) -> None:
    ended = fer_core("runs", "delete", stopped.id, "--yes")
    assert ended == (0, f"run {stopped.id} is deleted\n", "")
    assert not stopped.folder.exists()


def test_where_nobody_can_be_asked_deleting_needs_yes(
    fer_core: FerCore, stopped: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    ended = fer_core("runs", "delete", stopped.id)
    assert (ended.code, ended.out) == (2, "")
    assert "--yes" in ended.err
    assert stopped.folder.exists()


class Terminal(io.StringIO):
    """A person at a keyboard."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1)])
def test_a_person_is_asked_before_a_run_is_deleted(
    fer_core: FerCore, stopped: Run, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    ended = fer_core("runs", "delete", stopped.id)
    assert ended.code == code
    assert f"Delete {stopped.folder} for good?" in ended.out
    assert stopped.folder.exists() is bool(code)


def test_a_run_is_shown_with_its_label_its_pace_and_its_end(
    fer_core: FerCore, stopped: Run
) -> None:
    (stopped.folder / "history.csv").write_text(
        "epoch,accuracy,loss,seconds,val_accuracy,val_loss\n0,0.5,1,83.21,0.625,1.5\n"
    )
    fer_core("runs", "note", stopped.id, "--title", "Wide net", "--note", "two\nlines")
    lines = fer_core("runs", "show", stopped.id).out.splitlines()
    assert "title    Wide net" in lines
    assert lines[lines.index("note     two") + 1] == "         lines"
    assert "pace     83.2 s an epoch" in lines
    assert "elapsed  1 min 23 s" in lines
    assert not any(line.startswith("eta") for line in lines)  # it does not train
    lock = claim(stopped)
    try:
        assert "state    queued" in fer_core("runs", "show", stopped.id).out
        assert ", number 1 in the queue" in fer_core("runs", "show", stopped.id).out
        write_state(stopped.folder, StateRecord(RunState.running, phase="training"))
        shown = fer_core("runs", "show", stopped.id).out
        assert re.search(r"^eta      1 min 2\d s$", shown, re.MULTILINE)
    finally:
        lock.release()
