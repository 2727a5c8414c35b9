"""Errors that are meant for a visitor reach them as one line."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import gradio as gr

from fer_core.domain.errors import FerError

P = ParamSpec("P")
R = TypeVar("R")


def told(function: Callable[P, R]) -> Callable[P, R]:
    """The function, whose `FerError`s a visitor and a client get to read as one line."""

    @wraps(function)
    def telling(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except FerError as error:
            raise gr.Error(str(error), duration=None, print_exception=False) from None

    return telling
