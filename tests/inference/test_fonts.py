"""Whatever somebody is called is written so that it can be read, or not at all."""

import pytest

from fer_core.inference import fonts
from fer_core.inference.fonts import can_write, readable_font


def written(text: str, size_px: int = 20) -> bytes:
    return bytes(readable_font(size_px, text).getmask(text))


def test_plain_english_is_in_pillows_own_font() -> None:
    assert readable_font(20, "happy 97%").getname()[0] == "Aileron"
    assert readable_font(20, "happy 97%").size == 20


@pytest.mark.parametrize("text", ["José", "Žofie", "Ἀθηνᾶ", "Наташа", "ليلى", "Էմմա"])
def test_the_letters_of_many_languages_ship(text: str) -> None:
    assert can_write(text)
    assert readable_font(20, f"{text} 97%").getname()[0] == "DejaVu Sans"
    # A row of the box that stands for what is missing would be the same for every letter.
    assert len({written(letter) for letter in text}) == len(set(text))


def test_what_no_font_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_ELSEWHERE", ("no such font.ttf",))
    readable_font.cache_clear()
    assert not can_write("李雷")
    assert readable_font(20, "李雷 happy é").getname()[0] == "DejaVu Sans"  # it has the most
    readable_font.cache_clear()


def test_the_machines_own_fonts_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_OURS", "no such font.ttf")
    monkeypatch.setattr(fonts, "_ELSEWHERE", ("none.ttf", str(FOUND)))
    readable_font.cache_clear()
    assert can_write("José")
    assert readable_font(20, "José").path == str(FOUND)
    readable_font.cache_clear()


FOUND = fonts._OURS  # stands for one that a machine has
