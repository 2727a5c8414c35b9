"""The webcam page in a real Chromium, whose camera is a film of the astronaut moving about."""

import contextlib
import csv
import io
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from playwright.sync_api import Browser, Frame, Page, Playwright, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from fer_core.detection.base import load_detector
from fer_core.domain.emotions import colour_rgb
from fer_core.domain.images import decode_image
from tests.browser.conftest import WAIT_MS, launch_chromium
from tests.browser.film import write_film
from tests.browser.server import free_port, running
from tests.conftest import Image

FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
READS, START = "Read my face", "Start camera"
# Browsers that may not use a TURN server, and are given none, meet nobody.
ONLY_RELAYED = """
const Peer = window.RTCPeerConnection;
window.RTCPeerConnection = function (configuration, ...rest) {
  return new Peer({ ...configuration, iceTransportPolicy: "relay" }, ...rest);
};
window.RTCPeerConnection.prototype = Peer.prototype;
"""


@pytest.fixture(scope="module")
def film(astronaut: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(astronaut, tmp_path_factory.mktemp("camera") / "face.mjpeg")


@pytest.fixture(scope="module")
def camera(playwright_started: Playwright, film: Path) -> Iterator[Browser]:
    """A Chromium with that film for a camera."""
    browser = launch_chromium(
        playwright_started, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}"
    )
    yield browser
    browser.close()


def visit(browser: Browser, url: str, **choices: Any) -> Page:
    """The page with consent given, in a context that may use the camera."""
    choices = {"permissions": ["camera"], "viewport": {"width": 1280, "height": 1000}} | choices
    page = browser.new_context(**choices).new_page()
    page.set_default_timeout(WAIT_MS)
    consent(page, url)
    return page


def consent(page: Page, url: str) -> None:
    page.goto(f"{url}/webcam")
    page.get_by_text(READS).click()


def player(page: Page) -> Frame:
    """The video's own frame, once it can be started."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while time.monotonic() < deadline:
        for frame in page.frames:
            if frame.get_by_role("button", name=START).count():
                return frame
        page.wait_for_timeout(200)
    raise AssertionError("there is no video to start")


def start(page: Page) -> Frame:
    """Press the button, and again if the connection does not come about, until faces are read."""
    frame = player(page)
    page.wait_for_timeout(1500)
    for _ in range(3):
        frame.get_by_role("button", name=START).click()
        with contextlib.suppress(PlaywrightTimeout):
            page.get_by_text("This session:").wait_for(timeout=20_000)
            frame.get_by_role("button", name="Stop").wait_for(timeout=5_000)
            return frame
        if frame.get_by_role("button", name="Stop").count():
            return frame
    raise AssertionError("the video does not start")


def analysed(page: Page) -> int:
    """How many frames the page says were read."""
    text = page.get_by_text(re.compile(r"[\d,]+ analysed")).inner_text()
    (number,) = re.findall(r"([\d,]+) analysed", text)
    return int(number.replace(",", ""))


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return download.value.path().read_bytes()


def drawn_box(picture: Image) -> float | None:
    """The middle, from the left, of a frame drawn in the colour of happy."""
    is_colour = np.all(picture == colour_rgb("happy"), axis=2)
    columns = np.flatnonzero(is_colour.sum(axis=0) > 25)  # its two sides
    return float(columns[0] + columns[-1]) / 2 if len(columns) > 1 else None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_face_is_read_live(
    camera: Browser, app_url: str, keep_picture: Path, scheme: str
) -> None:
    page = visit(camera, app_url, color_scheme=scheme)
    video = start(page)
    expect(page.get_by_role("heading", name=re.compile(r"^happy \d+%"))).to_be_visible()
    expect(page.get_by_role("meter", name="happy")).to_be_visible()
    deadline = time.monotonic() + WAIT_MS / 1000
    while analysed(page) <= 100:
        assert time.monotonic() < deadline, page.get_by_text("analysed").inner_text()
        page.wait_for_timeout(500)
    expect(page.get_by_text(re.compile(r"This session: \d+ faces?"))).to_be_visible()
    expect(page.get_by_role("meter", name="happy")).to_be_visible()
    assert video.evaluate("document.querySelector('video').videoWidth") > 0
    page.screenshot(path=keep_picture / "pages" / f"webcam-{scheme}.png", full_page=True)
    if scheme == "dark":
        page.screenshot(path=keep_picture / "webcam.png")
    video.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Press Start camera")).to_be_visible()
    expect(page.get_by_text("This session:")).to_be_visible()  # what it told stays
    page.context.close()


def test_the_box_follows_the_face(camera: Browser, app_url: str) -> None:
    """In the picture as shown, and in the numbers as recorded, against the face's true way."""
    page = visit(camera, app_url)
    start(page)
    expect(page.get_by_role("meter", name="happy")).to_be_visible()
    page.get_by_text("Record results").click()
    page.wait_for_timeout(1500)  # a click that meets a page being drawn downloads nothing
    detector = load_detector("yunet")
    ways: list[tuple[float, float, float]] = []
    deadline = time.monotonic() + WAIT_MS / 1000
    while len(ways) < 12:
        assert time.monotonic() < deadline, ways
        picture = decode_image(downloaded(page, "Snapshot"), "snapshot")
        box, faces = drawn_box(picture), detector.detect(picture)
        if box and faces:
            x, _, side, _ = faces[0].box_xywh
            ways.append((box, x + side / 2, side))
        page.wait_for_timeout(700)
    boxes, centres, sides = np.array(ways).T
    assert np.ptp(centres) > 60  # it did move
    # Mirrored or frozen it would be below; on a machine with much else to do it lags.
    assert np.corrcoef(boxes, centres)[0, 1] > 0.5
    assert np.median(np.abs(boxes - centres) / sides) < 0.35
    rows = list(csv.DictReader(io.StringIO(downloaded(page, "CSV").decode())))
    page.context.close()
    times = [float(row["time_s"]) for row in rows]
    assert times == sorted(times)
    assert max(np.diff(times)) > 1  # the face was away, and came back
    assert np.ptp([float(row["x"]) for row in rows]) > 100
    assert np.mean([row["emotion"] == "happy" for row in rows]) > 0.8


