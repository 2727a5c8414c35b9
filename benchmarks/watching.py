"""What watching a run takes of the machine that trains it: the page open over one real run.

    python -m benchmarks.watching

A server, a run on drawn faces and a Chromium that looks at it share this machine; whatever share
of its processors the server takes is the most that training loses to it. (Epochs timed with the
page open and closed in turns differed by a fifth either way on shared cores, which hides so
little.) The browser's share is told beside it: it burdens training only where somebody watches
from that very machine. Needs requirements-dev.txt and a Chromium.
"""

import argparse
import json
import os
import shlex
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import expect, sync_playwright

from fer_core.training.recipe import load_recipe
from fer_core.training.runs import Run, launch, stop
from tests.browser.server import free_port, running

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "configs" / "jain_cnn.toml"
SETTLE_EPOCHS, SETTLE_S = 2, 10
PATIENCE_MS = 120_000


def main() -> None:
    """Measure, and print the shares as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=90, help="how long to watch")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FER_RUNS_DIR"] = folder
        port = free_port()
        command = (
            f"exec {shlex.quote(sys.executable)} -m streamlit run webapp/Home.py "
            f"--server.port {port} --server.headless true"
        )
        with running(command, port, Path(folder) / "server.log") as url:
            (server,) = [
                child for child in psutil.Process().children() if str(port) in child.cmdline()
            ]
            run = launch(load_recipe(RECIPE, ("optimization.epochs=1000",)), "drawn_faces")
            try:
                measured = _measure(run, f"{url}/training", server, seconds)
            finally:
                stop(run, now=True)
    print(json.dumps(measured, indent=2))


def _measure(run: Run, url: str, server: psutil.Process, seconds: float) -> dict[str, Any]:
    with sync_playwright() as playwright:
        installed = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        _wait(run, SETTLE_EPOCHS)
        page.goto(url)
        expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE_MS)
        time.sleep(SETTLE_S)  # opening is not watching
        own = psutil.Process()
        shown = [child for child in own.children(recursive=True) if "chrom" in child.name()]
        watched = {"server": [server], "browser": shown, "training": [psutil.Process(_pid(run))]}
        epochs, began = len(run.history()), time.monotonic()
        before = {name: _processor_s(processes) for name, processes in watched.items()}
        time.sleep(seconds)
        passed = (time.monotonic() - began) * (psutil.cpu_count() or 1)
        shares = {
            f"{name}, share of the machine": round(
                (_processor_s(processes) - before[name]) / passed, 4
            )
            for name, processes in watched.items()
        }
        browser.close()
    return {**shares, "seconds": seconds, "epochs": len(run.history()) - epochs}


def _pid(run: Run) -> int:
    pid = run.status().pid
    assert pid is not None, "the run has no process"
    return pid


def _wait(run: Run, epochs: int) -> None:
    """Until a run has finished so many epochs."""
    while len(run.history()) < epochs:
        state = run.status().state
        assert state.active, f"the run is {state}:\n{run.log_tail()}"
        time.sleep(0.2)


def _processor_s(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes if process.is_running()]
    return float(sum(time.user + time.system for time in times))


if __name__ == "__main__":
    main()
