"""Who may train, as a rule over plain values: docs/decisions/0010-who-may-train.md says why."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via", "Cf-Connecting-Ip")
"""Headers by which a proxy tells of itself."""


@dataclass(frozen=True, slots=True)
class Door:
    """How the app is guarded.

    Attributes:
        password: The admin password; "" for none.
        has_login: Whether people can log in (`st.login`).
        admins: E-mail addresses of those who may train once logged in.
        readable: False if the secrets could not be read, so that nobody knows what they ask for.
    """

    password: str = ""
    has_login: bool = False
    admins: tuple[str, ...] = ()
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Visitor:
    """What is known of whoever asks.

    Attributes:
        address: The IP address that the connection comes from; None for this machine's own.
        hosts: All values of the Host header.
        origins: All values of the Origin header, which a browser sends and no script can change.
        forwarded: Whether a proxy handed the connection on.
        email: Address that they are logged in as, confirmed as far as the provider says; None if
            they are not.
        gave_password: Whether they gave the right password before.
    """

    address: str | None
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    forwarded: bool
    email: str | None = None
    gave_password: bool = False


def is_allowed(door: Door, visitor: Visitor) -> bool:
    """Whether a visitor may train: by password, by login or, where neither is set, by place."""
    if not door.readable:
        return False
    if door.password and visitor.gave_password:
        return True
    if door.has_login and visitor.email is not None:
        return visitor.email.casefold() in {admin.casefold() for admin in door.admins}
    return not door.password and not door.has_login and is_on_this_machine(visitor)


def is_on_this_machine(visitor: Visitor) -> bool:
    """Whether a visitor's own browser runs on this very machine, with no proxy between."""
    near = visitor.address is None or _is_loopback(visitor.address)
    hosts = [_host_of(f"//{host}") for host in visitor.hosts]
    origins = [_host_of(origin) for origin in visitor.origins]
    # Without a Host or an Origin nothing is proven: a closed connection has none either.
    named_so = all(map(_is_loopback, hosts + origins)) and bool(hosts) and bool(origins)
    return near and named_so and not visitor.forwarded


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
