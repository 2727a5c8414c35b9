"""File names as people typed them, made safe to show."""

import re
import unicodedata

MAX_NAME_LENGTH = 120
"""Longest name that `display_name` returns, in characters."""


def display_name(name: str) -> str:
    """A file's name in a form that is safe to show in one line of plain text.

    Control and invisible characters (line breaks, text direction, lone surrogates) are dropped,
    ".." and drive letters too, an absolute path is reduced to its last part, and a long name
    loses its middle. The result is never empty and is its own display name. HTML is not
    escaped: that is the page's job.
    """
    path = name.replace("\\", "/")
    is_absolute = re.match(r"/|[A-Za-z]:/", path) is not None
    # The tail is enough: a name of megabytes need not be cleaned in whole.
    cleaned = (_printable(part) for part in path[-8 * MAX_NAME_LENGTH :].split("/"))
    parts = [part for part in cleaned if not re.fullmatch(r"\.{0,2}|[A-Za-z]:", part)]
    shown = "/".join(parts[-1:] if is_absolute else parts) or "unnamed file"
    if len(shown) > MAX_NAME_LENGTH:
        tail = MAX_NAME_LENGTH * 2 // 3
        shown = f"{shown[: MAX_NAME_LENGTH - tail - 1].rstrip()}…{shown[-tail:].lstrip()}"
    return shown


def _printable(text: str) -> str:
    kept = (c for c in text if c.isspace() or not unicodedata.category(c).startswith("C"))
    return " ".join("".join(kept).split())
