"""A file's name can be shown in one line whatever it holds."""

import pytest

from fer_core.domain.errors import ImageError
from fer_core.domain.file_names import MAX_NAME_LENGTH, display_name
from fer_core.domain.images import decode_image


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("me.jpg", "me.jpg"),
        ("Grüße an Zoë 笑顔 😀.png", "Grüße an Zoë 笑顔 😀.png"),
        ("holiday.zip/day 1/me.jpg", "holiday.zip/day 1/me.jpg"),
        ("/home/someone/me.jpg", "me.jpg"),
        ("C:\\Users\\someone\\me.jpg", "me.jpg"),
        ("\\\\server\\share\\me.jpg", "me.jpg"),
        ("../../etc/me.jpg", "etc/me.jpg"),
        ("a.zip/C:/me.jpg", "a.zip/me.jpg"),
        ("./me.jpg", "me.jpg"),
        ("a//b.jpg", "a/b.jpg"),
        ("two\nlines\r\n.jpg", "two lines .jpg"),
        ("\x1b[31mred\x07.jpg", "[31mred.jpg"),
        ("nul\x00.jpg", "nul.jpg"),
        ("line\u2028break.jpg", "line break.jpg"),
        ("evil\u202egpj.exe", "evilgpj.exe"),  # would show as "evilexe.jpg"
        ("zero\u200bwidth\ufeff.jpg", "zerowidth.jpg"),
        ("lone\udcffsurrogate.jpg", "lonesurrogate.jpg"),
        ("  spaced   out .jpg ", "spaced out .jpg"),
        # Escaping is the page's job: it knows whether it writes HTML, Markdown or a log.
        ("<script>alert(1).jpg", "<script>alert(1).jpg"),
        ("", "unnamed file"),
        ("..", "unnamed file"),
        ("/", "unnamed file"),
        ("\x00\x01", "unnamed file"),
    ],
)
def test_display_name(name: str, shown: str) -> None:
    assert display_name(name) == shown
    assert display_name(shown) == shown


@pytest.mark.parametrize("length", [MAX_NAME_LENGTH + 1, 5_000, 3_000_000])
def test_a_long_name_keeps_its_end(length: int) -> None:
    shown = display_name("x" * length + "-last.jpg")
    assert len(shown) <= MAX_NAME_LENGTH
    assert "…" in shown
    assert shown.endswith("-last.jpg")
    assert display_name(shown) == shown


def test_a_name_of_the_longest_length_is_kept() -> None:
    name = "y" * (MAX_NAME_LENGTH - 4) + ".jpg"
    assert display_name(name) == name


def test_error_texts_use_the_safe_name() -> None:
    with pytest.raises(ImageError) as caught:
        decode_image(b"text", "/secret/place/\x1b[2Jme\n.jpg")
    assert str(caught.value).startswith("[2Jme .jpg: expected")
