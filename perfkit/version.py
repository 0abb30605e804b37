"""The version, in the one place that the build, the front door and the records read it from."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
