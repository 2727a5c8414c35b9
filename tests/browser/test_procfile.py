"""The Procfile's command starts the app on the host's port."""

import os
import sys
import urllib.request
from pathlib import Path

from tests.browser.server import ROOT, free_port, running


def test_the_web_process_serves_on_the_given_port(tmp_path: Path) -> None:
    kind, _, command = (ROOT / "Procfile").read_text().strip().partition(": ")
    assert kind == "web"
    port = free_port()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PORT": str(port), "PATH": path}
    with (
        running(f"exec {command}", port, tmp_path / "log.txt", environment) as url,
        urllib.request.urlopen(url, timeout=10) as answer,
    ):
        assert answer.status == 200
        assert "streamlit" in answer.read().decode().lower()
