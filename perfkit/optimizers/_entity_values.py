"""What an entity says, in the form that figures are compared and added in."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from perfkit.optimizers._entity_reading import Plain
from perfkit.patterns.known import PRODUCT_CODE, is_upc
from perfkit.reading.words import number, quantity

__all__ = ["Values", "as_result", "normalise", "normalise_all"]

#: Whether it could be normalised, what is wrong if anything, and the values: none, one, or
#: those of a row, in the order of as_result. A tuple travels in half the time of a dict.
Values = tuple[Any, ...]

_TWELVE_DIGITS = re.compile(r"(?<![A-Za-z0-9])[0-9]{12}(?![A-Za-z0-9])")
_UNIT = r"(?P<unit>each|ea|set|case|cs|piece|pcs?)s?"
#: Up to four quantities, a unit, and up to three amounts, as a row prints them.
_FIGURES = re.compile(
    r"(?<![^\s])(?P<quantities>(?:[0-9][0-9,]*\s){1,4})(?:lo\s)?"
    + _UNIT
    + r"(?P<amounts>(?:\s\(?-?\$?[0-9][0-9,]*\.[0-9]{2,4}-?\)?){0,3})(?![^\s])",
    re.IGNORECASE,
)
_UNITS = {"ea": "each", "set": "Set", "cs": "case", "pc": "piece", "pcs": "piece"}
_ONLY_UNIT = re.compile(_UNIT, re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{0,5}-?[0-9][A-Za-z0-9-]*(?![A-Za-z0-9])")
_DATES = ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%m-%d-%Y", "%B %d %Y", "%b %d %Y", "%d %B %Y",
          "%d %b %Y")  # fmt: skip
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b")
_FIELDS = ("product_code", "upc", "description", "quantities", "quantity", "unit", "list_price",
           "unit_price", "amount")  # fmt: skip
#: Where the value of an entity that is no row stands.
_VALUE_AT = 2
_PRICES = ("list_price", "unit_price", "amount")


def normalise_all(entities: Iterable[Plain]) -> list[Values]:
    """One tuple of values an entity, in order; what worker processes run."""
    return [normalise(entity) for entity in entities]


def normalise(entity: Plain) -> Values:
    """What an entity says: whether it could be normalised, what is wrong, and its values."""
    kind, mention, properties, problem = entity
    if problem is not None:
        return False, problem
    text = " ".join(mention.split())
    try:
        if kind == "line_item" or (properties and not kind):
            return _line_item(text, properties)
        return _value(kind.rpartition("/")[2], text)
    except (ArithmeticError, ValueError) as error:
        return False, f"its figures cannot be taken: {error}"


def as_result(entity: Plain, values: Values) -> dict[str, Any]:
    """The dict that stands for an entity; see ``ParallelEntityProcessor`` for its keys."""
    if len(values) <= _VALUE_AT + 1:
        result = {
            "type": entity[0],
            "mention_text": entity[1],
            "normalised": values[0],
            "problem": values[1],
        }
        if len(values) > _VALUE_AT:
            result["value"] = values[_VALUE_AT]
        return result
    # Written out, as this runs once a row in the process that all results come back to.
    normalised, problem, code, upc, description, quantities, count, unit, listed, price, amount = (
        values
    )
    return {
        "type": entity[0],
        "mention_text": entity[1],
        "normalised": normalised,
        "problem": problem,
        "product_code": code,
        "upc": upc,
        "description": description,
        "quantities": quantities,
        "quantity": count,
        "unit": unit,
        "list_price": listed,
        "unit_price": price,
        "amount": amount,
    }


def _line_item(text: str, properties: tuple[tuple[str, str], ...]) -> Values:
    item: dict[str, Any] = dict.fromkeys(_FIELDS)
    item["quantities"] = []
    problems = _from_text(text, item) if text else []
    for kind, said in properties:
        _property(kind.rpartition("/")[2], " ".join(said.split()), item, problems)
    _check_amount(item, problems)
    if item["product_code"] is None:
        problems.insert(0, "no product code" if text or properties else "no text")
    return (item["product_code"] is not None, "; ".join(problems) or None, *item.values())


def _from_text(text: str, item: dict[str, Any]) -> list[str]:
    """Take a row's text apart; gives what is wrong with it."""
    figures = _FIGURES.search(text)
    if figures:
        item["quantities"] = [_whole(each) for each in figures["quantities"].split()]
        item["unit"] = _unit(figures["unit"])
        amounts = [_money(each) for each in figures["amounts"].split()]
        # One price alone is that of a piece; the last two are its price and the amount.
        names = _PRICES[-len(amounts) :] if len(amounts) > 1 else ("unit_price",)
        item.update(zip(names, amounts, strict=False))
        text = f"{text[: figures.start()]} {text[figures.end() :]}"
    return _describe(text, item)


