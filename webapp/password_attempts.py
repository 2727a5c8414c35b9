"""Trying a password, with a wait that grows after each wrong one, whoever gave it."""

import hmac
import threading
import time
from collections.abc import Callable

FREE_ATTEMPTS = 5
"""Wrong passwords before there is a wait."""

LONGEST_WAIT_S = 300.0


class PasswordAttempts:
    """The wrong passwords of all visitors together.

    Those of one visitor would not do: a new visit costs nothing. While there is a wait nobody's
    password is looked at, the right one's neither, and asking does not make the wait longer.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong = 0
        self._closed_until = 0.0

    def wait_s(self) -> float:
        """Seconds until a password is looked at again; 0.0 for now."""
        with self._lock:
            return self._wait_s()

    def accept(self, given: str, password: str) -> bool:
        """Whether the password is right and was looked at, compared in constant time."""
        with self._lock:  # one at a time, or many at once would share one wait
            if not password or self._wait_s() > 0:
                return False
            if hmac.compare_digest(_bytes(given), _bytes(password)):
                self._wrong = 0
                return True
            self._wrong += 1
            late = self._wrong - FREE_ATTEMPTS
            if late >= 0:
                wait_s = min(2.0 ** min(late + 1, 16), LONGEST_WAIT_S)
                self._closed_until = self._clock() + wait_s
            return False

    def _wait_s(self) -> float:
        return max(0.0, self._closed_until - self._clock())


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
