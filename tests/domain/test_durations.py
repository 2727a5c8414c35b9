"""A length of time is told in its two largest units, a time as a clock shows it."""

import pytest

from fer_core.domain.durations import clock, duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.0 s"),
        (0.26, "0.3 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (61, "1 min 1 s"),
        (3599.0, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (7500.0, "2 h 5 min"),
        (90_000, "1 day 1 h"),
        (180_000, "2 days 2 h"),
    ],
)
def test_a_length_of_time_has_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(0, "0:00.0"), (59.96, "1:00.0"), (83.46, "1:23.5"), (3599.98, "1:00:00"), (7384, "2:03:04")],
)
def test_times_are_told_in_minutes(time_s: float, text: str) -> None:
    assert clock(time_s) == text
