"""Fonts for what is written into pictures, whatever script a name or a class is in."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_OURS = Path(__file__).resolve().parents[1] / "fonts" / "DejaVuSans.ttf"
# For scripts that ours lacks, where the machine has them; Pillow knows the systems' folders.
_ELSEWHERE = (
    "NotoSansCJK-Regular.ttc",
    "wqy-microhei.ttc",
    "Hiragino Sans GB.ttc",
    "msyh.ttc",
    "Arial Unicode.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "Nirmala.ttf",
    "leelawui.ttf",
)
_TRIED_AT_PX = 16
_NO_CHARACTER = "\U0010fffe"


@lru_cache(maxsize=512)
def readable_font(size_px: int, text: str) -> ImageFont.FreeTypeFont:
    """The font that can write a text, or most of it, with letters of about `size_px` pixels.

    Pillow's own looks best and has plain English letters alone; DejaVu Sans (in `fer_core/fonts`)
    has all of Europe's and the Near East's; others are the machine's.
    """
    missing = {}
    for name in ("", str(_OURS), *_ELSEWHERE):
        lacks = _missing(text, name)
        if not lacks:
            return _font(name, size_px)
        missing[name] = lacks
    return _font(min(missing, key=lambda name: missing[name]), size_px)


def can_write(text: str) -> bool:
    """Whether some font has every character of a text."""
    return any(_missing(text, name) == 0 for name in ("", str(_OURS), *_ELSEWHERE))


def _missing(text: str, name: str) -> int:
    """Characters of a text that a font lacks; all of them if there is no such font."""
    return sum(not _has(name, character) for character in text if not character.isspace())


@lru_cache(maxsize=4096)
def _has(name: str, character: str) -> bool:
    try:
        font = _font(name, _TRIED_AT_PX)
    except OSError:
        return False
    return bytes(font.getmask(character)) != bytes(font.getmask(_NO_CHARACTER))


@lru_cache(maxsize=128)
def _font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """A font by its file's name; "" is Pillow's own.

    Raises:
        OSError: The machine does not have it.
    """
    if name:
        return ImageFont.truetype(name, size_px)
    font = ImageFont.load_default(size_px)
    assert isinstance(font, ImageFont.FreeTypeFont)  # every Pillow wheel has FreeType
    return font
