"""The webcam page in a real Chromium, whose camera is a film of the astronaut moving about."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Frame, Page, Playwright, expect

from tests.browser.conftest import WAIT_MS, launch_chromium
from tests.conftest import Image

FRAMES = 150
READS = "Read my face"


@pytest.fixture(scope="module")
def film(astronaut: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds at 640×480: the face moves, comes nearer, and goes back where it was."""
    path = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    bgr = astronaut[:, :, ::-1]
    with path.open("wb") as stream:
        for number in range(FRAMES):
            turn = 2 * np.pi * number / FRAMES
            zoom = 1.0 + 0.25 * np.sin(turn)
            x, y = 64 + 90 * np.sin(turn) - 256 * (zoom - 1), -16 - 150 * (zoom - 1)
            move = np.array([[zoom, 0, x], [0, zoom, y]], np.float32)
            frame = cv2.warpAffine(bgr, move, (640, 480), borderMode=cv2.BORDER_REPLICATE)
            stream.write(cv2.imencode(".jpg", frame)[1].tobytes())
    return path


@pytest.fixture(scope="module")
def camera(playwright_started: Playwright, film: Path) -> Iterator[Browser]:
    """A Chromium with that film for a camera, which it lets every page use."""
    browser = launch_chromium(
        playwright_started,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    yield browser
    browser.close()


def consent(page: Page, url: str) -> None:
    page.goto(f"{url}/webcam")
    page.get_by_text(READS).click()


def player(page: Page) -> Frame:
    """The video's own frame, once it can be started."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while time.monotonic() < deadline:
        for frame in page.frames:
            if frame.get_by_role("button", name="START").count():
                return frame
        page.wait_for_timeout(200)
    raise AssertionError("there is no video to start")


def analysed(page: Page) -> int:
    """How many frames the page says were read."""
    text = page.get_by_text(re.compile(r"[\d,]+ analysed")).inner_text()
    (number,) = re.findall(r"([\d,]+) analysed", text)
    return int(number.replace(",", ""))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_face_is_read_live(
    camera: Browser, app_url: str, keep_picture: Path, scheme: str
) -> None:
    context = camera.new_context(viewport={"width": 1280, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    consent(page, app_url)
    video = player(page)
    page.wait_for_timeout(1500)  # the component takes no click before it has its settings
    video.get_by_role("button", name="START").click()
    expect(page.get_by_role("heading", name=re.compile(r"^happy \d+%"))).to_be_visible(
        timeout=WAIT_MS
    )
    deadline = time.monotonic() + WAIT_MS / 1000
    while analysed(page) <= 100:
        assert time.monotonic() < deadline, page.get_by_text("analysed").inner_text()
        page.wait_for_timeout(500)
    expect(page.get_by_text("This session: 1 face")).to_be_visible()
    playing = "document.querySelector('video').videoWidth"
    assert video.evaluate(playing) > 0
    page.screenshot(path=keep_picture / "pages" / f"webcam-{scheme}.png", full_page=True)
    video.get_by_role("button", name="STOP").click()
    expect(page.get_by_text("Press START")).to_be_visible(timeout=WAIT_MS)
    context.close()


def test_without_consent_there_is_no_camera(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/webcam")
    expect(page.get_by_text("Tick the box to turn the camera on.")).to_be_visible(timeout=WAIT_MS)
    assert not [f for f in page.frames if f.get_by_role("button", name="START").count()]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_every_screen(camera: Browser, app_url: str, width: int) -> None:
    context = camera.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    consent(page, app_url)
    player(page)
    for name in ("Boxes", "Names", "Bars", "Landmarks", "Mirror"):
        expect(page.get_by_text(name, exact=True)).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    context.close()
