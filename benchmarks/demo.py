"""What the Gradio demo costs: the way to its first answer, one answer, a minute of twenty clients.

    python -m benchmarks.demo

The demo runs as `make space` builds it, on this machine, as do the clients. Needs
requirements-dev.txt; other work on the machine spoils the figures.
"""

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import psutil
from gradio_client import Client, handle_file

from fer_core import load_analyzer
from fer_core.domain.images import decode_image, encode_jpeg
from fer_core.domain.scaling import scaled
from fer_core.domain.settings import sample_photo
from fer_core.inference.analyzer import EmotionAnalyzer
from tests.browser.server import free_port, running

ROOT = Path(__file__).resolve().parents[1]
CLIENTS, CALLS = 20, 40
LARGE_PHOTO_FACTOR = 6  # of the sample's 512 px a side


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long twenty clients ask")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        space = Path(folder) / "space"
        subprocess.run(
            [sys.executable, "deploy/space/build.py", str(space)],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        port = free_port()
        places = {
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_TEMP_DIR": f"{folder}/uploads",
            "FER_MODELS_DIR": "",
        }
        command = f"cd {space} && exec {shlex.quote(sys.executable)} app.py"
        log = Path(folder) / "log.txt"
        began = time.monotonic()
        with running(command, port, log, places, health="/gradio_api/info") as url:
            first = _client(url)
            first()
            measured = {"first answer after the start, s": round(time.monotonic() - began, 2)}
            (server,) = [
                child for child in psutil.Process().children() if "app.py" in child.cmdline()
            ]
            measured |= _one_client(url) | _many_clients(url, server, seconds)
    print(json.dumps(measured, indent=2))


def _client(url: str) -> Callable[[], None]:
    client = Client(url, verbose=False)
    photo = handle_file(str(sample_photo()))

    def ask() -> None:
        answer = client.predict(photo=photo, api_name="/analyze")
        assert answer["faces"], "the sample has a face"

    return ask


def _one_client(url: str) -> dict[str, float]:
    """An answer to a client of `gradio_client`, and one to a client that keeps its connection.

    `gradio_client` opens three connections for each call, and makes ready for TLS for each.
    """
    sample = sample_photo().read_bytes()
    large = encode_jpeg(scaled(decode_image(sample, "sample"), LARGE_PHOTO_FACTOR))
    measured = {"answer to gradio_client, ms": round(_median_ms(_client(url)), 1)}
    analyzer = load_analyzer()
    with httpx.Client(base_url=f"{url}/gradio_api", timeout=60) as client:
        for name, photo in {"sample": sample, "photo of 9 megapixels": large}.items():
            whole = _median_ms(partial(_ask, client, photo))
            alone = _median_ms(partial(_analyze, analyzer, photo))
            measured[f"{name}, answer over a kept connection, ms"] = round(whole, 1)
            measured[f"{name}, decoding and analysis alone, ms"] = round(alone, 1)
            measured[f"{name}, answer / alone"] = round(whole / alone, 2)
    return measured


def _ask(client: httpx.Client, photo: bytes) -> None:
    """Upload a photo, call `/analyze` and wait for its answer."""
    (path,) = client.post("/upload", files={"files": ("photo.jpg", photo)}).json()
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    call = client.post("/call/analyze", json={"data": [file, "default", "yunet", 0.5]}).json()
    answer = client.get(f"/call/analyze/{call['event_id']}").text
    assert "event: complete" in answer, answer


def _analyze(analyzer: EmotionAnalyzer, photo: bytes) -> None:
    analyzer.analyze(decode_image(photo, "photo"))


def _median_ms(work: Callable[[], None]) -> float:
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times)


def _many_clients(url: str, server: psutil.Process, seconds: float) -> dict[str, float]:
    """Twenty at once: errors, how unequally they are served, and memory."""
    answers, errors = [0] * CLIENTS, []
    end = time.monotonic() + seconds

    def visit(number: int) -> None:
        ask = _client(url)
        while time.monotonic() < end:
            try:
                ask()
                answers[number] += 1
            except Exception as error:  # noqa: BLE001  # counted
                errors.append(str(error))

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    memory = []
    while any(thread.is_alive() for thread in threads):
        memory.append(server.memory_info().rss / 1e6)
        time.sleep(1)
    fifth = max(1, len(memory) // 5)
    return {
        "twenty clients, answers": sum(answers),
        "twenty clients, errors": len(errors),
        "twenty clients, fewest answers": min(answers),
        "twenty clients, most answers": max(answers),
        "memory, median of the second fifth, MB": round(
            statistics.median(memory[fifth : 2 * fifth] or memory)
        ),
        "memory, median of the last fifth, MB": round(statistics.median(memory[-fifth:])),
    }


if __name__ == "__main__":
    main()
