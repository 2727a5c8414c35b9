"""The player keeps a stream that goes on, and gives up one that was left behind."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_webrtc import component

from tests.webapp.test_webcam_page import PAGE
from webapp.components.live import player

OpenPage = Callable[[str], AppTest]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """When, in runs, the library believes the stream to have been drawn last, at each drawing."""
    counts: list[int | None] = []

    def draw(**_: Any) -> SimpleNamespace:
        import streamlit as st

        stream = st.session_state.setdefault(
            "live-stream",
            SimpleNamespace(state=SimpleNamespace(playing=True, signalling=False)),
        )
        counts.append(getattr(stream, "_last_rendered_run_count", None))
        stream._last_rendered_run_count = 3
        return stream

    monkeypatch.setattr(player, "webrtc_streamer", draw)
    return counts


def started(open_page: OpenPage) -> AppTest:
    app = open_page(PAGE)
    app.checkbox(key="live-consent").check().run()
    assert not app.exception
    return app


def test_a_stream_that_is_drawn_in_each_run_is_never_taken_for_left(
    open_page: OpenPage, seen: list[int | None]
) -> None:
    app = started(open_page)
    for _ in range(3):
        app.run()
    assert seen == [None] * 4


def test_a_stream_that_was_left_is_the_librarys_to_judge(
    open_page: OpenPage, seen: list[int | None]
) -> None:
    app = started(open_page)
    for way in ("Single photos", "Live video"):
        app.session_state["live-way"] = way
        app.run()
    assert not app.exception
    app.run()
    assert seen == [None, 3, None]


def test_the_library_still_judges_by_that_number() -> None:
    context = component.WebRtcStreamerContext(
        worker=None, state=component.WebRtcStreamerState(playing=False, signalling=False)
    )
    assert context._last_rendered_run_count is None
