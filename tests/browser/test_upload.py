"""The upload page in a real Chromium: what a stranger does with photos, and with bad files."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Download, Locator, Page, expect

from fer_core.domain.images import decode_image, encode_jpeg

Image = np.ndarray


@pytest.fixture
def upload(page: Page, app_url: str) -> Page:
    page.goto(f"{app_url}/upload")
    expect(page.get_by_role("heading", name="Read photos")).to_be_visible()
    return page


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    """Drop files on the uploader, as a mouse does: through its drop zone's own events."""
    payload = [{"name": name, "data": data.hex()} for name, data in files]
    transfer = page.evaluate_handle(
        """files => {
            const transfer = new DataTransfer();
            for (const {name, data} of files) {
                const bytes = Uint8Array.from(data.match(/../g) ?? [], pair => parseInt(pair, 16));
                transfer.items.add(new File([bytes], name));
            }
            return transfer;
        }""",
        payload,
    )
    zone = page.get_by_test_id("stFileUploaderDropzone")
    for event in ("dragenter", "dragover", "drop"):
        zone.dispatch_event(event, {"dataTransfer": transfer})


def cards(page: Page) -> Locator:
    return page.locator("[class*=st-key-photo-]")


def saved(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def test_dropped_photos_show_every_face(
    upload: Page, astronaut: Image, group: tuple[Image, int], keep_picture: Path
) -> None:
    picture, people = group
    drop(upload, ("astronaut.jpg", encode_jpeg(astronaut)), ("the crew.jpg", encode_jpeg(picture)))
    summary = f"2 photos, {people + 1} faces"
    expect(upload.get_by_role("heading", name=summary)).to_be_visible()

    alone = cards(upload).filter(has=upload.get_by_role("heading", name="astronaut.jpg"))
    expect(alone.get_by_text("512 × 512 px · 1 face")).to_be_visible()
    expect(alone.get_by_text(re.compile(r"^1\. happy \d+%$"))).to_be_visible()
    expect(alone.get_by_text(re.compile(r"^Mood: positive"))).to_be_visible()
    bars = alone.locator(".js-plotly-plot").last.locator(".ytick text")
    expect(bars).to_have_count(7)
    top = min(bars.all(), key=lambda bar: (bar.bounding_box() or {"y": 0})["y"])
    expect(top).to_have_text("happy")  # largest first
    upload.set_viewport_size({"width": 1280, "height": 1480})
    expect(alone.locator(".js-plotly-plot").last).to_be_in_viewport(ratio=1)
    upload.wait_for_timeout(1000)  # charts grow into the new size
    upload.screenshot(path=keep_picture / "upload.png")

    crew = cards(upload).filter(has=upload.get_by_role("heading", name="the crew.jpg"))
    expect(crew.get_by_text(re.compile(rf"· {people} faces ·"))).to_be_visible()


def test_the_box_is_drawn_around_the_astronauts_face(upload: Page) -> None:
    upload.get_by_role("button", name="Try the sample photo").click()
    picture = cards(upload).locator("img").first
    expect(picture).to_be_visible()
    shown = decode_image(upload.request.get(picture.evaluate("i => i.src")).body(), "shown")
    rows, columns = np.nonzero(np.abs(shown.astype(int) - (230, 159, 0)).sum(axis=2) < 60)
    side = shown.shape[0] / 512  # pixels shown for one of the photo
    # The face by eye: 178 to 268 across, 63 to 176 down; the label sits above it.
    assert abs(columns.min() / side - 178) < 15
    assert abs(rows.max() / side - 176) < 15


def test_downloads_hold_what_the_page_shows(upload: Page, group: tuple[Image, int]) -> None:
    picture, people = group
    drop(upload, ("crew.jpg", encode_jpeg(picture)))
    expect(upload.get_by_role("heading", name=f"1 photo, {people} faces")).to_be_visible()
    contents = {}
    for name in ("Faces as CSV", "Analyses as JSON", "Annotated photos as ZIP"):
        with upload.expect_download() as download:
            upload.get_by_role("button", name=name).click()
        contents[name] = saved(download.value)

    rows = list(csv.DictReader(io.StringIO(contents["Faces as CSV"].decode())))
    (analysis,) = json.loads(contents["Analyses as JSON"])
    assert len(rows) == len(analysis["faces"]) == people
    assert [row["emotion"] for row in rows] == [face["emotion"] for face in analysis["faces"]]
    with zipfile.ZipFile(io.BytesIO(contents["Annotated photos as ZIP"])) as archive:
        assert archive.namelist() == ["001_crew.jpg"]
        assert decode_image(archive.read("001_crew.jpg"), "crew").shape == picture.shape


def test_a_bad_file_gets_one_line_and_the_others_are_read(upload: Page, astronaut: Image) -> None:
    dialogs: list[str] = []
    upload.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    good = encode_jpeg(astronaut)
    drop(
        upload,
        ("good.jpg", good),
        ("<script>alert(1)</script>.jpg", b"only text"),
        ("empty.png", b""),
        ("cut.jpg", good[: len(good) // 2]),
    )
    expect(upload.get_by_role("heading", name="1 photo, 1 face")).to_be_visible()
    expect(upload.get_by_text("3 files could not be read")).to_be_visible()
    lines = upload.get_by_test_id("stAlert").locator("li")
    expect(lines).to_have_count(3)
    expect(lines.filter(has_text="alert(1)")).to_contain_text("plain text")
    expect(lines.filter(has_text="empty.png")).to_contain_text("empty")
    expect(lines.filter(has_text="cut.jpg")).to_contain_text("truncated")
    expect(upload.get_by_test_id("stException")).to_have_count(0)
    assert dialogs == []


def test_no_face_is_a_calm_result(upload: Page) -> None:
    drop(upload, ("wall.jpg", encode_jpeg(np.full((200, 300, 3), 180, np.uint8))))
    expect(upload.get_by_role("heading", name="1 photo, 0 faces")).to_be_visible()
    expect(upload.get_by_text("No face found.")).to_be_visible()
    expect(upload.get_by_test_id("stException")).to_have_count(0)


def test_two_hundred_files_at_once(upload: Page, astronaut: Image) -> None:
    small = encode_jpeg(np.ascontiguousarray(astronaut[20:220, 120:320]))
    drop(upload, *((f"photo {number:03d}.jpg", small) for number in range(200)))
    heading = upload.get_by_role("heading", name="200 photos, 200 faces")
    expect(heading).to_be_visible(timeout=180_000)
    expect(cards(upload)).to_have_count(10)
    upload.get_by_role("button", name="Page 20").click()
    expect(upload.get_by_role("heading", name="photo 199.jpg")).to_be_visible()


def test_the_sidebar_changes_the_reading(upload: Page) -> None:
    upload.get_by_role("button", name="Try the sample photo").click()
    expect(upload.get_by_role("heading", name="1 photo, 1 face")).to_be_visible()
    slider = upload.get_by_role("slider")
    slider.press("End")  # a face is never that sure
    expect(upload.get_by_role("heading", name="1 photo, 0 faces")).to_be_visible()
    slider.press("Home")
    expect(upload.get_by_role("heading", name="1 photo, 1 face")).to_be_visible()
    upload.get_by_role("combobox", name=re.compile("Face detector")).click()
    upload.get_by_role("option", name="Whole picture").click()
    expect(cards(upload).get_by_text("512 × 512 px · 1 face")).to_be_visible()


def test_photos_stay_while_another_page_is_visited(upload: Page) -> None:
    drop(upload, ("wall.jpg", encode_jpeg(np.full((200, 300, 3), 180, np.uint8))))
    expect(upload.get_by_role("heading", name="1 photo, 0 faces")).to_be_visible()
    upload.get_by_role("link", name="Home").click()
    expect(upload.get_by_role("heading", name="FER Studio")).to_be_visible()
    upload.get_by_role("link", name="Upload").click()
    expect(upload.get_by_role("heading", name="1 photo, 0 faces")).to_be_visible()
    upload.get_by_role("button", name="Clear all photos").click()
    expect(upload.get_by_role("heading", name="1 photo, 0 faces")).to_have_count(0)
