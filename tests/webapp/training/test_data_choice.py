"""Choosing and uploading data."""

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from webapp.components.training.data_check import check_data
from webapp.components.training.data_choice import duplicate_lines

OpenForm = Callable[..., AppTest]

HEADER = "emotion,pixels,Usage\n"
VOTES = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def csv(rows: int = 8) -> bytes:
    lines = [
        f"{i % 4},{' '.join([str(i)] * 2304)},{'Training' if i < rows // 2 else 'PublicTest'}"
        for i in range(rows)
    ]
    return (HEADER + "\n".join(lines) + "\n").encode()


def votes(rows: int = 8) -> bytes:
    lines = [
        f"{'Training' if i < rows // 2 else 'PublicTest'},fer{i:07}.png,0,0,0,0,10,0,0,0,0,0"
        for i in range(rows)
    ]
    return "\n".join([VOTES, *lines, ""]).encode()


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, data, "text/csv") for name, data in files])
    next(button for button in app.button if button.label == "Check and keep").click().run()
    assert not app.exception
    return app


def test_an_upload_is_checked_kept_and_chosen(open_form: OpenForm, places: Path) -> None:
    app = upload(open_form(), ("fer2013.csv", csv()))
    chosen = Path(app.selectbox(key="launch data").value)
    assert chosen.parent.parent == places / "runs" / "uploads"
    assert chosen.read_bytes() == csv()
    assert not app.error
    assert any("8 faces · 48 × 48 px" in item.value.replace("\\", "") for item in app.caption)


def test_votes_and_pictures_may_come_together(open_form: OpenForm) -> None:
    app = upload(open_form(), ("fer2013new.csv", votes()), ("fer2013.csv", csv()))
    assert not app.error
    assert any("8 with FER+ votes" in item.value.replace("\\", "") for item in app.caption)


def test_damaged_data_is_one_line_and_what_was_chosen_stays(
    open_form: OpenForm, places: Path
) -> None:
    app = upload(open_form(), ("fer2013.csv", csv().replace(b"Training", b"Trai", 1)))
    (error,) = app.error
    assert error.value.replace("\\", "").startswith("fer2013.csv, line 2: Usage must be")
    assert app.selectbox(key="launch data").value == "drawn_faces"
    assert not list((places / "runs" / "uploads").iterdir())
    assert not upload(app, ("fer2013.csv", csv())).error


def test_drawn_faces_have_no_duplicates() -> None:
    assert not duplicate_lines(check_data("drawn_faces"))
