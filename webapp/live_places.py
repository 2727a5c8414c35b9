"""How many viewers of live video a server reads at once."""

import os
import threading

from fer_core.domain.errors import FerError

VIEWERS_VARIABLE = "FER_LIVE_VIEWERS"


def viewers_at_most() -> int:
    """How many viewers to read at once: `FER_LIVE_VIEWERS`, or two for each core.

    Raises:
        FerError: The variable holds something else than a number from 1.
    """
    text = os.environ.get(VIEWERS_VARIABLE, "")
    if not text:
        return 2 * (os.cpu_count() or 1)
    if not text.isdecimal() or int(text) < 1:
        raise FerError(f"{VIEWERS_VARIABLE} must be a number from 1, got {text!r}.")
    return int(text)


class LivePlaces:
    """How many viewers a server reads at once.

    Args:
        most: That many at most.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        """How many are being read now."""
        with self._lock:
            return self._taken

    def take(self) -> bool:
        """Take a place, if one is left."""
        with self._lock:
            is_left = self._taken < self.most
            self._taken += is_left
            return is_left

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._taken -= 1
