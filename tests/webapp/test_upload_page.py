"""The upload page's logic: what is read, what is refused, what is kept."""

import io
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fer_core.domain.images import encode_jpeg, encode_png
from tests.conftest import GroupPhoto
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
    (clear,) = (button for button in page.button if button.label == "Clear all photos")
    clear.click().run()
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


def test_a_photo_is_analysed_once_however_often_the_page_reruns(page: AppTest) -> None:
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


def test_photos_stay_when_another_page_is_visited(page: AppTest) -> None:
    give(page, ("wall.png", WALL, "image/png"))
    page.switch_page("app_pages/0_welcome.py").run()
    page.switch_page("app_pages/1_upload.py").run()
    assert "1 photo, 0 faces" in headings(page)
    page.selectbox(key="reading-detector").set_value("full_frame").run()  # its bytes are there
    assert "1 photo, 1 face" in headings(page)


def test_another_detector_reads_the_photo_again(page: AppTest) -> None:
    give(page, ("wall.png", WALL, "image/png"))
    assert "1 photo, 0 faces" in headings(page)
    page.selectbox[1].set_value("full_frame").run()
    assert "1 photo, 1 face" in headings(page)


def test_a_name_with_markup_is_shown_as_it_stands(page: AppTest) -> None:
    give(page, ("**bold** <b>.jpg", b"text", "image/jpeg"))
    assert r"\*\*bold\*\* \<b\>" in page.warning[0].value


def test_many_photos_are_shown_ten_at_a_time(page: AppTest) -> None:
    crowd = [(f"{i}.jpg", services.sample_file()[1], "image/jpeg") for i in range(12)]
    give(page, *crowd)
    assert "12 photos, 12 faces" in headings(page)
    assert len([item for item in page.markdown if item.value.startswith("#### ")]) == 10


def test_grey_photos_are_read_too(page: AppTest) -> None:
    grey = io.BytesIO()
    with Image.open(io.BytesIO(services.sample_file()[1])) as photo:
        photo.convert("L").save(grey, "JPEG")
    give(page, ("grey.jpg", grey.getvalue(), "image/jpeg"))
    assert "1 photo, 1 face" in headings(page)


def test_the_faces_of_a_crowd_are_shown_in_part_and_all_on_request(
    page: AppTest, group_photo: GroupPhoto
) -> None:
    places = [(120.0 + 190 * i, 150.0 + 250 * j, 110.0) for i in range(4) for j in range(3)]
    photo, faces = group_photo((800, 800), places)
    give(page, ("crowd.jpg", encode_jpeg(photo), "image/jpeg"))
    assert f"1 photo, {len(faces)} faces" in headings(page)
    numbered = [item.value for item in page.markdown if item.value.startswith("**")]
    assert len([text for text in numbered if text[2].isdigit()]) == 5
    page.toggle[0].set_value(True).run()
    numbered = [item.value for item in page.markdown if item.value.startswith("**")]
    assert len([text for text in numbered if text[2].isdigit()]) == len(faces)


def test_no_more_photos_are_kept_than_a_visit_may_hold(page: AppTest) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(1001):
            archive.writestr(f"{number}.png", WALL)
    give(page, ("many.zip", stream.getvalue(), "application/zip"))
    assert "1,000 photos, 0 faces" in headings(page)
    assert "at most 1\\,000 photos" in page.warning[0].value


def test_the_sidebars_choices_hold_on_every_page(open_page: OpenPage) -> None:
    app = open_page("0_welcome.py")
    app.selectbox(key="reading-detector").set_value("haar").run()
    app.slider(key="reading-min-score").set_value(0.7).run()
    app.switch_page("app_pages/1_upload.py").run()
    assert app.selectbox(key="reading-detector").value == "haar"
    assert app.slider(key="reading-min-score").value == 0.7


def test_of_many_bad_files_the_first_are_told_and_the_rest_counted(page: AppTest) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(40):
            archive.writestr(f"{number}.jpg", "text")
    give(page, ("bad.zip", stream.getvalue(), "application/zip"))
    lines = page.warning[0].value.splitlines()
    assert lines[0] == "**40 files could not be read.**"
    assert lines[-1] == "- … and 10 more"