def test_recorded_results_and_choices(camera: Browser, app_url: str) -> None:
    page = visit(camera, app_url)
    start(page)
    expect(page.get_by_role("meter", name="happy")).to_be_visible()
    for name in ("Boxes", "Names", "Bars", "Pace"):
        page.get_by_text(name, exact=True).click()
    page.wait_for_timeout(1500)
    bare = decode_image(downloaded(page, "Snapshot"), "snapshot")
    assert drawn_box(bare) is None
    page.get_by_role("button", name="New session").click()
    expect(page.get_by_text(re.compile(r"This session: 1 face, [0-9] s"))).to_be_visible()
    page.context.close()


def test_hasty_clicks_do_not_end_the_video(camera: Browser, app_url: str) -> None:
    page = visit(camera, app_url)
    frame = start(page)
    expect(page.get_by_role("meter", name="happy")).to_be_visible()
    page.evaluate(
        """() => {
            const toggles = [...document.querySelectorAll('[data-testid="stCheckbox"] input')];
            for (let turn = 0; turn < 30; turn++)
                setTimeout(() => toggles[1 + (turn % 5)].click(), 120 * turn);
        }"""
    )
    page.wait_for_timeout(5000)
    before = analysed(page)
    expect(frame.get_by_role("button", name="Stop")).to_be_visible()
    page.wait_for_timeout(3000)
    assert analysed(page) > before
    page.context.close()


# --- What can go wrong ---


