"""The webcam page asks first, and says when it is full or set up wrongly."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from webapp import services
from webapp.live_places import LivePlaces

OpenPage = Callable[[str], AppTest]
PAGE = "2_webcam.py"


def test_without_consent_nothing_is_drawn(open_page: OpenPage) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert any("Tick the box" in item.value for item in app.caption)
    assert not app.toggle


def test_a_full_server_says_so(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    places = LivePlaces(2)
    while places.take():
        pass
    monkeypatch.setattr(services, "live_places", lambda: places)
    app = open_page(PAGE)
    app.checkbox(key="live-consent").check().run()
    assert not app.exception
    assert any("All 2 places are taken" in item.value for item in app.warning)


def test_a_wrong_number_of_places_is_one_line(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_LIVE_VIEWERS", "0")
    app = open_page(PAGE)
    assert not app.exception
    (error,) = app.error
    assert "FER_LIVE_VIEWERS must be" in error.value.replace("\\", "")


def test_wrong_servers_are_told_and_done_without(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_ICE_SERVERS", "stun:host")
    monkeypatch.setattr(services, "live_places", lambda: LivePlaces(0))  # no stream in here
    app = open_page(PAGE)
    app.checkbox(key="live-consent").check().run()
    assert not app.exception
    assert "FER_ICE_SERVERS must be" in app.warning[0].value.replace("\\", "")


def test_single_photos_need_no_connection(open_page: OpenPage) -> None:
    app = open_page(PAGE)
    app.session_state["live-way"] = "Single photos"
    app.checkbox(key="live-consent").check().run()
    assert not app.exception
    assert not app.toggle
