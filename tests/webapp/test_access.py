"""The door to training as a page shows it."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from webapp import access
from webapp.access_rule import Visitor
from webapp.password_attempts import FREE_ATTEMPTS, PasswordAttempts


def page() -> None:
    import streamlit as st

    from webapp.access import require_admin

    if require_admin():
        st.title("Inside")


@pytest.fixture(autouse=True)
def fresh_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_attempts", PasswordAttempts(lambda: 0.0))


def open_page(secrets: dict[str, object] | None = None) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    app.secrets.update(secrets or {})
    return app.run()


def give(app: AppTest, password: str) -> AppTest:
    app.text_input[0].set_value(password)
    app.button[0].click()
    app.run()
    assert not app.exception
    return app


def is_inside(app: AppTest) -> bool:
    return [title.value for title in app.title] == ["Inside"]


def test_on_this_machine_nothing_is_asked() -> None:
    app = open_page()
    assert is_inside(app)
    assert not app.text_input


def test_without_a_connection_nobody_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "visitor", lambda: Visitor(None, (), (), False))
    app = open_page()
    assert not is_inside(app)
    assert "FER_ADMIN_PASSWORD" in app.markdown[0].value


def test_the_password_lets_in_for_the_visit_and_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FER_ADMIN_PASSWORD", "correct horse")
    app = give(open_page(), "correct horse")
    assert is_inside(app)
    assert is_inside(app.run())
    assert "correct horse" not in str(app.session_state)


def test_a_wrong_password_is_one_line_and_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_ADMIN_PASSWORD", "correct horse")
    app = give(open_page(), "battery staple")
    assert not is_inside(app)
    assert "That is not the password" in app.error[0].value
    assert "battery staple" not in str(app.session_state)


def test_all_visits_share_one_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_ADMIN_PASSWORD", "correct horse")
    for _ in range(FREE_ATTEMPTS):
        app = give(open_page(), "battery staple")
    st.cache_resource.clear()  # as any browser may ask the server to
    assert "Try again in 2 seconds" in app.error[0].value
    assert not is_inside(give(open_page(), "correct horse"))


def test_secrets_can_hold_the_password() -> None:
    app = open_page({"admin_password": "correct horse"})
    assert not is_inside(app)
    assert is_inside(give(app, "correct horse"))


def test_with_a_login_being_here_is_not_enough() -> None:
    app = open_page({"auth": {"client_id": "x"}, "admins": ["ada@example.org"]})
    assert not is_inside(app)
    assert [button.label for button in app.button] == ["Log in"]


def test_secrets_that_cannot_be_read_keep_everybody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text("admin_password = ")
    usual = st.config.get_option
    own = {"secrets.files": [str(file)]}
    monkeypatch.setattr(st.config, "get_option", lambda key: own.get(key) or usual(key))
    monkeypatch.setattr(st, "secrets", Secrets())
    assert not access.door().readable
    file.write_text('admin_password = "correct horse"')
    assert access.door() == access.Door("correct horse")


def test_no_secrets_are_no_failure() -> None:
    assert access.door() == access.Door()
