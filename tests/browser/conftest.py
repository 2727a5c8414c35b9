"""A running app and a real Chromium to look at it with."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.server import free_port, running
from tests.conftest import GroupPhoto, Image

WAIT_MS = 60_000
expect.set_options(timeout=WAIT_MS)  # five seconds, its own, is little on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The web app as `make app` starts it, on a free port; its log must show no traceback."""
    folder = tmp_path_factory.mktemp("server")
    log, places = folder / "log.txt", {"FER_VIDEOS_DIR": str(folder / "videos")}
    port = free_port()
    streamlit = f"{shlex.quote(sys.executable)} -m streamlit"
    command = f"{streamlit} run webapp/Home.py --server.port {port} --server.headless true"
    with running(f"exec {command}", port, log, places) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def playwright_started() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_started: Playwright) -> Iterator[Browser]:
    chromium = launch_chromium(playwright_started)
    yield chromium
    chromium.close()


def launch_chromium(playwright: Playwright, *arguments: str) -> Browser:
    """The installed Chromium; without one Playwright's own, which install_chromium.sh fetches."""
    installed = next(filter(_starts, ("chromium", "chromium-browser", "google-chrome")), None)
    return playwright.chromium.launch(
        executable_path=installed and shutil.which(installed), args=["--no-sandbox", *arguments]
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, light; a script error in it, or a request to another server, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme="light")
    opened = context.new_page()
    opened.set_default_timeout(WAIT_MS)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    hosts: set[str] = set()
    opened.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or "127.0.0.1"))
    yield opened
    context.close()
    assert errors == []
    assert hosts <= {"127.0.0.1"}, "the page asks other servers"


@pytest.fixture(scope="session")
def group(group_photo: GroupPhoto) -> tuple[Image, int]:
    """A group picture, (900, 1600, 3) RGB uint8, and how many people it shows."""
    places = [(260, 300, 230), (640, 260, 200), (1000, 320, 240), (1350, 280, 190), (800, 700, 210)]
    photo, faces = group_photo((1600, 900), places)
    return photo, len(faces)


@pytest.fixture
def keep_picture(tmp_path: Path) -> Path:
    """Where a test leaves its screenshots: `FER_SCREENSHOTS` (`make screenshots`), or nowhere."""
    folder = Path(os.environ.get("FER_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _starts(browser: str) -> bool:
    """Whether a command is a browser, and not only a hint where to install one."""
    path = shutil.which(browser)
    return (
        path is not None
        and subprocess.run([path, "--version"], capture_output=True).returncode == 0
    )
