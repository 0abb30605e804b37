"""A plan as an HTML page with real tables, for producers that lay text out themselves.

Which row stands on which page is the plan's; where it stands there is the browser's.
"""

from __future__ import annotations

import base64
from html import escape

from perfkit.corpus import html_style
from perfkit.corpus.content import Row
from perfkit.corpus.paginate import Entry, Sheet
from perfkit.corpus.pictures import picture
from perfkit.corpus.plan import Plan
from perfkit.corpus.sheet import day, money

__all__ = ["page_html"]

_TEXT = {"order": "description", "invoice": "item"}


def page_html(plan: Plan) -> str:
    """The whole document; each sheet is a section that ends with a page break."""
    pages = "\n".join(_section(plan, sheet) for sheet in plan.sheets)
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(plan.head.number)}</title>"
        f"<style>{html_style.css(plan)}</style></head><body>{pages}</body></html>"
    )


def _section(plan: Plan, sheet: Sheet) -> str:
    body = "".join(_entry(plan, entry) for entry in sheet.entries)
    last = sheet.number == len(plan.sheets)
    return (
        f"<section>{_head(plan, sheet)}<table class='items'><thead>{_headings(plan)}</thead>"
        f"{body}</table>{_totals(plan) if last else ''}{_foot(plan, sheet)}</section>"
    )


def _head(plan: Plan, sheet: Sheet) -> str:
    head, vendor = plan.head, escape(plan.style.vendor)
    number = f"Page {sheet.number} of {len(plan.sheets)}"
    if plan.style.page_number == "footer":
        number = ""
    if plan.layout == "order":
        title = f"<h1>{vendor}</h1>"
        facts = [f"<b>ORDER NO: {head.number}</b>", f"ORDER DATE: {day(head.dated)}", number]
        names, po = ("SOLD TO:", "SHIP TO:"), f"CUSTOMER PO: {head.customer_po}"
    else:
        title = f"<h1>INVOICE</h1><h2>{vendor}</h2>"
        facts = [f"Invoice Number: {head.number}", f"Invoice Date: {day(head.dated)}", number]
        names, po = ("Bill To", "Ship To"), f"Customer PO: {head.customer_po}"
    parties = "".join(
        f"<div><b>{name}</b><br>{'<br>'.join(map(escape, lines))}</div>"
        for name, lines in zip(names, (head.sold_to, head.ship_to), strict=True)
    )
    right = "".join(f"<div>{fact}</div>" for fact in facts)
    line = "".join(f"<span>{escape(t)}</span>" for t in (po, f"Terms: {head.terms}", head.ship_via))
    return (
        f"<header><div>{title}</div><div class='right'>{right}</div></header>"
        f"<div class='parties'>{parties}</div><div class='facts'>{line}</div>"
    )


def _headings(plan: Plan) -> str:
    cells = "".join(
        f"<th class='{column.key}'>{'<br>'.join(map(escape, column.heading))}</th>"
        for column in plan.columns.values()
    )
    return f"<tr>{'<th class=image></th>' if plan.room.pictures else ''}{cells}</tr>"


def _entry(plan: Plan, entry: Entry) -> str:
    if entry.kind == "section":
        span = len(plan.columns) + plan.room.pictures
        return f"<tbody><tr><td class='section' colspan='{span}'>{entry.title}</td></tr></tbody>"
    row, style = entry.row, plan.style
    assert row is not None
    cells = _cells(plan, row) if entry.kind == "row" else {}
    text = " ".join(line for line in entry.lines if line)
    below: list[tuple[str, str]] = []
    if plan.layout == "invoice":
        lead = cells.pop("item", "")
        cells["item"] = "<br>".join(part for part in (lead, escape(text)) if part)
        if style.block == "flow":
            cells["item"] = cells["item"].replace("<br>", " ")
    elif style.description == "row" or entry.kind == "rest":
        cells["description"] = escape(text)
    else:
        own, rest = entry.lines[0], " ".join(entry.lines[1:])
        cells["description"] = escape(own)
        below += [(escape(rest), "")] if rest else []
    if entry.surcharge and row.surcharge is not None:
        amount = money(row.surcharge, style.currency)
        if plan.layout == "invoice":
            below.append(("TRF-CCOI", amount))
        elif style.surcharge_amount == "column":
            below.append(("Tariff Surcharge", amount))
        else:
            below.append((f"Tariff Surcharge {amount}", ""))
    image = _image(plan, entry, row, 1 + len(below)) if plan.room.pictures else ""
    first = "".join(f"<td class='{key}'>{cells.get(key, '')}</td>" for key in plan.columns)
    lines = "".join(_below(plan, words, amount) for words, amount in below)
    return f"<tbody class='row'><tr>{image}{first}</tr>{lines}</tbody>"


def _cells(plan: Plan, row: Row) -> dict[str, str]:
    style = plan.style
    lead = f"{row.product_code} {row.upc}" if row.upc else row.product_code
    return {
        "item": lead,
        "code": row.product_code,
        "upc": row.upc or "",
        "rt": row.rt,
        "ordered": f"{row.ordered:,}",
        "allocated": "" if row.allocated is None else f"{row.allocated:,}",
        "shipped": f"{row.shipped:,}",
        "backordered": f"{row.backordered:,}",
        "lo": "lo" if row.lo else "",
        "unit": row.unit,
        "list": money(row.list_price, style.currency),
        "your": money(row.your_price, style.currency),
        "extended": money(row.extended, style.currency),
    }


def _below(plan: Plan, words: str, amount: str) -> str:
    keys = list(plan.columns)
    text = _TEXT[plan.layout]
    at = (
        text if plan.layout == "invoice" or plan.style.description == "row" else plan.style.under_at
    )
    first, last = keys.index(at), max(keys.index(at), keys.index(text))
    span = f"<td class='below' colspan='{last - first + 1}'>{words}</td>"
    after = "".join(
        f"<td class='{k}'>{amount if k == 'extended' else ''}</td>" for k in keys[last + 1 :]
    )
    return f"<tr>{'<td></td>' * first}{span}{after}</tr>"


def _image(plan: Plan, entry: Entry, row: Row, span: int) -> str:
    if not entry.picture:
        return f"<td class='image' rowspan='{span}'></td>"
    data = base64.b64encode(picture(row.picture % plan.style.picture_count)).decode()
    return (
        f"<td class='image' rowspan='{span}'><img alt='' src='data:image/jpeg;base64,{data}'></td>"
    )


def _totals(plan: Plan) -> str:
    sums = plan.totals
    lines = [("Subtotal:", sums.subtotal), ("Freight:", sums.freight), ("Total:", sums.total)]
    if sums.surcharges:
        lines.insert(1, ("Surcharges:", sums.surcharges))
    rows = "".join(
        f"<tr><td>{label}</td><td>{money(value, plan.style.currency)}</td></tr>"
        for label, value in lines
    )
    return f"<table class='totals'>{rows}</table>"


def _foot(plan: Plan, sheet: Sheet) -> str:
    number = f"Page {sheet.number} of {len(plan.sheets)}"
    right = number if plan.style.page_number == "footer" else ""
    return f"<footer><span>{escape(plan.style.footer)}</span><span>{right}</span></footer>"
