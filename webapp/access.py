"""Who may train: the rule of `access_rule`, asked of Streamlit, the environment and secrets."""

import math
import os
from pathlib import Path
from typing import Any

import streamlit as st

from webapp.access_rule import FORWARDING_HEADERS, Door, Visitor, is_allowed
from webapp.components.text import count, plain
from webapp.password_attempts import PasswordAttempts

PASSWORD_VARIABLE = "FER_ADMIN_PASSWORD"

_GRANTED, _GIVEN, _REFUSAL = "may train", "training-password", "training-password-refusal"

# Not a cache_resource: any visitor's browser can ask Streamlit to empty its caches, and would so
# take the count of wrong passwords back.
_attempts = PasswordAttempts()


def may_train() -> bool:
    """Whether this visitor may start and change runs; everybody else only sees them."""
    return is_allowed(door(), visitor())


def require_admin() -> bool:
    """As `may_train`; whoever may not is shown what would let them."""
    rules = door()
    if is_allowed(rules, visitor()):
        return True
    if not rules.readable:
        st.warning("The server's secrets cannot be read: see its log.", icon=":material/error:")
        return False
    st.info(
        "Everybody may watch runs; only an admin may start and change them.",
        icon=":material/lock:",
    )
    if rules.password:
        _ask_for_password()
    if rules.has_login:
        _offer_login()
    if not rules.password and not rules.has_login:
        st.markdown(
            f"Without a password that is whoever opens this page on the server itself, by "
            f"`localhost` and without a proxy. To train from elsewhere, set `{PASSWORD_VARIABLE}` "
            "where the server starts."
        )
    return False


def door() -> Door:
    """How this server is guarded, by its environment and its secrets."""
    password = os.environ.get(PASSWORD_VARIABLE, "")
    if not st.secrets.load_if_toml_exists():
        # Without a file there is nothing to read; one that cannot be read may ask for a password.
        there = any(Path(path).exists() for path in st.config.get_option("secrets.files"))
        return Door(password, readable=bool(password) or not there)
    secrets = st.secrets.to_dict()
    admins = secrets.get("admins")
    return Door(
        password or str(secrets.get("admin_password", "")),
        "auth" in secrets,
        tuple(map(str, admins)) if isinstance(admins, list) else (),
    )


def visitor() -> Visitor:
    """Whoever this script runs for."""
    headers = st.context.headers
    return Visitor(
        address=st.context.ip_address,
        hosts=tuple(headers.get_all("Host")),
        origins=tuple(headers.get_all("Origin")),
        forwarded=any(headers.get_all(name) for name in FORWARDING_HEADERS),
        email=_email(st.user.to_dict()),
        gave_password=bool(st.session_state.get(_GRANTED)),
    )


def _email(user: dict[str, Any]) -> str | None:
    confirmed = user.get("email_verified") is not False
    known = user.get("is_logged_in") and confirmed and user.get("email")
    return str(user["email"]) if known else None


def _ask_for_password() -> None:
    with st.form("training-door", border=True):
        st.text_input(
            "Admin password", type="password", key=_GIVEN, autocomplete="current-password"
        )
        st.form_submit_button("Unlock", icon=":material/lock_open:", on_click=_try_password)
    if refusal := st.session_state.pop(_REFUSAL, ""):
        st.error(refusal, icon=":material/error:")


def _try_password() -> None:
    """Look at what was given, and forget it."""
    given = str(st.session_state[_GIVEN])
    st.session_state[_GIVEN] = ""
    if _attempts.accept(given, door().password):
        st.session_state[_GRANTED] = True
        return
    wait_s = math.ceil(_attempts.wait_s())
    later = f" Try again in {count(wait_s, 'second')}." if wait_s else ""
    st.session_state[_REFUSAL] = f"That is not the password, or it came too early.{later}"


def _offer_login() -> None:
    user = st.user.to_dict()
    if user.get("is_logged_in"):
        st.caption(f"{plain(str(user.get('email', 'This account')))} is not among the admins.")
    else:
        st.button("Log in", icon=":material/login:", on_click=st.login, key="training-login")
