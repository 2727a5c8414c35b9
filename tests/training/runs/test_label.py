"""A run can be called and described by people, whatever it does meanwhile."""

import pytest

from fer_core.domain.errors import FerError
from fer_core.training.runs.label import LABEL_FILE, Label, label_run, read_label
from fer_core.training.runs.run import Run


def test_title_and_note_change_one_by_one(begun: Run) -> None:
    assert read_label(begun.folder) == Label()
    assert label_run(begun, title="Wide net") == Label("Wide net")
    assert label_run(begun, note="twice as wide\nas before") == Label(
        "Wide net", "twice as wide\nas before"
    )
    label_run(begun, title="")
    assert read_label(begun.folder) == Label("", "twice as wide\nas before")
    assert begun.status().title == "default"


def test_a_title_is_one_line(begun: Run) -> None:
    assert label_run(begun, title="  Wide\n net\t2 ").title == "Wide net 2"


@pytest.mark.parametrize("text", ["żółć 表情 🙂", '"quoted" \\ <b>'])
def test_any_letters_come_back(begun: Run, text: str) -> None:
    label_run(begun, title=text, note=text)
    assert (begun.status().title, begun.status().note) == (text, text)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"title": "x" * 121}, "title of 120 characters or fewer, got 121"),
        ({"note": "x" * 4001}, r"note of 4,000 characters or fewer, got 4,001"),
    ],
    ids=["title", "note"],
)
def test_what_is_too_long_is_told_and_changes_nothing(
    begun: Run, words: dict[str, str], message: str
) -> None:
    label_run(begun, "before")
    with pytest.raises(FerError, match=message):
        label_run(begun, **words)
    assert read_label(begun.folder) == Label("before")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"title": "x"}'])
def test_a_damaged_label_is_none(begun: Run, content: bytes) -> None:
    (begun.folder / LABEL_FILE).write_bytes(content)
    assert read_label(begun.folder) == Label()


def test_a_folder_that_cannot_be_written_is_told(begun: Run) -> None:
    (begun.folder / LABEL_FILE).mkdir()
    with pytest.raises(FerError, match=r"Cannot write .* \(Is a directory\)"):
        label_run(begun, "x")
    (begun.folder / LABEL_FILE).rmdir()
