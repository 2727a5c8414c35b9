"""The video page in a real Chromium: a clip of two people who cross, and one who leaves."""

import io
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WAIT_MS
from tests.conftest import GroupPhoto
from tests.video.clips import two_people, write_clip

SCREENSHOTS = os.environ.get("FER_SCREENSHOTS")
READ = "Read the video"


@pytest.fixture(scope="module")
def clip(group_photo: GroupPhoto, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "crossing.mp4"
    return write_clip(path, two_people(group_photo), with_sound=True)


@pytest.fixture(scope="module")
def read(browser: Browser, app_url: str, clip: Path) -> Iterator[Page]:
    """The page once the clip is read."""
    page = open_page(browser, app_url)
    upload(page, clip)
    expect(page.get_by_text("200 frames ·")).to_be_visible()
    expect(page.get_by_text("2 people")).to_be_visible()
    yield page
    page.context.close()


def open_page(browser: Browser, app_url: str, width: int = 1280, scheme: str = "light") -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 1000},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{app_url}/video")
    expect(page.get_by_role("heading", name="Video", exact=True)).to_be_visible()
    return page


def upload(page: Page, *files: Path | dict[str, object]) -> None:
    page.locator("input[type=file]").set_input_files(list(files))  # type: ignore[arg-type]
    page.get_by_role("button", name=re.compile(r"Read (the video|\d+ videos)")).click()


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path().read_bytes()


def moment(page: Page) -> float:
    return float(page.get_by_role("slider", name="Moment").input_value())


def test_two_people_are_told_apart_and_named(read: Page) -> None:
    expect(read.get_by_test_id("stPopoverButton")).to_have_text(
        [re.compile("Person 1"), re.compile("Person 2")]
    )
    read.get_by_test_id("stPopoverButton").nth(1).click()
    read.get_by_role("textbox", name="Name").fill("Ann <b>")
    read.get_by_role("button", name="Save name").click()
    # Beside the picture, above the timeline and above the sums.
    expect(read.get_by_role("button", name="Ann <b>")).to_have_count(2)
    expect(read.get_by_role("radio", name="Ann <b>")).to_be_visible()
    # Who was shown over time still is.
    toolbar = read.get_by_role("toolbar", name="People")
    expect(toolbar.get_by_role("button", pressed=True)).to_have_count(2)
    expect(read.get_by_test_id("stException")).to_have_count(0)


def test_a_click_on_the_timeline_shows_that_moment(read: Page) -> None:
    chart = read.get_by_test_id("stPlotlyChart").first
    chart.scroll_into_view_if_needed()
    layer = chart.locator(".nsewdrag").first
    box = layer.bounding_box()
    assert box is not None
    before = moment(read)
    for share in (0.5, 0.75):
        read.mouse.move(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
        read.wait_for_timeout(500)
        read.mouse.down()
        read.mouse.up()
        deadline = time.monotonic() + WAIT_MS / 1000
        while moment(read) == before and time.monotonic() < deadline:
            read.wait_for_timeout(100)
        before = moment(read)
        assert before == pytest.approx(8 * share, abs=0.3)


def test_files_hold_the_same_people(read: Page) -> None:
    rows = pd.read_parquet(io.BytesIO(downloaded(read, "Parquet")))
    assert set(rows["person"]) == {1, 2}
    first, second = (rows[rows["person"] == person] for person in (1, 2))
    # The one goes right and stays, the other goes left and leaves.
    assert first["x"].iloc[-1] > first["x"].iloc[0] + 300
    assert second["x"].iloc[-1] < second["x"].iloc[0] - 300
    assert first["time_s"].max() > 7.9
    assert second["time_s"].max() < 7.2
    table = pd.read_csv(io.BytesIO(downloaded(read, "CSV")))
    assert len(table) == len(rows)
    frames = json.loads(downloaded(read, "JSON"))["frames"]
    assert len(frames) == 200
    captions = downloaded(read, "Captions (SRT)").decode()
    assert captions.startswith("1\n00:00:00,000 --> ")
    report = downloaded(read, "Report (HTML)").decode()
    assert "crossing.mp4" in report
    assert "<b></b>" not in report


def test_the_drawn_video_plays(read: Page) -> None:
    read.get_by_role("tab", name="Annotated video").click()
    read.get_by_role("button", name="Draw the faces on the video").click()
    video = read.locator("video")
    expect(video).to_be_visible()
    video.evaluate("video => { video.muted = true; return video.play(); }")
    read.wait_for_function(
        "() => { const v = document.querySelector('video');"
        " return v.videoWidth === 640 && v.currentTime > 0.3; }"
    )
    assert video.evaluate("video => Math.abs(video.duration - 8) < 0.2")
    data = downloaded(read, "Annotated video")
    assert data[4:8] == b"ftyp"
    read.get_by_role("tab", name="Moment").click()


def test_results_survive_a_reload_and_look_well(read: Page) -> None:
    read.reload()
    expect(read.get_by_text("200 frames ·")).to_be_visible()
    expect(read.get_by_text("2 people")).to_be_visible()
    expect(read.get_by_test_id("stPlotlyChart").first).to_be_visible()
    expect(read.get_by_test_id("stException")).to_have_count(0)
    if SCREENSHOTS:
        read.set_viewport_size({"width": 1280, "height": 1640})
        read.get_by_test_id("stPopoverButton").nth(1).click()
        read.get_by_role("textbox", name="Name").fill("Ann")
        read.get_by_role("button", name="Save name").click()
        expect(read.get_by_role("button", name="Ann", exact=True)).to_have_count(2)
        read.keyboard.press("Escape")
        read.wait_for_timeout(3000)
        read.screenshot(path=f"{SCREENSHOTS}/video.png")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_every_screen(browser: Browser, read: Page, width: int) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(read.url)
    expect(page.get_by_role("button", name="Parquet")).to_be_visible()
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    page.context.close()


def test_bad_files_are_told_in_one_line_and_others_are_read(
    browser: Browser, app_url: str, clip: Path
) -> None:
    page = open_page(browser, app_url)
    text = {"name": "notes.mp4", "mimeType": "video/mp4", "buffer": b"only words\n" * 40}
    empty = {"name": "nothing.mp4", "mimeType": "video/mp4", "buffer": b""}
    cut = clip.read_bytes()[: clip.stat().st_size // 2]
    half = {"name": "half.mp4", "mimeType": "video/mp4", "buffer": cut}
    upload(page, text, empty, half)
    expect(page.get_by_text("notes.mp4: expected a video")).to_be_visible()
    expect(page.get_by_text("nothing.mp4: expected a video, received an empty")).to_be_visible()
    expect(page.get_by_text("half.mp4: expected a whole video")).to_be_visible()
    upload(page, clip)
    expect(page.get_by_text("2 people")).to_be_visible()
    for left in (3, 2, 1, 0):
        page.get_by_role("button", name="Delete").first.click()
        expect(page.get_by_role("button", name="Delete")).to_have_count(left)
    expect(page.get_by_text("2 people")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.context.close()
