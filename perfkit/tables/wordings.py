"""Whole headings as documents word them: what is certain, where single words are not."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["PARTICLES", "known_field", "reads_whole"]

_QUANTITY = r"(?:qty|quantity|qnty|quant|qtys)"
_ORDERED = r"(?:ord|ordd|order|ordered)"
_BACK = rf"(?:b/?o|bk'?d|(?:back|bk|bck)[ -]*{_ORDERED}s?|backorders|bkordd?|backord)"
_CODED = r"(?:product|prod|item|style|sku|stock|part|catalog|model|material)"
_NUMBER = r"(?:code|number|no|num|nbr|id|#)"
_PRICE = r"(?:price|cost|\$)"
_SUM = r"(?:price|amount|amt|cost|net|total|\$)"
_EXTENDED = r"(?:ext'?d?|extended|extension|extn)"


def _counted(word: str) -> str:
    return rf"(?:{_QUANTITY} )?{word}(?: {_QUANTITY})?"


#: Field -> the headings that can stand for nothing else, in lower case and without points.
_WHOLE = {
    "qty_backordered": rf"{_counted(_BACK)}|{_QUANTITY} back",
    "qty_allocated": _counted(r"alloc(?:'?d|ated|ation)?"),
    "qty_shipped": _counted(r"(?:ship(?:'?d|ped)?|shpd?)"),
    "qty_ordered": rf"{_counted(_ORDERED)}|{_QUANTITY}",
    "upc": rf"upc(?:/ean)?(?: ?{_NUMBER}s?)?|upcs|(?:ean|gtin|barcode|bar code)(?: {_NUMBER})?",
    "unit": r"u ?/? ?m|uom|u of m|units?(?: of (?:measure|meas))?|sell(?:ing)? u/?m|pack",
    "list_price": rf"(?:unit )?list(?: {_PRICE})?|msrp|srp"
    rf"|(?:suggested |sugg )?retail(?: {_PRICE})?|(?:suggested|sugg)(?: list)?(?: {_PRICE})?",
    "extended_price": rf"(?:your |net |line )?{_EXTENDED}(?: {_SUM})?"
    rf"|(?:net |line )?(?:amount|amt)|(?:line |net )?total(?: {_SUM})?",
    "your_price": rf"(?:your|net|wholesale|whsl|dealer|unit)(?: (?:unit|net))?(?: {_PRICE})?"
    r"|price|cost|price ?/? ?(?:unit|each|ea)|each price",
    "description": r"(?:item |product |prod )?(?:description|desc|descr)",
    "product_code": rf"(?:customer |cust |vendor )?{_CODED}(?: ?{_NUMBER})?|code"
    rf"|(?:customer )?(?:item|product|style)(?: {_NUMBER})?"
    r"(?: ?[/&] ?(?:upc|description|desc)){1,2}",
    # Columns that are read over.
    "": r"customer|rt|r t|truck|trk|route|loc|location|whse?|ln|line|ln type|line (?:no|#)"
    r"|hts(?: code)?|country(?: of origin)?|coo|disc(?:ount)?(?: %)?|tariff|image"
    r"|picture|photo|page",
}
_IS_WHOLE = {field: re.compile(f"(?:{pattern})").fullmatch for field, pattern in _WHOLE.items()}
_NOT_SAID = re.compile(r"[.:()]+|(?<=\w)'(?=d\b)")
#: Words that only headings of several lines have on a line of their own.
PARTICLES = frozenset("of m u / & # $ each ea type % code no".split())


@lru_cache(maxsize=1 << 12)
def known_field(text: str) -> str | None:
    """The field of a heading that is known as a whole; "" for one that is read over, else None.

    >>> known_field("U of M"), known_field("Truck"), known_field("U of M Retail")
    ('unit', '', None)
    """
    plain = " ".join(_NOT_SAID.sub("", text.lower()).split())
    return next((field for field, is_whole in _IS_WHOLE.items() if is_whole(plain)), None)


def reads_whole(texts: list[str]) -> bool:
    """Whether all headings of a table are known as a whole, each for a field of its own."""
    fields = [known_field(text) for text in texts]
    named = [field for field in fields if field]
    return None not in fields and len(set(named)) == len(named)
