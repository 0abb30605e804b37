"""Times as a reader of the report sees them."""

from __future__ import annotations

from datetime import datetime

__all__ = ["now", "run_time", "when"]

_MINUTE = 60


def now() -> str:
    """This moment in ISO 8601, with the offset of the local time."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def when(moment: str) -> str:
    """``24 November 2025, 03:12 UTC+01:00``."""
    parsed = datetime.fromisoformat(moment)
    offset = parsed.strftime("%z")
    zone = f"UTC{offset[:3]}:{offset[3:5]}" if offset and offset != "+0000" else "UTC"
    return f"{parsed.day} {parsed.strftime('%B %Y, %H:%M')} {zone}"


def run_time(seconds: float) -> str:
    """``took 8.2 s``, ``took 2 min 5 s``."""
    if seconds < _MINUTE:
        return f"took {seconds:.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"took {minutes} min {rest} s"
