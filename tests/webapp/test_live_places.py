"""A server reads so many viewers at once, and lets others in when they leave."""

import pytest

from fer_core.domain.errors import FerError
from webapp.live_places import LivePlaces, viewers_at_most


def test_places_are_two_a_core_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FER_LIVE_VIEWERS", raising=False)
    assert viewers_at_most() >= 2
    monkeypatch.setenv("FER_LIVE_VIEWERS", "7")
    assert viewers_at_most() == 7
    monkeypatch.setenv("FER_LIVE_VIEWERS", "many")
    with pytest.raises(FerError, match="FER_LIVE_VIEWERS must be a number from 1, got 'many'"):
        viewers_at_most()


def test_a_place_is_taken_once_and_given_back() -> None:
    places = LivePlaces(2)
    assert [places.take(), places.take(), places.take()] == [True, True, False]
    assert places.taken == 2
    places.leave()
    assert places.take()
