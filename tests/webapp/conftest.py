"""Pages run by Streamlit's own test harness, without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from webapp import access
from webapp.access_rule import Visitor

HOME = Path(__file__).resolve().parents[2] / "webapp" / "Home.py"


@pytest.fixture(autouse=True)
def at_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor's browser runs on this machine; the harness has no connection to tell by."""

    def visitor() -> Visitor:
        granted = bool(st.session_state.get("may train"))
        origin = "http://localhost:8501"
        return Visitor(None, ("localhost:8501",), (origin,), False, None, granted)

    monkeypatch.setattr(access, "visitor", visitor)
    monkeypatch.delenv(access.PASSWORD_VARIABLE, raising=False)


@pytest.fixture
def open_page() -> Callable[[str], AppTest]:
    """Run one page of the app, as its router would."""
    st.cache_resource.clear()

    def run(page: str) -> AppTest:
        app = AppTest.from_file(str(HOME), default_timeout=60).run()
        return app.switch_page(f"app_pages/{page}").run()

    return run
