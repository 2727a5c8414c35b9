"""Text that people typed or named, made safe to show."""

import re
from collections import Counter
from collections.abc import Sequence

import streamlit as st

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """A text that Markdown shows as it stands: no markup, no link, no icon, no HTML."""
    return _PUNCTUATION.sub(r"\\\1", text)


def count(number: int, noun: str) -> str:
    """A number with its noun, as in 1 face and 2 faces."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def told_apart(names: Sequence[str]) -> list[str]:
    """The same names, with a number behind each that came before."""
    seen: Counter[str] = Counter()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return apart


def text_colour() -> str:
    """The text's colour in the visitor's theme, as `.streamlit/config.toml` sets it."""
    return str(st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor"))
