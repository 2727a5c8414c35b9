"""What the training page costs the server: opened over many runs, and while it watches one.

    python -m benchmarks.training_page

Runs Streamlit's own harness over a folder of generated runs, which has histories as the engine
writes them and one run that is running; its seconds hold the page's script and nothing of a
browser. The first opening reads every history; a refresh is what a watched run costs each time.
"""

import argparse
import json
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from fer_core.datasets.label_sets import LABEL_SETS
from fer_core.domain.file_lock import LOCK_FILE, FileLock
from fer_core.training.history import HISTORY_FILE
from fer_core.training.recipe import load_recipe
from fer_core.training.runs.process import own_identity
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState, StateRecord, write_state
from fer_core.training.snapshot import ValidationSnapshot, write_snapshot

ROOT = Path(__file__).resolve().parents[1]
HOME, RECIPE = ROOT / "webapp" / "Home.py", ROOT / "configs" / "default.toml"
PAGE = "app_pages/4_training.py"
COLUMNS = "epoch,accuracy,learning_rate,loss,macro_f1,seconds,val_accuracy,val_loss,val_macro_f1"
MISTAKES, SIDE = 25, 48
TIMES, PATIENCE_S = 15, 120

Times = tuple[float, float]


def main() -> None:
    """Measure, and print milliseconds as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FER_RUNS_DIR"] = folder
        for number in range(arguments.runs - 1):
            _write_finished(number, arguments.epochs)
        watched, lock = _write_running(arguments.epochs)
        try:
            measured = _measure(watched, arguments.epochs)
        finally:
            lock.release()
    print(json.dumps({"runs": arguments.runs, "epochs": arguments.epochs} | measured, indent=2))


def _measure(watched: Run, epochs: int) -> dict[str, Any]:
    app = AppTest.from_file(str(HOME), default_timeout=PATIENCE_S).run()
    first = _timed(lambda: app.switch_page(PAGE).run())
    assert not app.exception, app.exception
    return {
        "first_opening": _told([first]),
        "opening_again": _told([_timed(app.run) for _ in range(TIMES)]),
        "refresh": _told(_refreshes("detail", watched.id)),
        "refresh_with_a_new_epoch": _told(_refreshes("detail", watched.id, epochs)),
        "refresh_of_the_list": _told(_refreshes("list", watched.id)),
    }


def _timed(do: Callable[[], object]) -> Times:
    """Milliseconds on the clock, and of processor time, which a busy machine does not stretch."""
    began, used = time.perf_counter(), time.process_time()
    do()
    return 1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - used)


def _refreshes(what: str, run_id: str, epochs: int = 0) -> list[Times]:
    """Times of one fragment's script, again and again, the first left out."""
    app = AppTest.from_function(_fragment, default_timeout=PATIENCE_S, args=(what, run_id))
    took = []
    for number in range(TIMES + 1):
        if epochs:
            _write_history(Run.open(run_id), epochs // 2 + number, seed=0)
        app.run()
        assert not app.exception, app.exception
        took.append(app.session_state["took"])
    return took[1:]


def _fragment(what: str, run_id: str) -> None:
    """One fragment alone on a page; what the harness itself costs is left out."""
    import time

    import streamlit as st

    from fer_core.training.runs import RunState
    from webapp.components.training import run_detail, run_list

    st.session_state["training-run"] = run_id
    began, used = time.perf_counter(), time.thread_time()
    if what == "list":
        run_list._draw()
    else:
        run_detail._watch(run_id, RunState.running, run_detail.WATCH_EVERY_S)
    took = 1e3 * (time.perf_counter() - began), 1e3 * (time.thread_time() - used)
    st.session_state["took"] = took


def _told(times: list[Times]) -> dict[str, float]:
    """Medians of both, and the longest on the clock."""
    clock, processor = zip(*times, strict=True)
    return {
        "ms": round(statistics.median(clock), 1),
        "longest_ms": round(max(clock), 1),
        "processor_ms": round(statistics.median(processor), 1),
    }


def _write_finished(number: int, epochs: int) -> None:
    run = _begun(number, epochs)
    write_state(run.folder, StateRecord(RunState.finished))
    _write_history(run, epochs, seed=number)


def _write_running(epochs: int) -> tuple[Run, FileLock]:
    """A run that this very process seems to work on, halfway through."""
    run = _begun(-1, epochs)
    _write_history(run, epochs // 2, seed=0)
    write_snapshot(run.folder, _snapshot())
    own_identity().write(run.folder)
    lock = FileLock.take(run.folder / LOCK_FILE)
    assert lock is not None
    write_state(run.folder, StateRecord(RunState.running, phase="training"))
    return run, lock


def _begun(seed: int, epochs: int) -> Run:
    recipe = load_recipe(RECIPE, (f"optimization.epochs={epochs}", f"seed={seed + 1}"))
    run = Run.begin(recipe, "drawn_faces")
    run.log("\n".join(f"epoch {epoch}/{epochs}  loss 1.0000" for epoch in range(1, epochs + 1)))
    return run


def _write_history(run: Run, epochs: int, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.01, (epochs, 4))
    rows = [COLUMNS]
    for epoch, (a, b, c, d) in enumerate(noise.tolist()):
        done = 1 - math.exp(-4 * epoch / epochs)
        figures = (0.7 * done + a, 0.1 * (1 - done), 2 - done + b, 0.6 * done + a, 5.2)
        checked = (0.65 * done + c, 2 - done + d, 0.6 * done + c)
        rows.append(",".join(map(repr, (epoch, *figures, *checked))))
    (run.folder / HISTORY_FILE).write_text("\n".join(rows) + "\n", encoding="utf-8")


def _snapshot() -> ValidationSnapshot:
    random, labels = np.random.default_rng(0), LABEL_SETS["fer7"].labels
    return ValidationSnapshot(
        epoch=1,
        labels=labels,
        confusion=random.integers(0, 400, (len(labels), len(labels))),
        images=random.integers(0, 256, (MISTAKES, SIDE, SIDE), dtype=np.uint8),
        true=(labels[0],) * MISTAKES,
        predicted=(labels[1],) * MISTAKES,
        confidence=np.linspace(0.99, 0.5, MISTAKES, dtype=np.float32),
        positions=np.arange(MISTAKES),
    )


if __name__ == "__main__":
    main()
