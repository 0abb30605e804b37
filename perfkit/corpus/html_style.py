"""The style sheet of :mod:`perfkit.corpus.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfkit.corpus.plan import Plan

__all__ = ["css"]

_FAMILIES = {
    "helvetica": "Helvetica, Arial, 'Liberation Sans', sans-serif",
    "times": "'Times New Roman', 'Liberation Serif', serif",
    "courier": "'Courier New', 'Liberation Mono', monospace",
    "vera": "'Bitstream Vera Sans', 'DejaVu Sans', Verdana, sans-serif",
}
_RULES = {
    "lines": ".row { border-bottom: 0.4pt solid #555 }",
    "boxes": ".items td, .items th { border: 0.4pt solid #777 } .items th { background: #e2e2e2 }",
    "zebra": ".row:nth-of-type(even) { background: #f1f1f1 }",
    "none": "",
}


def css(plan: Plan) -> str:
    """Style sheet for one plan."""
    style = plan.style
    heading = style.align if style.heading_align == "same" else style.heading_align
    return f"""
@page {{ size: {plan.width}pt {plan.height}pt; margin: 0 }}
* {{ box-sizing: border-box }}
body {{ margin: 0; font-family: {_FAMILIES[style.font]}; font-size: {style.font_size}pt;
  line-height: 1.2; -webkit-print-color-adjust: exact }}
section {{ height: {plan.height - 1}pt; padding: 22pt 24pt 0; position: relative;
  break-after: page; break-inside: avoid }}
section:last-child {{ break-after: auto }}
header, .facts, .parties, footer {{ display: flex; justify-content: space-between }}
h1 {{ font-size: 18pt; margin: 0 }} h2 {{ font-size: 11pt; margin: 0 }}
.right {{ text-align: right; font-size: 8.5pt }}
.parties {{ border-top: 0.8pt solid; margin: 4pt 0; padding-top: 4pt; font-size: 7.5pt }}
.parties div {{ width: 50% }}
.facts {{ border: solid #777; border-width: 0.4pt 0; padding: 3pt 0; font-size: 7.5pt }}
.items {{ width: 100%; border-collapse: collapse; margin-top: 6pt }}
.items td {{ vertical-align: {style.cell_align}; text-align: {style.align};
  padding: 1.5pt 2.5pt; white-space: nowrap }}
.items th {{ vertical-align: bottom; text-align: {heading}; padding: 1pt 2.5pt 3pt;
  border-bottom: 0.9pt solid; white-space: nowrap }}
.items tbody {{ break-inside: avoid }}
.items .image {{ padding: 2pt 4pt 2pt 0; width: 54pt; text-align: left }}
.items img {{ width: 46pt; height: 46pt; display: block }}
.items td.description, .items td.item, .items td.below, .items td.section,
.items th.description, .items th.item {{ text-align: left; white-space: normal; width: 40% }}
.items td.code, .items td.upc, .items th.code, .items th.upc {{ text-align: left }}
.items td.rt, .items td.unit, .items td.lo, .items td.truck {{ text-align: center }}
.items th.rt, .items th.unit, .items th.truck {{ text-align: center }}
.items td.below {{ padding-top: 0 }}
.items .section {{ font-weight: bold; font-size: {style.font_size + 1}pt; padding: 4pt 0 }}
.totals {{ margin: 8pt 0 0 auto; border-collapse: collapse }}
.totals td {{ padding: 1pt 2.5pt 1pt 30pt; text-align: right }}
.totals tr:last-child {{ font-weight: bold }}
footer {{ position: absolute; bottom: 12pt; left: 24pt; right: 24pt }}
{_RULES[style.rules]}
"""
