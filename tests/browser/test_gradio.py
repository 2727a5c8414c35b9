"""The Gradio demo in a real Chromium: the sample, a photo of one's own, the webcam, the cards."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import launch_chromium
from tests.browser.film import write_film
from tests.browser.server import free_port, running
from tests.conftest import PHOTO, Image


@pytest.fixture(scope="module")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo")
    port = free_port()
    places = {"GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(folder / "uploads")}
    command = f"exec {shlex.quote(sys.executable)} app.py"
    log = folder / "log.txt"
    with running(command, port, log, places, health="/gradio_api/info") as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


def read_sample(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Try the sample photo").click()
    expect(page.get_by_text("Mood: positive")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_the_sample_is_read_with_one_click(
    browser: Browser, demo_url: str, keep_picture: Path, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 1000},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    read_sample(page, demo_url)
    page.wait_for_timeout(500)
    page.screenshot(path=keep_picture / "pages" / f"gradio-{scheme}.png", full_page=True)
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0
    context.close()


def test_it_says_what_the_upload_page_says(page: Page, demo_url: str, app_url: str) -> None:
    page.goto(demo_url)
    page.locator("input[type=file]").first.set_input_files(PHOTO)
    expect(page.get_by_text("Mood: positive")).to_be_visible()
    shares = [text.strip() for text in page.locator("table td").all_inner_texts()]
    page.goto(f"{app_url}/upload")
    page.locator("input[type=file]").set_input_files(PHOTO)
    expect(page.get_by_text("1 photo, 1 face")).to_be_visible()
    for share in {text for text in shares if text.endswith("%")}:
        assert page.locator(".js-plotly-plot").get_by_text(share.rstrip("%"), exact=True).count()


def test_a_broken_photo_is_one_calm_line(page: Page, demo_url: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    read_sample(page, demo_url)
    page.get_by_role("button", name="Remove Image").click()
    page.locator("input[type=file]").first.set_input_files(broken)
    expect(page.get_by_text("expected a picture (JPEG")).to_be_visible()


def test_the_webcam_is_read(
    playwright_started: Playwright, demo_url: str, astronaut: Image, tmp_path: Path
) -> None:
    film = write_film(astronaut, tmp_path / "face.mjpeg")
    camera = launch_chromium(
        playwright_started,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    page = camera.new_context(permissions=["camera"]).new_page()
    page.goto(demo_url)
    page.get_by_role("tab", name="Live").click()
    page.get_by_text("Click to Access Webcam").click()
    page.get_by_role("button", name="capture").click()
    expect(page.get_by_test_id("label-output-value").filter(visible=True)).to_have_text("happy")
    camera.close()


def test_the_cards_hold_the_reports_figures(page: Page, demo_url: str) -> None:
    page.goto(demo_url)
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_role("heading", name="default", exact=True)).to_be_visible()
    expect(page.get_by_text("69.2% (67.7% to 70.7%)").first).to_be_visible()
    expect(page.get_by_text("AI Act, article 5")).to_be_visible()
