"""What each kind of profile looks like."""

from __future__ import annotations

from perfkit.profiling.flame import Flame, flame
from perfkit.profiling.stacks import StackProfile
from perfkit.profiling.tables import lines_table
from perfkit.profiling.tree import tree_html

__all__ = ["Part", "body_of", "part_from", "picture_of"]

Part = StackProfile


def picture_of(part: Part) -> Flame | None:
    """Its drawing; None where there is none."""
    return flame(part)


def body_of(part: Part) -> str:
    """Its tables, as HTML without a drawing."""
    return lines_table(part) + tree_html(part)


def part_from(values: dict[str, object]) -> Part:
    """A part again from its plain values."""
    return StackProfile.from_dict(values)
