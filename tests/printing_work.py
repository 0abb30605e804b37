"""Work that prints, for tests of processes whose answers must not be mixed with it."""

from __future__ import annotations

import os
import sys

__all__ = ["greet"]


def greet() -> str:
    """Print by Python and past it."""
    sys.stdout.write("hello\n")
    os.write(1, b"hello\n")
    return "well"
