"""The form of what a worker tells of a file."""

from __future__ import annotations

from typing import Any

__all__ = ["is_answer"]


def is_answer(value: Any) -> bool:
    """Whether a worker's answer has the form of one, as one that was taken over may not send."""
    forms = {
        "sha256": str | None, "bytes": int | None, "pages": int | None, "seconds": float,
        "peak_mb": float | None, "items": int | None, "score": float | None,
        "result": list | None, "items_sha256": str | None, "complaints": list | None,
        "documents": list | None, "doubtful": list | None,
        "signs": tuple | None, "covered": bool | None, "deadline_seconds": float | None,
    }  # fmt: skip
    if not (isinstance(value, dict) and "sha256" in value and "seconds" in value):
        return False
    if not all(isinstance(value.get(name), form) for name, form in forms.items()):
        return False
    if not all(isinstance(line, bytes) for line in value.get("result") or ()):
        return False
    rows = [*(value.get("documents") or ()), *(value.get("doubtful") or ())]
    if not all(map(_is_row, rows)):
        return False
    error = value.get("error")
    if error is not None:
        return isinstance(error, tuple) and [type(each) for each in error[:2]] == [str, str]
    if "result" in value and not {"documents", "doubtful"} <= set(value):
        return False
    told = "unchanged" in value or "result" in value or "items_sha256" in value
    return told or set(value) <= {"sha256", "bytes", "pages", "seconds", "peak_mb"}


def _is_row(value: Any) -> bool:
    """Whether it is a flat dict of plain values, as the manifest takes them."""
    plain = str | int | float | None
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(each, plain) for name, each in value.items()
    )
