"""The last minute of a face as a small SVG: redrawn every second, it must not flicker."""

import base64
from collections.abc import Iterator, Sequence

from fer_core.domain.emotions import colour_of
from fer_core.inference.session import LONGEST_STEP_S, TIMELINE_S, Moment

_WIDTH, _HEIGHT = 600, 200
_POINTS = 240
_GUIDES = (0, 50, 100)


def timeline(moments: Sequence[Moment], track_id: int | None) -> str:
    """Probabilities over time, a line for each emotion; where the face was away they break off.

    Args:
        moments: Of all faces, the oldest first; at least one.
        track_id: Whose to draw; None for nobody's.
    """
    now = moments[-1].time_s
    own = [moment for moment in moments if moment.track_id == track_id]
    labels = own[-1].scores.labels if own else ()
    # Another model may have begun within the minute, with labels of its own.
    own = [moment for moment in own if moment.scores.labels == labels]
    pieces = list(_pieces(own, max(1, len(own) // _POINTS)))
    lines = "".join(
        f'<polyline points="{_points(piece, index, now)}" fill="none" '
        f'stroke="{colour_of(label)}" stroke-width="2" vector-effect="non-scaling-stroke"/>'
        for index, label in enumerate(labels)
        for piece in pieces
    )
    guides = "".join(
        f'<line x1="0" x2="{_WIDTH}" y1="{_y(share / 100)}" y2="{_y(share / 100)}" '
        'stroke="#808C9B" stroke-opacity="0.35" vector-effect="non-scaling-stroke"/>'
        for share in _GUIDES
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -2 {_WIDTH} {_HEIGHT + 4}" '
        f'preserveAspectRatio="none">{guides}{lines}</svg>'
    )
    scale = "".join(f"<span>{share}%</span>" for share in reversed(_GUIDES))
    # An image, since Streamlit takes SVG out of HTML.
    return (
        '<div style="display:flex;gap:.5rem;height:9rem;font-size:.75rem">'
        '<div style="display:flex;flex-direction:column;justify-content:space-between;'
        f'text-align:right;width:2.2rem;opacity:.7">{scale}</div>'
        f'<img src="data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}" '
        'alt="Probabilities of the face over the last minute" '
        'style="flex:1;min-width:0;height:100%"></div>'
        '<div style="display:flex;justify-content:space-between;font-size:.75rem;opacity:.7;'
        'padding-left:2.7rem"><span>60 s ago</span><span>now</span></div>'
    )


def _pieces(own: Sequence[Moment], step: int) -> Iterator[list[Moment]]:
    """Runs of moments without a gap, thinned out, their last one kept."""
    piece: list[Moment] = []
    for moment in own:
        if piece and moment.time_s - piece[-1].time_s > LONGEST_STEP_S:
            yield piece[:-1:step] + piece[-1:]
            piece = []
        piece.append(moment)
    if piece:
        yield piece[:-1:step] + piece[-1:]


def _points(piece: Sequence[Moment], index: int, now: float) -> str:
    return " ".join(
        f"{_WIDTH * (1 + (moment.time_s - now) / TIMELINE_S):.1f},"
        f"{_y(moment.scores.probabilities[index]):.1f}"
        for moment in piece
    )


def _y(share: float) -> float:
    return _HEIGHT * (1 - share)
