"""How extractions are written: as JSON, as CSV, as a table to read."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol, TextIO

from perfkit.accuracy import Accuracy
from perfkit.model import ITEM_FIELDS, SCHEMA_VERSION, Extraction

__all__ = ["CsvWriter", "Failure", "Format", "JsonWriter", "Writer", "guarded", "writer_for"]

#: A spreadsheet takes a cell that begins so for a formula, or skips the character and then does
#: (OWASP, CSV Injection); the last four are the full-width forms.
_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


class Format(enum.StrEnum):
    """What a result is written as."""

    table = "table"
    json = "json"
    csv = "csv"

    @property
    def suffix(self) -> str:
        """Of a file in this format."""
        return {"table": ".txt"}.get(self.value, f".{self.value}")


class Failure(NamedTuple):
    """Why a document was not read."""

    file: str
    error: str
    page: int | None
    message: str
    remedy: str


class Writer(Protocol):
    """Writes extractions one after another, and at the end what failed."""

    def add(self, extraction: Extraction, accuracy: Accuracy) -> None:
        """Write one document."""
        ...

    def end(self, failures: Sequence[Failure]) -> None:
        """Write what follows the documents."""
        ...


class JsonWriter:
    """One object for any number of documents; in ASCII, so that no text can drive a terminal.

    Line items are written one at a time: a long document is not held twice. With ``items=False``
    they are left out: what stands beside a table of items.
    """

    def __init__(self, stream: TextIO, *, items: bool = True) -> None:
        self._stream, self._items = stream, items
        self._between = "\n"
        stream.write(f'{{"schema_version": {_json(SCHEMA_VERSION)}, "documents": [')

    def add(self, extraction: Extraction, accuracy: Accuracy) -> None:
        """Write one document."""
        facts = dataclasses.replace(extraction, line_items=()).as_dict()
        facts["accuracy"] = accuracy.as_dict()
        if not self._items:
            del facts["line_items"]
        write = self._stream.write
        write(self._between + "{")
        self._between = ",\n"
        before = ""
        for key, value in facts.items():
            write(f"{before}{_json(key)}: ")
            before = ",\n "
            if key != "line_items":
                write(_json(value))
                continue
            gap = "[\n  "
            for item in extraction.line_items:
                write(gap + _json(item.as_dict()))
                gap = ",\n  "
            write("]" if extraction.line_items else "[]")
        write("}")

    def end(self, failures: Sequence[Failure]) -> None:
        """Write the failures and close the object."""
        rows = ",\n".join(_json(failure._asdict()) for failure in failures)
        self._stream.write(f'],\n"failures": [{rows}]}}\n')


def _json(value: Any) -> str:
    return json.dumps(value)


class CsvWriter:
    """One row a line item (RFC 4180), safe to open in a spreadsheet.

    ``extra`` names the further fields that vendors declare: a column each.
    """

    def __init__(self, stream: TextIO, extra: Sequence[str] = ()) -> None:
        import csv

        self._extra = extra
        self._rows = csv.writer(stream)
        self._rows.writerow(["source", "invoice_number", *ITEM_FIELDS, *extra])

    def add(self, extraction: Extraction, accuracy: Accuracy) -> None:  # noqa: ARG002 - a table of items holds nothing else
        """Write one document's line items."""
        lead = [guarded(extraction.source), guarded(extraction.invoice_number)]
        for item in extraction.line_items:
            cells = [getattr(item, name) for name in ITEM_FIELDS]
            if self._extra:
                cells += map(dict(item.extra).get, self._extra)
            self._rows.writerow([*lead, *map(guarded, cells)])

    def end(self, failures: Sequence[Failure]) -> None:
        """Failures are told on standard error only: a spreadsheet has no place for them."""


def guarded(value: str | int | Decimal | None) -> str:
    """A cell that a spreadsheet takes for text or a number, never for a formula.

    Text that begins like a formula gets an apostrophe before it, which spreadsheets hide.
    A number stays one, also a negative one.
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS):
        return "'" + text
    return text


def writer_for(form: Format, stream: TextIO, extra: Sequence[str] = ()) -> Writer:
    """The writer of a format; what it needs is imported only then.

    ``extra`` names the fields that the vendors in question declare besides the usual ones.
    """
    if form is Format.table:
        from perfkit.cli._table import TableWriter

        return TableWriter(stream)
    return JsonWriter(stream) if form is Format.json else CsvWriter(stream, extra)
