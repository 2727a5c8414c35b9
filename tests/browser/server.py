"""A web server of ours, started for a test and ended after it."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_S = 90


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def running(
    command: str,
    port: int,
    log: Path,
    environment: Mapping[str, str] | None = None,
    health: str = "/_stcore/health",  # Streamlit's
) -> Iterator[str]:
    """Run a shell command that serves on `port`; yields its address once `health` answers."""
    url = f"http://127.0.0.1:{port}"
    with log.open("w") as stream:
        server = subprocess.Popen(
            command,
            shell=True,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
        try:
            _wait_until_healthy(f"{url}{health}", server, log)
            yield url
        finally:
            with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=20)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert server.poll() is None, f"the app ended at once:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"the app did not start:\n{log.read_text()}")
