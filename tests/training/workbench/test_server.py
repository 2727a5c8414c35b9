"""The child process keeps its answers clean, and tells every failure in words."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pytest

from fer_core.training.workbench.messages import Message

ROOT = Path(__file__).resolve().parents[3]

SERVER = """
import os, sys, time
from fer_core.domain.errors import FerError
from fer_core.training.workbench import server
from fer_core.training.workbench.messages import Message

def noise(request):
    print("a print")
    os.write(1, b"a library's own words")
    os.system("echo another process")
    return Message({"nice": os.nice(0), "stdin": sys.stdin.read()}, request.array)

def refuse(request):
    raise FerError("Expected this, got that.")

def fail(request):
    raise ZeroDivisionError("one\\ntwo")

def exhaust(request):
    raise MemoryError

server.import_keras = lambda: None
server._ANSWERS = {
    "noise": noise, "refuse": refuse, "fail": fail, "exhaust": exhaust,
    "sleep": lambda request: time.sleep(600),
}
server.main()
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """The server, with requests of a test's own and without Keras."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        yield process
        process.kill()


def ask(child: subprocess.Popen[bytes], do: str, array: np.ndarray | None = None) -> Message:
    Message({"do": do}, array).write(cast(BinaryIO, child.stdin))
    answer = Message.read(cast(BinaryIO, child.stdout))
    assert answer is not None
    return answer


def test_what_is_printed_does_not_come_between(child: subprocess.Popen[bytes]) -> None:
    for number in range(3):
        answer = ask(child, "noise", np.full(3, number))
        assert answer.header["stdin"] == ""
        assert answer.array is not None
        assert answer.array.tolist() == [number] * 3
    _, words = child.communicate()
    for text in (b"a print", b"a library's own words", b"another process"):
        assert words.count(text) == 3


def test_it_lets_others_go_first(child: subprocess.Popen[bytes]) -> None:
    assert ask(child, "noise").header["nice"] >= 5


@pytest.mark.parametrize(
    ("do", "message"),
    [
        ("refuse", "Expected this, got that."),
        ("fail", "Unexpected ZeroDivisionError: one two"),
        ("exhaust", "Out of memory: lower optimization.batch_size, or the network."),
    ],
)
def test_a_failure_is_told_and_the_next_request_is_answered(
    child: subprocess.Popen[bytes], do: str, message: str
) -> None:
    assert ask(child, do).header == {"error": message}
    assert "nice" in ask(child, "noise").header


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_when_nobody_can_ask_any_more(child: subprocess.Popen[bytes], busy: bool) -> None:
    ask(child, "noise")
    if busy:
        Message({"do": "sleep"}).write(cast(BinaryIO, child.stdin))
    cast(BinaryIO, child.stdin).close()
    assert child.wait(timeout=30) == 0
