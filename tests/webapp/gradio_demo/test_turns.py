"""Visitors are read by turns."""

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from webapp.gradio_demo.turns import Turns

R = TypeVar("R")


class Desk:
    """Takes a while over each visitor, and remembers who was there, and who at once."""

    def __init__(self) -> None:
        self.served: list[str] = []
        self.now: list[str] = []
        self.together: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()

    def serve(self, visitor: str) -> str:
        with self._lock:
            self.now.append(visitor)
            self.together.add(tuple(sorted(self.now)))
        time.sleep(0.01)
        with self._lock:
            self.now.remove(visitor)
            self.served.append(visitor)
        return visitor


def apart(work: Coroutine[Any, Any, R]) -> R:
    """Run it in a thread of its own: another test's browser may have this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def serve_all(slots: int, visitors: list[str]) -> Desk:
    desk = Desk()

    async def run() -> list[str]:
        turns = Turns(slots)
        return await asyncio.gather(*(turns.take(who, desk.serve, who) for who in visitors))

    assert apart(run()) == visitors
    return desk


def test_who_sends_much_waits_for_those_who_send_little() -> None:
    desk = serve_all(2, ["eager"] * 20 + ["one", "two", "three"])
    assert {"one", "two", "three"} <= set(desk.served[:8])


def test_nobody_has_two_slots_and_no_more_are_given_than_there_are() -> None:
    desk = serve_all(2, ["a"] * 5 + ["b"] * 5 + ["c"] * 5)
    assert max(map(len, desk.together)) == 2
    assert all(len(set(together)) == len(together) for together in desk.together)


def test_an_error_ends_a_turn() -> None:
    def fail() -> None:
        raise ValueError("no")

    async def run() -> int:
        turns = Turns(1)
        with pytest.raises(ValueError, match="no"):
            await turns.take("a", fail)
        return await turns.take("a", int, "7")

    assert apart(run()) == 7
