"""Text that people typed or named, made safe to show."""

import re

import streamlit as st

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """A text that Markdown shows as it stands: no markup, no link, no icon, no HTML."""
    return _PUNCTUATION.sub(r"\\\1", text)


def count(number: int, noun: str) -> str:
    """A number with its noun, as in 1 face and 2 faces."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def text_colour() -> str:
    """The text's colour in the visitor's theme, as `.streamlit/config.toml` sets it."""
    return str(st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor"))
