"""`train`, from the words typed to what is printed and the exit code."""

import json
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fer_core.training.runs import slots

ROOT = Path(__file__).resolve().parents[2]
ASTRONAUT = ROOT / "fer_core" / "samples" / "astronaut.jpg"
FerCore = Callable[..., Any]  # words in, (code, out, err) out


@pytest.fixture
def quick(tmp_path: Path) -> tuple[Any, ...]:
    """Words for a training run of one short epoch."""
    recipe = tmp_path / "quick.toml"
    shutil.copyfile(ROOT / "configs" / "quickstart.toml", recipe)
    words: list[Any] = ["train", "--recipe", recipe, "--data", "drawn_faces"]
    for override in (
        *("optimization.epochs=1", "optimization.warmup_epochs=0", "optimization.batch_size=210"),
        "architecture.settings.widths=[8]",
    ):
        words += ["--set", override]
    return tuple(words)


def test_a_trained_model_can_be_promoted_and_used(
    fer_core: FerCore, quick: tuple[Any, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "models"))
    trained = fer_core(*quick)
    assert trained.code == 0
    first, *rest = trained.out.splitlines()
    word, run = first.split()
    assert word == "run"
    assert (tmp_path / "runs" / run / "model" / "card.json").is_file()
    assert rest[0].startswith("epoch 1/1  accuracy ")
    assert any(line.startswith("PublicTest: accuracy ") for line in rest)
    assert (tmp_path / "runs" / run / "log.txt").read_text().splitlines() == rest

    promoted = fer_core("runs", "promote", run, "--name", "mine")
    assert promoted.code == 0
    assert "model mine is ready" in promoted.out
    assert fer_core("models").out.startswith("mine ")
    used = fer_core("analyze", ASTRONAUT, "--model", "mine", "--format", "json")
    assert len(json.loads(used.out)[0]["faces"]) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "optimization.epochs=none"], "optimization.epochs must be of type int"),
        (["--set", "colour=blue"], "Unknown key colour"),
        (["--data", "nowhere.csv"], "No data at 'nowhere.csv'"),
        (["--recipe", "nowhere.toml"], "No recipe at nowhere.toml"),
    ],
)
def test_a_run_that_cannot_begin_is_told_and_leaves_nothing(
    fer_core: FerCore,
    quick: tuple[Any, ...],
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    ended = fer_core(*quick, *words)
    assert (ended.code, ended.out) == (1, "")
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "runs").exists()
    assert fer_core(*quick, *words, "--detach") == ended
    assert not (tmp_path / "runs").exists()


def test_ctrl_c_stops_and_tells_how_to_go_on(
    fer_core: FerCore, quick: tuple[Any, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setattr(  # as if it were pressed while the slot is taken
        slots, "_take", lambda run: signal.raise_signal(signal.SIGINT)
    )
    ended = fer_core(*quick)
    run, waiting = ended.out.splitlines()
    assert waiting.startswith("waiting")
    assert ended.code == 1
    run_id = run.removeprefix("run ")
    assert ended.err == (
        f"Error: Run {run_id} was stopped on request, 0 of 1 epochs done; it goes on with: "
        f"python -m fer_core runs resume {run_id}\n"
    )


def test_a_detached_run_goes_on_by_itself_and_can_be_stopped(
    fer_core: FerCore, quick: tuple[Any, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    ended = fer_core(*quick, "--detach")
    assert (ended.code, ended.err) == (0, "")
    run = ended.out.splitlines()[0].removeprefix("run ")
    assert fer_core("runs", "stop", run).code == 0  # before it has even loaded Keras

    def show() -> dict[str, Any]:
        status: dict[str, Any] = json.loads(fer_core("runs", "show", run, "--json").out)
        return status

    deadline = time.monotonic() + 120
    while (status := show())["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, status
        time.sleep(0.1)
    assert (status["state"], status["epoch"], status["pid"]) == ("stopped", 0, None)
    assert "it goes on with" in (tmp_path / "runs" / run / "log.txt").read_text()
