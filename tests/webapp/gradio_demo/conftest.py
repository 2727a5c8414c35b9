"""The demo as `python app.py` serves it."""

import shlex
import sys
from collections.abc import Iterator

import pytest

from tests.browser.server import free_port, running


@pytest.fixture(scope="package")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo")
    port = free_port()
    places = {"GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(folder / "uploads")}
    command = f"exec {shlex.quote(sys.executable)} app.py"
    with running(command, port, folder / "log.txt", places, health="/gradio_api/info") as url:
        yield url
