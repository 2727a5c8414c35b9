"""Wrong passwords, counted over all visitors, on a clock of the test's own."""

import pytest

from webapp.password_attempts import FREE_ATTEMPTS, LONGEST_WAIT_S, PasswordAttempts


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def fail(attempts: PasswordAttempts, times: int, clock: Clock) -> None:
    for _ in range(times):
        clock.now += attempts.wait_s()
        assert not attempts.accept("wrong", "right")


def test_the_right_password_is_accepted(clock: Clock) -> None:
    assert PasswordAttempts(clock).accept("pässword", "pässword")


def test_no_password_opens_where_none_is_set(clock: Clock) -> None:
    assert not PasswordAttempts(clock).accept("", "")


def test_text_that_is_not_unicode_is_only_wrong(clock: Clock) -> None:
    assert not PasswordAttempts(clock).accept("\ud800", "right")


def test_a_few_slips_cost_nothing(clock: Clock) -> None:
    attempts = PasswordAttempts(clock)
    fail(attempts, FREE_ATTEMPTS - 1, clock)
    assert attempts.wait_s() == 0
    assert attempts.accept("right", "right")


def test_the_wait_doubles_up_to_its_end(clock: Clock) -> None:
    attempts = PasswordAttempts(clock)
    fail(attempts, FREE_ATTEMPTS - 1, clock)
    waits = []
    for _ in range(10):
        fail(attempts, 1, clock)
        waits.append(attempts.wait_s())
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT_S
    fail(attempts, 2000, clock)
    assert attempts.wait_s() == LONGEST_WAIT_S


def test_during_the_wait_the_right_one_is_not_looked_at(clock: Clock) -> None:
    attempts = PasswordAttempts(clock)
    fail(attempts, FREE_ATTEMPTS, clock)
    assert not attempts.accept("right", "right")
    assert attempts.wait_s() == 2  # and asking made it no longer
    clock.now += 2
    assert attempts.accept("right", "right")


def test_success_forgives(clock: Clock) -> None:
    attempts = PasswordAttempts(clock)
    fail(attempts, FREE_ATTEMPTS - 1, clock)
    assert attempts.accept("right", "right")
    fail(attempts, FREE_ATTEMPTS - 1, clock)
    assert attempts.wait_s() == 0
