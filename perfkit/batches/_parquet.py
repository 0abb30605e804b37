"""Line items of a batch as one Parquet file."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from perfkit.batches._journal import read_lines
from perfkit.errors import BatchError, MissingExtraError
from perfkit.model import ITEM_FIELDS

if TYPE_CHECKING:
    import pyarrow

__all__ = ["check_parquet", "write_items"]

_WHOLE = ("qty_ordered", "qty_allocated", "qty_shipped", "qty_backordered", "page")
_MONEY = ("list_price", "your_price", "extended_price")
#: Amounts are exact: so many digits, so many of them behind the point.
_DIGITS, _SCALE = 38, 6
_LARGEST, _SMALLEST_STEP = Decimal(10) ** (_DIGITS - _SCALE), Decimal(10) ** -_SCALE
_MOST_WHOLE = 1 << 63
#: Rows that are held in memory at a time.
_GROUP_ROWS = 50_000


def check_parquet() -> None:
    """Refuse before any work what could not be written at its end.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise MissingExtraError("pyarrow", "scale", "Parquet") from error


def write_items(results: str, target: str) -> int:
    """Write the line items of a results file, in one step; how many amounts did not fit.

    Columns are ``source``, ``sha256``, ``invoice_number`` and :data:`ITEM_FIELDS`. An amount of
    more than 38 digits, or 6 behind the point, is left out: no invoice has one.

    Raises
    ------
    BatchError
        If it cannot be written; what was there before is as it was.
    """
    import pyarrow
    from pyarrow import parquet

    schema = _schema()
    made = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.tmp")
    misfits = 0
    try:
        with parquet.ParquetWriter(made, schema) as writer:
            for rows, odd in _groups(results):
                misfits += odd
                writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
        os.replace(made, target)
    except OSError as error:
        raise BatchError(
            f"{target} cannot be written: {error.strerror or error}. The results are in {results}."
        ) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(made)
    return misfits


def _schema() -> pyarrow.Schema:
    import pyarrow

    kinds = dict.fromkeys(_WHOLE, pyarrow.int64())
    kinds |= dict.fromkeys(_MONEY, pyarrow.decimal128(_DIGITS, _SCALE))
    names = ("source", "sha256", "invoice_number", *ITEM_FIELDS)
    return pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in names])


def _groups(results: str) -> Iterator[tuple[list[dict[str, Any]], int]]:
    rows: list[dict[str, Any]] = []
    misfits = 0
    for line in read_lines(results):
        document = json.loads(line)
        lead = {name: _text(document[name]) for name in ("source", "sha256", "invoice_number")}
        for item in document["line_items"]:
            row = {name: _value(name, item.get(name)) for name in ITEM_FIELDS}
            misfits += sum(row[name] is None is not item.get(name) for name in ITEM_FIELDS)
            rows.append(lead | row)
        if len(rows) >= _GROUP_ROWS:
            yield rows, misfits
            rows, misfits = [], 0
    if rows:
        yield rows, misfits


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _MONEY:
        return _amount(value)
    if name in _WHOLE:
        return value if abs(value) < _MOST_WHOLE else None
    return _text(value)


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= _LARGEST or amount % _SMALLEST_STEP:
        return None
    return amount


def _text(value: str | None) -> str | None:
    """Without halves of characters, which a file name may hold and Parquet may not."""
    return None if value is None else value.encode("utf-8", "replace").decode("utf-8")
