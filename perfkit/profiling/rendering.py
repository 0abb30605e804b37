"""What each kind of profile looks like, and how it is read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfkit.profiling.annotated import annotated
from perfkit.profiling.difference import Difference
from perfkit.profiling.difference_views import difference_flame, difference_tables
from perfkit.profiling.flame import Flame, flame
from perfkit.profiling.line_profile import LineProfile
from perfkit.profiling.memory_profile import MemoryProfile
from perfkit.profiling.memory_views import memory_tables, timeline
from perfkit.profiling.stacks import StackProfile
from perfkit.profiling.tables import lines_table
from perfkit.profiling.tree import tree_html

__all__ = ["Part", "body_of", "part_from", "picture_of"]

Part = StackProfile | LineProfile | MemoryProfile | Difference


def picture_of(part: Part) -> Flame | None:
    """Its drawing; None where there is none."""
    if isinstance(part, StackProfile):
        return flame(part)
    if isinstance(part, Difference):
        return difference_flame(part)
    return timeline(part) if isinstance(part, MemoryProfile) else None


def body_of(part: Part) -> str:
    """Its tables, as HTML without a drawing."""
    if isinstance(part, StackProfile):
        return lines_table(part) + tree_html(part)
    if isinstance(part, Difference):
        return difference_tables(part)
    return memory_tables(part) if isinstance(part, MemoryProfile) else annotated(part)


def part_from(values: Mapping[str, Any]) -> Part:
    """A part again from its plain values."""
    kinds: dict[str, Any] = {
        "difference": Difference,
        "line": LineProfile,
        "memory": MemoryProfile,
    }
    part: Part = kinds.get(values["kind"], StackProfile).from_dict(values)
    return part
