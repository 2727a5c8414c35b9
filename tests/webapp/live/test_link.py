"""How far the connection has come is told from two clocks, and a blocked one tells what to do."""

import pytest

from webapp.components.live.link import PATIENCE_S, Link, LinkState

ASKED = Link(wanted=True, asked_at=100.0)


@pytest.mark.parametrize(
    ("link", "shown_at", "now", "state"),
    [
        (Link(), None, 100.0, LinkState.off),
        (Link(), 99.0, 100.0, LinkState.off),
        (ASKED, None, 101.0, LinkState.connecting),
        (ASKED, 99.0, 101.0, LinkState.connecting),  # a frame of the video before
        (ASKED, 100.5, 101.0, LinkState.playing),
        (ASKED, 100.5, 900.0, LinkState.playing),
        (ASKED, None, 100.1 + PATIENCE_S, LinkState.blocked),
        (ASKED, 99.0, 100.1 + PATIENCE_S, LinkState.blocked),
    ],
)
def test_the_state_follows_the_frames(
    link: Link, shown_at: float | None, now: float, state: LinkState
) -> None:
    assert link.state(shown_at, now) is state


def test_advice_names_what_is_missing() -> None:
    assert "FER_ICE_SERVERS" in Link(has_relay=False).advice()
    assert "TURN server lets" in Link(has_relay=True).advice()
    for has_relay in (False, True):
        assert "Single photos" in Link(has_relay=has_relay).advice()
