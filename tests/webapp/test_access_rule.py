"""Who may train, over plain values."""

import pytest

from webapp.access_rule import Door, Visitor, is_allowed, is_on_this_machine


def browser(
    host: str = "localhost:8501",
    origin: str = "http://localhost:8501",
    address: str | None = None,
    forwarded: bool = False,
    email: str | None = None,
    gave_password: bool = False,
) -> Visitor:
    return Visitor(address, (host,), (origin,), forwarded, email, gave_password)


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "127.8.9.1", "[::1]:8501"])
def test_a_browser_on_this_machine_may(host: str) -> None:
    assert is_allowed(Door(), browser(host, f"http://{host}"))


@pytest.mark.parametrize("address", [None, "127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_has_several_addresses(address: str | None) -> None:
    assert is_on_this_machine(browser(address=address))


@pytest.mark.parametrize("address", ["192.168.1.7", "::ffff:192.168.1.7", "8.8.8.8", "unknown", ""])
def test_another_machine_may_not(address: str) -> None:
    assert not is_allowed(Door(), browser(address=address))


def test_a_rebound_name_may_not() -> None:
    assert not is_allowed(Door(), browser("evil.example:8501", "http://evil.example:8501"))


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://localhost.evil.example",
        "http://[::1",
        "localhost",
    ],
)
def test_a_foreign_page_that_reaches_here_may_not(origin: str) -> None:
    assert not is_allowed(Door(), browser(origin=origin))


@pytest.mark.parametrize("host", ["studio.example", "10.0.0.4:8501", "", "localhost@evil.example"])
def test_a_name_of_elsewhere_may_not(host: str) -> None:
    assert not is_allowed(Door(), browser(host))


def test_a_second_host_does_not_hide_behind_the_first() -> None:
    hosts = ("localhost:8501", "evil.example")
    assert not is_on_this_machine(Visitor(None, hosts, ("http://localhost:8501",), False))


def test_what_a_proxy_hands_on_may_not() -> None:
    assert not is_allowed(Door(), browser(forwarded=True))


def test_a_closed_connection_proves_nothing() -> None:
    assert not is_allowed(Door(), Visitor(None, (), (), False))


def test_with_a_password_being_here_is_not_enough() -> None:
    assert not is_allowed(Door("secret"), browser())
    assert is_allowed(Door("secret"), browser("studio.example", forwarded=True, gave_password=True))


def test_a_password_that_was_taken_away_opens_nothing() -> None:
    assert not is_allowed(Door(), browser("studio.example", gave_password=True))


def test_of_those_logged_in_only_admins_may() -> None:
    door = Door(has_login=True, admins=("Ada@example.org",))
    assert is_allowed(door, browser("studio.example", email="ada@example.org"))
    assert not is_allowed(door, browser(email="eve@example.org"))
    assert not is_allowed(door, browser())


def test_a_password_serves_beside_a_login() -> None:
    door = Door("secret", has_login=True, admins=("ada@example.org",))
    assert is_allowed(door, browser(gave_password=True))
    assert is_allowed(door, browser(email="eve@example.org", gave_password=True))


def test_secrets_that_cannot_be_read_keep_everybody_out() -> None:
    assert not is_allowed(Door(readable=False), browser(gave_password=True))
