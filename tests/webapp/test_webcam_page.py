"""The webcam page asks first, says when it is full, and tells its figures in words."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from webapp.components.live import player
from webapp.components.live.panel import pace_line
from webapp.components.live.player import ice_servers, most_viewers
from webapp.live import LiveFigures

HOME = Path(__file__).resolve().parents[2] / "webapp" / "Home.py"


def webcam() -> AppTest:
    app = AppTest.from_file(str(HOME), default_timeout=60).run()
    app.switch_page("app_pages/2_webcam.py").run()
    assert not app.exception
    return app


def test_without_consent_nothing_is_drawn() -> None:
    app = webcam()
    assert any("Tick the box" in item.value for item in app.caption)
    assert not app.toggle


def test_a_full_server_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_LIVE_VIEWERS", "2")
    monkeypatch.setattr(player, "open_readers", lambda: 2)
    app = webcam()
    app.checkbox(key="live-consent").check().run()
    assert any("All 2 places are taken" in item.value for item in app.warning)


@pytest.mark.parametrize(
    ("variable", "text"), [("FER_LIVE_VIEWERS", "0"), ("FER_ICE_SERVERS", "stun:host")]
)
def test_a_setting_that_is_none_is_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)
    app = webcam()
    app.checkbox(key="live-consent").check().run()
    assert not app.exception
    (error,) = app.error
    assert variable in error.value.replace("\\", "")


def test_ice_servers_are_the_variables_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FER_ICE_SERVERS", raising=False)
    assert ice_servers()[0]["urls"][0].startswith("stun:")
    monkeypatch.setenv("FER_ICE_SERVERS", "[]")
    assert ice_servers() == []
    turn = '[{"urls": ["turn:host:3478"], "username": "a", "credential": "b"}]'
    monkeypatch.setenv("FER_ICE_SERVERS", turn)
    assert ice_servers() == [{"urls": ["turn:host:3478"], "username": "a", "credential": "b"}]


@pytest.mark.parametrize("text", ["nonsense", "{}", '["stun:host"]', '[{"url": "stun:host"}]'])
def test_other_ice_servers_are_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FER_ICE_SERVERS", text)
    with pytest.raises(ValueError, match="FER_ICE_SERVERS must be a JSON list like"):
        ice_servers()


def test_places_are_two_a_core_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FER_LIVE_VIEWERS", raising=False)
    assert most_viewers() >= 2
    monkeypatch.setenv("FER_LIVE_VIEWERS", "7")
    assert most_viewers() == 7


def test_the_pace_is_told_in_one_line() -> None:
    assert pace_line(LiveFigures()) == "analysed 0 frames/s of 0 · 0 analysed · 0 dropped"
    figures = LiveFigures(3000, 2000, 990, 10, "ValueError: *no*", 25, 16.7, 41, 88.4, 20, 2)
    assert pace_line(figures) == (
        "analysed 17 frames/s of 25 · 2,000 analysed · 990 dropped · latency 41 ms (95%: 88) · "
        "detection 20 ms, reading 2 ms · 10 failed (ValueError\\: \\*no\\*)"
    )
