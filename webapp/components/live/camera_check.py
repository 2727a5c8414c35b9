"""A test of camera and connection in the visitor's browser, told in words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from webapp.components.text import plain
from webapp.ice import IceServers, has_relay

_SCRIPT = Path(__file__).with_name("camera_check.js")
_BUTTON = '<button type="button">Test camera and connection</button>'
_STYLE = """
button {
  font: inherit; color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  padding: 0.35rem 0.75rem; cursor: pointer;
}
button:hover, button:focus-visible {
  border-color: var(--st-primary-color); color: var(--st-primary-color);
}
button:disabled { opacity: 0.6; cursor: wait; }
"""

_INSECURE = (
    "This page is not secure: browsers give cameras to https pages and to localhost only. Open it "
    "by https (the README says how), or read photos on the Upload page."
)
_DENIED = (
    "The browser refuses this page the camera. Allow it by the icon beside the page's address, and "
    "in the system's privacy settings, then start again; or read photos on the Upload page."
)
_NONE = "There is no camera. Connect one, or read photos on the Upload page."
_PROBLEMS = {
    "missing": _INSECURE,
    "NotAllowedError": _DENIED,
    "NotFoundError": _NONE,
    "NotReadableError": "Another program uses the camera. Close that one, then test again.",
}


def show_camera_check(servers: IceServers) -> str | None:
    """Draw the test and, once it was asked for, what was found.

    Args:
        servers: That help browser and server to find each other.

    Returns:
        What keeps the camera from being used, where that is known without a test.
    """
    with st.expander("Trouble with the camera or the connection?", icon=":material/help:"):
        component = st.components.v2.component(
            "camera_check", html=_BUTTON, css=_STYLE, js=_SCRIPT.read_text(encoding="utf-8")
        )
        result = component(
            key="live-check",
            data={"servers": servers},
            on_camera_change=lambda: None,
            on_test_change=lambda: None,
        )
        if result.test:
            for is_well, text in findings(result.test, servers):
                if is_well:
                    st.success(text, icon=":material/check:")
                else:
                    st.warning(text, icon=":material/warning:")
    return camera_problem(result.camera or {})


def camera_problem(camera: Mapping[str, Any]) -> str | None:
    """What keeps the camera from being used, as far as the browser tells without asking.

    Args:
        camera: As `camera_check.js` reports it; empty before it did.
    """
    if not camera:
        return None
    if not camera["secure"]:
        return _INSECURE
    if not camera["cameras"]:
        return _NONE
    return _DENIED if camera["permission"] == "denied" else None


def findings(test: Mapping[str, Any], servers: IceServers) -> list[tuple[bool, str]]:
    """What came out of the test.

    Args:
        test: As `camera_check.js` reports it.
        servers: The servers that were asked.

    Returns:
        (whether it is well, a sentence) for the camera and for the connection.
    """
    return [_camera(str(test["camera"])), _route(set(test["candidates"]), servers)]


def _camera(answer: str) -> tuple[bool, str]:
    if answer == "ok":
        return True, "The camera answers."
    return False, _PROBLEMS.get(answer, f"The camera failed: {plain(answer)}.")


def _route(kinds: set[str], servers: IceServers) -> tuple[bool, str]:
    """What the kinds of addresses found (host, srflx by STUN, relay by TURN) allow."""
    if "relay" in kinds:
        return True, "The TURN server answers: video gets through from everywhere."
    if has_relay(servers):
        return False, "The TURN server does not answer: check its address, user and password."
    if "srflx" in kinds:
        return True, (
            "A STUN server answers: video gets through most home networks. Company networks often "
            "need a TURN server."
        )
    if "host" in kinds:
        return True, (
            "Direct connections are possible. That is enough on this machine and within one "
            "network; from elsewhere a TURN server may be needed."
        )
    return False, (
        "The browser's network lets no video out. A TURN server over TCP is needed, or choose "
        "Single photos."
    )