def _describe(text: str, item: dict[str, Any]) -> list[str]:
    """Code and UPC out of a text, and what is left as the description."""
    problems = []
    code = PRODUCT_CODE.search(text)
    if code:
        item["product_code"] = code[0]
        text = f"{text[: code.start()]} {text[code.end() :]}"
    upc = _TWELVE_DIGITS.search(text)
    if upc:
        if is_upc(upc[0]):
            item["upc"] = upc[0]
        else:
            problems.append(f"{upc[0]} is no UPC: its check digit is wrong")
        text = f"{text[: upc.start()]} {text[upc.end() :]}"
    item["description"] = " ".join(text.split()) or None
    return problems


def _property(name: str, text: str, item: dict[str, Any], problems: list[str]) -> None:
    """What a property says counts for more than what was read from the whole text."""
    if name == "description":
        # It often begins with the code and the UPC, which have properties of their own or none.
        known = item["product_code"]
        problems[:] = _describe(text, item)
        item["product_code"] = item["product_code"] if known is None else known
        return
    reader = _READERS.get(name)
    if reader is None:
        return
    value = reader(text)
    if value is None:
        problems.append(f"{name} {text!r} cannot be read")
    elif name == "quantity":
        item["quantities"], item["quantity"] = [value], value
    else:
        item[name] = value


def _check_amount(item: dict[str, Any], problems: list[str]) -> None:
    """Which of the quantities the amount was worked out from."""
    quantities, price, amount = item["quantities"], item["unit_price"], item["amount"]
    if price is not None and amount is not None and quantities:
        each, total = Decimal(price), Decimal(amount)
        held = [count for count in quantities if count is not None and count * each == total]
        if held:
            item["quantity"] = held[0]
        else:
            problems.append(f"{amount} is no quantity times {price}")
    elif len(quantities) == 1:
        item["quantity"] = quantities[0]


def _value(name: str, text: str) -> Values:
    """The value of an entity that is no row."""
    if not text:
        return False, "no text", None
    reader = _READERS.get(name) or next(
        (read for ending, read in _ENDINGS.items() if name.endswith(ending)), str
    )
    value = reader(text)
    if value is None:
        return False, f"{text!r} cannot be read as {name}", None
    return True, None, value


def _money(text: str) -> str | None:
    for word in (text, *reversed(text.replace(":", " ").split())):
        value = number(word)
        if value is not None:
            return str(value)
    return None


def _whole(text: str) -> int | None:
    return quantity(number(text))


def _unit(text: str) -> str:
    known = _ONLY_UNIT.fullmatch(text)
    name = known["unit"].lower() if known else text
    return _UNITS.get(name, name)


def _code(text: str) -> str | None:
    found = PRODUCT_CODE.search(text)
    return found[0] if found else None


def _upc(text: str) -> str | None:
    return next(filter(is_upc, _TWELVE_DIGITS.findall(text)), None)


def _identifier(text: str) -> str | None:
    found = _IDENTIFIER.findall(text)
    return found[-1].upper() if found else None


def _date(text: str) -> str | None:
    words = _ORDINAL.sub("", text.rpartition(":")[2].replace(",", " ").replace(".", " "))
    for form in _DATES:
        try:
            return date(*time.strptime(" ".join(words.split()), form)[:3]).isoformat()
        except ValueError:
            continue
    return None


_READERS: dict[str, Callable[[str], Any]] = {
    "amount": _money,
    "invoice_id": _identifier,
    "list_price": _money,
    "product_code": _code,
    "purchase_order": _identifier,
    "quantity": _whole,
    "unit": _unit,
    "unit_price": _money,
    "upc": _upc,
}
_ENDINGS: dict[str, Callable[[str], Any]] = {
    "_amount": _money,
    "_date": _date,
    "_number": _identifier,
    "_price": _money,
}
