"""Who is read next: each visitor has one photo read at a time, whatever they have sent."""

import asyncio
import weakref
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

P = ParamSpec("P")
R = TypeVar("R")


class Turns:
    """Shares the slots among visitors: who sends thirty photos stands in line with one of them.

    Gradio's own queue goes by calls, not by visitors, and would give all slots to one of them.

    Args:
        slots: How many photos are read at once.
    """

    def __init__(self, slots: int) -> None:
        self._limiter = CapacityLimiter(slots)
        self._visitors: weakref.WeakValueDictionary[str, asyncio.Lock] = (
            weakref.WeakValueDictionary()
        )

    async def take(
        self, visitor: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Wait for the visitor's turn, then call the function in a thread.

        Args:
            visitor: The same text for the same visitor.
            function: The work.
            args: What it is called with.
            kwargs: And by name.
        """
        one_at_a_time = self._visitors.setdefault(visitor, asyncio.Lock())
        async with one_at_a_time:
            work = partial(function, *args, **kwargs)
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
