"""Times, and lengths of time, as people say them."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def duration(seconds: float) -> str:
    """A length of time in its two largest units: "2.5 s", "45 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
    days = whole // _DAY
    return f"{days} day{'' if days == 1 else 's'} {whole % _DAY // _HOUR} h"


def clock(time_s: float) -> str:
    """Seconds as 1:02:03, or 2:03.4 within the first hour."""
    minutes, seconds = divmod(round(time_s, 1), 60)
    if minutes < 60:
        return f"{minutes:.0f}:{seconds:04.1f}"
    return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{seconds:02.0f}"
