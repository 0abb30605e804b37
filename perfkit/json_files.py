"""JSON files of truths and results, read with exact decimals."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfkit.errors import TruthError

__all__ = ["read_json"]

_PART_CHARACTERS = 1 << 16


def read_json(path: Path | str, hook: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """The content of a JSON file, with exact decimals; ``TruthError`` if it is none."""
    try:
        return json.loads(_text_of(path), parse_float=Decimal, object_hook=hook)
    except OSError as error:
        raise TruthError(f"{path}: the file cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise TruthError(f"{path}: this is not JSON ({error}).") from error


def _text_of(path: Path | str) -> str:
    """A file's text; read bit by bit, for it would be there twice while it is decoded."""
    text = io.StringIO()
    with open(path, encoding="utf-8") as file:
        while part := file.read(_PART_CHARACTERS):
            text.write(part)
    return text.getvalue()
