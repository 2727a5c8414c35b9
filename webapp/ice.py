"""Servers that help a browser and this server to find each other: STUN and TURN."""

import json
import os
from collections.abc import Callable
from typing import Any

from streamlit_webrtc.credentials import (
    get_cloudflare_ice_servers,
    get_hf_ice_servers,
    get_twilio_ice_servers,
)

from fer_core.domain.errors import FerError

VARIABLE = "FER_ICE_SERVERS"
PUBLIC_STUN = [{"urls": ["stun:stun.l.google.com:19302"]}]

IceServers = list[dict[str, Any]]

# Who lends TURN servers, by the variables that hold one's account with them.
_LENDERS: dict[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
    "Cloudflare": (
        ("CLOUDFLARE_TURN_KEY_ID", "CLOUDFLARE_TURN_KEY_API_TOKEN"),
        get_cloudflare_ice_servers,
    ),
    "Twilio": (("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"), get_twilio_ice_servers),
    "Hugging Face": (("HF_TOKEN",), get_hf_ice_servers),
}


class IceError(FerError):
    """The setting of the servers cannot be used."""


def ice_servers(is_local: bool) -> IceServers:
    """The servers to use: `FER_ICE_SERVERS`, else a lender's, else a public STUN server.

    Streamlit puts the texts at the top of `.streamlit/secrets.toml` into the environment, so that
    either place will do. A lender's servers are asked for once an hour.

    Args:
        is_local: Browser and server are one machine: without a setting no server is needed, and
            none is told of the visit.

    Returns:
        As `RTCPeerConnection` takes them: `[{"urls": [...], "username": ..., "credential": ...}]`.

    Raises:
        IceError: The setting is no such list, or a lender gives none.
    """
    text = os.environ.get(VARIABLE, "")
    if text:
        return _parsed(text)
    for lender, (variables, lend) in _LENDERS.items():
        account = [os.environ.get(variable, "") for variable in variables]
        if all(account):
            try:
                return list(lend(*account))
            except Exception as error:  # each lender's library has its own
                raise IceError(
                    f"{lender} gave no TURN servers ({error}): check {' and '.join(variables)}, "
                    f"or set {VARIABLE}."
                ) from error
    return [] if is_local else list(PUBLIC_STUN)


def has_relay(servers: IceServers) -> bool:
    """Whether a TURN server is among them, which connects where nothing else does."""
    urls = [server["urls"] for server in servers]
    flat = [url for some in urls for url in ([some] if isinstance(some, str) else some)]
    return any(url.startswith(("turn:", "turns:")) for url in flat)


def _parsed(text: str) -> IceServers:
    try:
        servers = json.loads(text)
    except ValueError:
        servers = None
    if not isinstance(servers, list) or not all(map(_is_server, servers)):
        raise IceError(
            f'{VARIABLE} must be a JSON list like [{{"urls": ["stun:host:3478"]}}], got {text[:80]}'
        )
    return servers


def _is_server(server: object) -> bool:
    if not isinstance(server, dict):
        return False
    urls = server.get("urls")
    return isinstance(urls, str) or (
        isinstance(urls, list) and bool(urls) and all(isinstance(url, str) for url in urls)
    )
