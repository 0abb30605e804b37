"""Engines by what they read: the text that a file holds, or what takes seconds a page."""

from __future__ import annotations

from perfkit import plugins

__all__ = ["TEXT_ENGINES"]

#: Those that read a file's own text, and nothing that has none.
TEXT_ENGINES = [
    name
    for name in plugins.names("engines")
    if not hasattr(plugins.load("engines", name), "PAGES_A_CALL")
    and not hasattr(plugins.load("engines", name), "ASKS_A_SERVICE")
]
