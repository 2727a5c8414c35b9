"""Pages run by Streamlit's own test harness, without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

HOME = Path(__file__).resolve().parents[2] / "webapp" / "Home.py"


@pytest.fixture
def open_page() -> Callable[[str], AppTest]:
    """Run one page of the app, as its router would."""
    st.cache_resource.clear()

    def run(page: str) -> AppTest:
        app = AppTest.from_file(str(HOME), default_timeout=60).run()
        return app.switch_page(f"app_pages/{page}").run()

    return run
