"""The upload page's logic: what is read, what is refused, what is kept."""

import io
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.domain.images import encode_jpeg, encode_png
from webapp import services

OpenPage = Callable[[str], AppTest]
WALL = encode_png(np.full((60, 80, 3), 200, np.uint8))


@pytest.fixture
def page(open_page: OpenPage) -> AppTest:
    return open_page("1_upload.py")


def give(page: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    page.file_uploader[0].set_value(list(files))
    return page.run()


def headings(page: AppTest) -> list[str]:
    return [item.value for item in page.subheader]


def test_the_sample_works_at_once_and_can_be_taken_away(page: AppTest) -> None:
    page.button[0].click().run()
    assert "1 photo, 1 face" in headings(page)
    assert any("happy" in item.value for item in page.markdown)
    page.button[0].click().run()
    assert not any("photo" in heading for heading in headings(page))


def test_photos_in_a_zip_are_read_one_by_one(page: AppTest) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a/astronaut.jpg", services.sample_file()[1])
        archive.writestr("../wall.png", WALL)
        archive.writestr("notes.txt", "not a picture")
    give(page, ("holiday.zip", stream.getvalue(), "application/zip"))
    assert "2 photos, 1 face" in headings(page)
    assert "1 file could not be read" in page.warning[0].value


def test_a_photo_is_analysed_once_however_often_the_page_reruns(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(page, ("wall.png", WALL, "image/png"))
    first = page.session_state["outcomes"]
    page.slider[0].set_value(0.9).run()
    second = page.session_state["outcomes"]
    assert [id(v) for v in first.values()] == [id(v) for v in second.values()]


def test_what_is_taken_off_the_list_is_forgotten(page: AppTest) -> None:
    give(page, ("wall.png", WALL, "image/png"))
    assert len(page.session_state["outcomes"]) == 1
    give(page)
    assert page.session_state["outcomes"] == {}


def test_another_detector_reads_the_photo_again(page: AppTest) -> None:
    give(page, ("wall.png", WALL, "image/png"))
    assert "1 photo, 0 faces" in headings(page)
    page.selectbox[1].set_value("full_frame").run()
    assert "1 photo, 1 face" in headings(page)


def test_a_name_with_markup_is_shown_as_it_stands(page: AppTest) -> None:
    give(page, ("**bold** <b>.jpg", b"text", "image/jpeg"))
    assert r"\*\*bold\*\* \<b\>" in page.warning[0].value


def test_many_faces_are_shown_a_row_at_a_time(page: AppTest) -> None:
    crowd = [(f"{i}.jpg", services.sample_file()[1], "image/jpeg") for i in range(12)]
    give(page, *crowd)
    assert "12 photos, 12 faces" in headings(page)
    assert len([item for item in page.markdown if item.value.startswith("#### ")]) == 10


def test_grey_photos_are_read_too(page: AppTest) -> None:
    grey = np.repeat(np.full((64, 64, 1), 90, np.uint8), 3, axis=2)
    give(page, ("grey.jpg", encode_jpeg(grey), "image/jpeg"))
    assert not page.exception
