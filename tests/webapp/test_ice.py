"""Where the servers for live video's connection come from, and what is said of a wrong setting."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from webapp import ice
from webapp.ice import IceError, has_relay, ice_servers

ROOT = Path(__file__).resolve().parents[2]
TURN = {"urls": "turn:host:3478", "username": "a", "credential": "b"}
ACCOUNTS = (
    "CLOUDFLARE_TURN_KEY_ID",
    "CLOUDFLARE_TURN_KEY_API_TOKEN",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "HF_TOKEN",
)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("FER_ICE_SERVERS", *ACCOUNTS):
        monkeypatch.delenv(variable, raising=False)


def test_on_one_machine_nobody_is_asked() -> None:
    assert ice_servers(is_local=True) == []


def test_from_elsewhere_a_public_stun_server_helps() -> None:
    (server,) = ice_servers(is_local=False)
    assert server["urls"][0].startswith("stun:")
    assert not has_relay([server])


@pytest.mark.parametrize("servers", [[], [TURN], [{"urls": ["stun:a", "turns:b"]}]])
@pytest.mark.parametrize("is_local", [True, False])
def test_the_setting_comes_first(
    monkeypatch: pytest.MonkeyPatch, servers: list[dict[str, object]], is_local: bool
) -> None:
    monkeypatch.setenv("FER_ICE_SERVERS", json.dumps(servers))
    assert ice_servers(is_local) == servers
    assert has_relay(ice_servers(is_local)) == bool(servers)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "{}",
        "1",
        '["stun:host"]',
        '[{"url": "stun:host"}]',
        '[{"urls": 3}]',
        '[{"urls": []}]',
        '[{"urls": [3]}]',
    ],
)
def test_another_setting_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FER_ICE_SERVERS", text)
    with pytest.raises(IceError, match="FER_ICE_SERVERS must be a JSON list like"):
        ice_servers(is_local=True)


@pytest.mark.parametrize("lender", list(ice._LENDERS))
def test_a_lender_who_gives_nothing_is_named(monkeypatch: pytest.MonkeyPatch, lender: str) -> None:
    """Wrong accounts, and mostly no network either: what an owner of the server would see."""
    variables, _ = ice._LENDERS[lender]
    for variable in variables:
        monkeypatch.setenv(variable, "wrong")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nothing listens there
    with pytest.raises(IceError, match=f"^{lender} gave no TURN servers .*{variables[0]}"):
        ice_servers(is_local=False)


def test_half_an_account_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "only this")
    assert ice_servers(is_local=False) == ice.PUBLIC_STUN


def test_secrets_will_do_as_well_as_the_environment(tmp_path: Path) -> None:
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(f"FER_ICE_SERVERS = '{json.dumps([TURN])}'\n")
    program = (
        "import streamlit; streamlit.secrets.load_if_toml_exists()\n"  # as a server does first
        "from webapp.ice import ice_servers; import json; print(json.dumps(ice_servers(True)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert json.loads(result.stdout) == [TURN], result.stderr
