"""Style of profiles: in the report's sheet, in a page of their own, and in a notebook."""

from __future__ import annotations

__all__ = ["STYLE"]

#: Colours come from the page around, so that light and dark fit; heat is a tint over them.
STYLE = """
.perfkit-calls ul { list-style: none; margin: 0; padding-left: .7rem; border-left: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.perfkit-calls summary { cursor: pointer; }
.perfkit-calls li { padding: .1rem 0; overflow-wrap: anywhere; }
.perfkit-share { display: inline-block; min-width: 3.6rem; font-variant-numeric: tabular-nums; }
.perfkit-where { opacity: .8; font-size: .85em; }
.perfkit-source { white-space: pre; tab-size: 4; font: .8rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.perfkit-heat-1 { background: color-mix(in srgb, #e69f00 9%, transparent); }
.perfkit-heat-2 { background: color-mix(in srgb, #e69f00 18%, transparent); }
.perfkit-heat-3 { background: color-mix(in srgb, #e67a00 30%, transparent); }
.perfkit-heat-4 { background: color-mix(in srgb, #e65c00 42%, transparent); }
"""  # noqa: E501 - a rule a line, as in a style sheet
