"""The words that documents use for their columns, and what they mean."""

from __future__ import annotations

import re
from functools import lru_cache

from perfkit.tables.wordings import known_field

__all__ = ["HEADING_WORDS", "MONEY_FIELDS", "QUANTITY_FIELDS", "field_of_heading", "heading_word"]

QUANTITY_FIELDS = ("qty_ordered", "qty_allocated", "qty_shipped", "qty_backordered")
MONEY_FIELDS = ("list_price", "your_price", "extended_price")

#: One word of a heading -> what it speaks of. A word that stands for two things (``ord``,
#: ``price``) is told apart by the others of its heading, in :func:`field_of_heading`.
_WORDS = {
    "upc": "upc upcs ean barcode gtin",
    "description": "description desc descr",
    "extended": "ext extd extended extension extn amount amt total totals",
    "list": "list retail msrp srp suggested",
    "price": "price prices cost net your wholesale whsl dealer pr",
    "back": "back bkd bkord bko bo backordered backorder backorders bkordered bkorder bk backord "
    "bck bckord bkordd",
    "allocated": "alloc allocated allocd allocation allc",
    "shipped": "ship shipped shp shpd shipd shipping",
    "ordered": "ord ordered order orderd ordd",
    "unit": "um uom unit units measure pack",
    "quantity": "qty quantity qnty quant qtys",
    "code": "product item sku style code stock part catalog model number no num",
    "other": "rt truck customer loc whse line ln",
}
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_NOT_LETTERS = re.compile(r"[^a-z]+")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
#: A word of these meanings settles the field, in this order, whatever else a heading says.
_CLEAR = (
    ("upc", "upc"),
    ("description", "description"),
    ("extended", "extended_price"),
    ("list", "list_price"),
    ("back", "qty_backordered"),
    ("allocated", "qty_allocated"),
    ("shipped", "qty_shipped"),
)

#: Words that make a line a candidate for a heading, as documents write them.
HEADING_WORDS = frozenset(
    written
    for word in (*_MEANING, "u/m", "b/o", "bk'd", "alloc'd", "ship'd", "ord'd")
    for base in (word, word + ".", word + ":", word + "#")
    for written in (base, base.upper(), base.capitalize(), base.title())
) | frozenset("BkOrd BackOrd BackOrdered BkOrdered QtyOrd QtyShip UoM Item# UPC/EAN".split())


@lru_cache(maxsize=1 << 12)
def heading_word(text: str) -> frozenset[str]:
    """What one word of a heading speaks of; empty where it is no heading's word.

    A word is taken whole (``B/O``, ``U/M``), else in its parts (``UPC/EAN``, ``QtyOrd``).
    """
    whole = _MEANING.get(_NOT_LETTERS.sub("", text.lower()))
    if whole:
        return frozenset({whole})
    parts = [_MEANING.get(part.lower()) for part in _PARTS.findall(text)]
    return frozenset() if None in parts else frozenset(part for part in parts if part)


@lru_cache(maxsize=1 << 12)
def field_of_heading(text: str) -> str | None:
    """The field of a line item that a heading stands for; None where there is none.

    >>> field_of_heading("Your Extd Price"), field_of_heading("Qty BkOrd")
    ('extended_price', 'qty_backordered')
    """
    whole = known_field(text)
    if whole is not None:
        return whole or None
    said = frozenset().union(*map(heading_word, text.split()))
    for meaning, field in _CLEAR:
        if meaning in said:
            return field
    if "ordered" in said and not said & {"price", "code"}:
        return "qty_ordered"
    if "price" in said:
        return "your_price"
    if "unit" in said:
        return "unit"
    if "quantity" in said:
        return "qty_ordered"
    return "product_code" if "code" in said else None
