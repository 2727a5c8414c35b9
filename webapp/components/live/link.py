"""How far a live video has come: asked for, connecting, playing, or not getting through."""

from dataclasses import dataclass
from enum import StrEnum

PATIENCE_S = 10.0
"""A connection that can be made is made sooner: aioice gives each server five seconds."""


class LinkState(StrEnum):
    """Where the connection between browser and server is."""

    off = "off"
    connecting = "connecting"
    blocked = "blocked"
    playing = "playing"


@dataclass(frozen=True, slots=True)
class Link:
    """What the page knows of the connection when it is drawn.

    Attributes:
        wanted: Whether the browser has been told to send, and has not been told to stop.
        asked_at: When it was told, in seconds of `time.monotonic`.
        has_relay: Whether a TURN server may help.
    """

    wanted: bool = False
    asked_at: float = 0.0
    has_relay: bool = False

    def state(self, shown_at: float | None, now: float) -> LinkState:
        """The state now.

        Args:
            shown_at: When the last frame came; None for never.
            now: By the same clock.
        """
        if not self.wanted:
            return LinkState.off
        if shown_at is not None and shown_at >= self.asked_at:
            return LinkState.playing
        return LinkState.blocked if now - self.asked_at > PATIENCE_S else LinkState.connecting

    def advice(self) -> str:
        """What to do when it does not get through."""
        if self.has_relay:
            reason = (
                "Not even the TURN server lets browser and server meet: whoever runs this server "
                "should look at its address and password."
            )
        else:
            reason = (
                "A network between browser and server lets no video through, and a **TURN "
                "server** is needed: whoever runs this server sets `FER_ICE_SERVERS` (the README "
                "says how)."
            )
        return f"{reason} Until then choose **Single photos** above: they need no such connection."
