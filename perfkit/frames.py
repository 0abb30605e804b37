"""An extraction as a pandas table, and as HTML for a notebook."""

from __future__ import annotations

import html
import importlib
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from perfkit.errors import MissingExtraError, TruthError

if TYPE_CHECKING:
    import pandas

    from perfkit.model import Extraction, LineItem

__all__ = ["extraction_html", "items_frame"]

#: Heading and kind of each field, in the order of a line item's fields.
_COLUMNS = {
    "product_code": ("Code", "text"),
    "upc": ("UPC", "text"),
    "description": ("Description", "text"),
    "qty_ordered": ("Ordered", "whole"),
    "qty_allocated": ("Allocated", "whole"),
    "qty_shipped": ("Shipped", "whole"),
    "qty_backordered": ("Backordered", "whole"),
    "unit": ("Unit", "text"),
    "list_price": ("List", "money"),
    "your_price": ("Your", "money"),
    "extended_price": ("Extended", "money"),
    "page": ("Page", "whole"),
}
#: A frame of thousands of rows makes a notebook slow, and nobody reads it there.
_MOST_ROWS = 60

# Colours are those of the page around it, so that it fits light and dark themes alike.
_STYLE = (
    "<style>"
    ".perfkit-extraction table{border-collapse:collapse;color:inherit;font:inherit;"
    "font-variant-numeric:tabular-nums}"
    ".perfkit-extraction th,.perfkit-extraction td{padding:.2em .6em;text-align:left;"
    "vertical-align:top;background:transparent;border:0;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}"
    ".perfkit-extraction .perfkit-number{text-align:right;white-space:nowrap}"
    ".perfkit-extraction .perfkit-scroll{overflow-x:auto}"
    "</style>"
)


def items_frame(extraction: Extraction) -> pandas.DataFrame:
    """One row a line item.

    Returns
    -------
    pandas.DataFrame
        Columns as :data:`perfkit.model.ITEM_FIELDS`: texts as ``string``, quantities and
        page as ``Int64``, money as ``object`` that holds ``Decimal``. What a row leaves
        blank is missing, never zero. Fields that only the vendor has follow, as ``object``.

    Raises
    ------
    MissingExtraError
        If pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingExtraError("pandas", "workbench", "Extraction.to_frame()") from error
    kinds = {"text": "string", "whole": "Int64", "money": "object"}
    items = extraction.line_items
    columns = {
        name: pandas.Series([getattr(item, name) for item in items], dtype=kinds[kind])
        for name, (_, kind) in _COLUMNS.items()
    }
    for name in dict.fromkeys(name for item in items for name, _ in item.extra):
        own = [dict(item.extra).get(name) for item in items]
        columns[name] = pandas.Series(own, dtype="object")
    return pandas.DataFrame(columns)


def extraction_html(extraction: Extraction) -> str:
    """What a notebook shows: facts, accuracy, doubts, and the line items as a table.

    Every text is escaped and nothing runs. After 60 rows it is cut, and says so.
    """
    items = extraction.line_items
    # A column that the layout does not have would be empty in every row.
    fields = [name for name in _COLUMNS if any(getattr(item, name) is not None for item in items)]
    rows = "".join(_row(item, fields) for item in items[:_MOST_ROWS])
    heads = "".join(_cell("th", *_COLUMNS[name], ' scope="col"') for name in fields)
    left = len(items) - _MOST_ROWS
    rest = f"{left} more line item{'s' * (left != 1)}; to_frame() and as_dict() have all."
    more = f"<p>{rest}</p>" if left > 0 else ""
    accuracy, warnings = _accuracy(extraction)
    doubts = [doubt.message for doubt in extraction.ledger.doubts]
    others = [each for each in (*extraction.warnings, *warnings) if each not in doubts]
    checks = extraction.ledger.checks_in_words
    return (
        f'<div class="perfkit-extraction">{_STYLE}'
        f"<p><strong>{_text(extraction.source)}</strong><br>{_text(_facts(extraction))}"
        f"<br>{_text(accuracy)}{'<br>Checks: ' + _text(checks) if checks else ''}</p>"
        + (f"<p><strong>Doubtful:</strong></p>{_list(doubts)}" if doubts else "")
        + _list(others)
        + '<div class="perfkit-scroll" role="region" tabindex="0" aria-label="Line items">'
        f'<table class="perfkit-table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{more}</div>"
    )


def _list(texts: Sequence[str]) -> str:
    points = "".join(f"<li>{_text(each)}</li>" for each in texts)
    return f"<ul>{points}</ul>" if points else ""


def _row(item: LineItem, fields: Sequence[str]) -> str:
    first, *others = [(getattr(item, name), _COLUMNS[name][1]) for name in fields]
    cells = [_cell("th", *first, ' scope="row"'), *[_cell("td", *each) for each in others]]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(tag: str, value: object, kind: str, attributes: str = "") -> str:
    number = "" if kind == "text" else ' class="perfkit-number"'
    shown = format(value, ",f") if isinstance(value, Decimal) else "" if value is None else value
    return f"<{tag}{number}{attributes}>{_text(str(shown))}</{tag}>"


def _text(text: str) -> str:
    """Escaped, and without control characters: some turn the order of text around."""
    kept = "".join(
        c if c.isprintable() or c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return html.escape(kept)


def _facts(extraction: Extraction) -> str:
    facts = [
        extraction.vendor,
        extraction.layout.replace("_", " "),
        extraction.invoice_number,
        extraction.invoice_date.isoformat() if extraction.invoice_date else None,
        f"{extraction.pages} page{'s' * (extraction.pages != 1)}",
        f"{len(extraction.line_items)} line item{'s' * (len(extraction.line_items) != 1)}",
    ]
    sums = {
        "subtotal": extraction.subtotal,
        "surcharges": extraction.surcharges or None,
        "freight": extraction.freight,
        "total": extraction.total,
    }
    facts += [f"{name} {value:,f}" for name, value in sums.items() if value is not None]
    return " · ".join(fact for fact in facts if fact)


def _accuracy(extraction: Extraction) -> tuple[str, tuple[str, ...]]:
    # By name: the layer of accuracy stands above this one, and only what is shown needs it.
    accuracy = importlib.import_module("perfkit.accuracy")
    try:
        return str(accuracy.assess(extraction)), ()
    except TruthError as error:
        return str(accuracy.self_check(extraction)), (f"{error} The accuracy is a self-check.",)
