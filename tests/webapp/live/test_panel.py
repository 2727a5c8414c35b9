"""The pace is told honestly: what was analysed, what was dropped, how long it took."""

from webapp.components.live.panel import pace_line
from webapp.live import LiveFigures


def test_the_pace_is_one_line() -> None:
    assert pace_line(LiveFigures()) == "analysed 0 frames/s of 0 · 0 analysed · 0 dropped"
    figures = LiveFigures(3000, 2000, 990, 10, "ValueError: *no*", 25, 16.7, 41, 88.4, 20, 2)
    assert pace_line(figures) == (
        "analysed 17 frames/s of 25 · 2,000 analysed · 990 dropped · latency 41 ms (95%: 88) · "
        "detection 20 ms, reading 2 ms · 10 failed (ValueError\\: \\*no\\*)"
    )
