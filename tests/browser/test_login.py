"""Logging in with an OpenID Connect provider opens the training page to admins, and to no other."""

import shlex
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import free_port, running

ADMIN, GUEST = "admin@example.org", "guest@example.org"
SECRETS = """
admins = ["{admin}"]

[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a secret of this test alone"
client_id = "fer-studio"
client_secret = "nothing"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An OpenID Connect provider on this machine, which believes whoever says who they are."""
    port = free_port()
    log = tmp_path_factory.mktemp("provider") / "log.txt"
    claims = [f'{{"sub": "{name}", "email": "{name}"}}' for name in (ADMIN, GUEST)]
    arguments = [word for claim in claims for word in ("--user-claims", claim)]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *arguments]
    with running(
        f"exec {shlex.join(command)}", port, log, health="/.well-known/openid-configuration"
    ) as url:
        yield url


@pytest.fixture(scope="module")
def guarded_url(provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, whose secrets name that provider and one admin."""
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    secrets = folder / "secrets.toml"
    secrets.write_text(SECRETS.format(admin=ADMIN, port=port, provider=provider))
    command = (
        f"exec {shlex.quote(sys.executable)} -m streamlit run webapp/Home.py "
        f"--server.port {port} --server.headless true --secrets.files {secrets}"
    )
    log = folder / "log.txt"
    with running(command, port, log, {"FER_RUNS_DIR": str(folder / "runs")}) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that may ask other servers: the provider's own form asks for fonts."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield context.new_page()
    context.close()


def log_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/training")
    page.get_by_role("tab", name="New run", exact=True).click()
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("textbox").fill(name)
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{url}/**")
    page.goto(f"{url}/training")
    page.get_by_role("tab", name="New run", exact=True).click()


def test_an_admin_may_train(page: Page, guarded_url: str) -> None:
    log_in(page, guarded_url, ADMIN)
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()


def test_nobody_else_may(page: Page, guarded_url: str) -> None:
    log_in(page, guarded_url, GUEST)
    expect(page.get_by_text(f"{GUEST} is not among the admins.")).to_be_visible()
    expect(page.get_by_role("button", name="Start", exact=True)).to_have_count(0)
