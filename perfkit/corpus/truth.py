"""Truth: what a made document really says, as the dict that stands beside it as JSON."""

from __future__ import annotations

from typing import Any

from perfkit.corpus.content import Row
from perfkit.corpus.plan import Plan
from perfkit.model import LineItem

__all__ = ["TRUTH_VERSION", "truth"]

#: Version of a truth's form. A truth says what is on the page; a result says more.
TRUTH_VERSION = "1.0"


def truth(plan: Plan) -> dict[str, Any]:
    """All that an extraction of the planned document has to find.

    Returns
    -------
    dict
        ``schema_version``, ``layout`` (the layout plugin's name), ``vendor`` (as spelled on
        the page), ``invoice_number``, ``invoice_date`` (ISO), ``pages``, ``subtotal``,
        ``freight``, ``total``, ``surcharges`` (decimal strings) and ``line_items``, each
        with the keys of :meth:`perfkit.model.LineItem.as_dict`.
    """
    sums = plan.totals
    order = plan.layout == "order"
    return {
        "schema_version": TRUTH_VERSION,
        "layout": f"creative_coop_{plan.layout}",
        "vendor": plan.style.vendor,
        "invoice_number": plan.head.number,
        "invoice_date": plan.head.dated.isoformat(),
        "pages": len(plan.sheets),
        "subtotal": str(sums.subtotal),
        "freight": str(sums.freight),
        "total": str(sums.total),
        "surcharges": str(sums.surcharges),
        "line_items": [_item(row, page, order).as_dict() for page, row in plan.rows()],
    }


def _item(row: Row, page: int, order: bool) -> LineItem:
    return LineItem(
        product_code=row.product_code,
        upc=row.upc,
        description=row.description,
        qty_ordered=row.ordered if order else None,
        qty_allocated=row.allocated if order else None,
        qty_shipped=row.shipped,
        qty_backordered=row.backordered,
        unit=row.unit,
        list_price=row.list_price,
        your_price=row.your_price,
        extended_price=row.extended,
        page=page,
    )