def test_without_consent_there_is_no_camera(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/webcam")
    expect(page.get_by_text("Tick the box to turn the camera on.")).to_be_visible()
    assert not [f for f in page.frames if f.get_by_role("button", name=START).count()]


def test_a_blocked_camera_says_what_to_do(
    playwright_started: Playwright, film: Path, app_url: str
) -> None:
    browser = launch_chromium(
        playwright_started, FAKE_CAMERA[0], f"--use-file-for-fake-video-capture={film}"
    )
    page = visit(browser, app_url, permissions=[])
    player(page).get_by_role("button", name=START).click()
    expect(page.get_by_text("The browser refuses this page the camera. Allow it")).to_be_visible()
    browser.close()


def test_a_missing_camera_says_what_to_do(browser: Browser, app_url: str) -> None:
    page = visit(browser, app_url)
    expect(page.get_by_text("There is no camera. Connect one")).to_be_visible()
    page.context.close()


def test_no_route_says_what_to_do_and_photos_go_on(camera: Browser, app_url: str) -> None:
    page = visit(camera, app_url)
    page.context.add_init_script(ONLY_RELAYED)
    page.reload()
    consent(page, app_url)
    button = player(page).get_by_role("button", name=START)
    page.wait_for_timeout(1500)
    button.click()
    expect(page.get_by_text("looking for each other")).to_be_visible()
    expect(page.get_by_text("No route to this server.")).to_be_visible()
    expect(page.get_by_text("FER_ICE_SERVERS")).to_be_visible()
    page.get_by_role("radio", name="Single photos").click(force=True)
    page.get_by_role("button", name="Take Photo").click()
    # A photo is as wide as the camera's preview is drawn just then.
    expect(page.get_by_text(re.compile(r"\d+ × \d+ px · [01] faces?"))).to_be_visible()
    page.context.close()


def test_camera_and_connection_can_be_tested(camera: Browser, app_url: str) -> None:
    page = visit(camera, app_url)
    page.get_by_text("Trouble with the camera or the connection?").click()
    page.get_by_role("button", name="Test camera and connection").click()
    expect(page.get_by_text("The camera answers.")).to_be_visible()
    expect(page.get_by_text("Direct connections are possible.")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_every_screen(camera: Browser, app_url: str, width: int) -> None:
    page = visit(camera, app_url, viewport={"width": width, "height": 900})
    player(page)
    for name in ("Boxes", "Names", "Bars", "Landmarks", "Mirror"):
        expect(page.get_by_text(name, exact=True)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    page.context.close()


# --- Many viewers ---


@pytest.fixture
def small_server(tmp_path: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A server of its own with one place; its address and its process."""
    port, log = free_port(), tmp_path / "log.txt"
    command = f"exec {sys.executable} -m streamlit run webapp/Home.py --server.port {port}"
    with running(f"{command} --server.headless true", port, log, {"FER_LIVE_VIEWERS": "1"}) as url:
        (process,) = [
            process for process in psutil.Process().children() if str(port) in process.cmdline()
        ]
        yield url, process
    assert "Traceback" not in log.read_text(), log.read_text()


def test_a_viewer_who_vanishes_makes_room(
    playwright_started: Playwright,
    camera: Browser,
    film: Path,
    small_server: tuple[str, psutil.Process],
) -> None:
    url, _ = small_server
    arguments = (*FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}")
    before = set(psutil.Process().children(recursive=True))
    lost = launch_chromium(playwright_started, *arguments)
    its_own = set(psutil.Process().children(recursive=True)) - before
    page = visit(lost, url)
    start(page)
    expect(page.get_by_role("meter").first).to_be_visible()
    other = visit(camera, url)
    expect(other.get_by_text("All 1 places are taken")).to_be_visible()
    for process in its_own:  # without a goodbye
        process.kill()
    deadline = time.monotonic() + WAIT_MS / 1000
    while other.get_by_text("All 1 places are taken").count():
        assert time.monotonic() < deadline
        other.wait_for_timeout(1000)
        if (again := other.get_by_role("button", name="Try again")).count():
            again.click()
        other.wait_for_timeout(1000)
    start(other)
    expect(other.get_by_role("meter").first).to_be_visible()
    other.context.close()


def test_twenty_videos_leave_threads_and_memory_where_they_were(
    camera: Browser, small_server: tuple[str, psutil.Process]
) -> None:
    url, server = small_server
    page = visit(camera, url)
    threads, megabytes = [], []
    for _ in range(20):
        frame = start(page)
        expect(page.get_by_role("meter").first).to_be_visible()
        frame.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Press Start camera")).to_be_visible()
        page.wait_for_timeout(500)
        threads.append(server.num_threads())
        megabytes.append(server.memory_info().rss / 1e6)
    page.context.close()
    assert max(threads[15:]) <= max(threads[:5]) + 2, threads
    assert min(megabytes[15:]) <= max(megabytes[:5]) + 50, megabytes
