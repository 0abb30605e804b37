"""What the tests of the cache share: a clock, and work that is counted."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import BinaryIO

from perfkit.model import CheckCount, Extraction, Ledger, LineItem
from perfkit.optimizers._documents import NamedBytes
from perfkit.recipe import Recipe

__all__ = ["ITEM", "NUMBER", "PDF", "Clock", "Work"]

NUMBER = "CI004848705"
PDF = b"%PDF-1.7 a document %%EOF"
ITEM = LineItem(
    "XS1234", None, "Vase", 2, 2, 2, 0, "each", None, Decimal("1.50"), Decimal("3.00"), 1
)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Work:
    """Stands in for the pipeline: counts its runs and keeps the documents it was given."""

    def __init__(self) -> None:
        self.documents: list[bytes] = []

    def __call__(self, invoice: BinaryIO, recipe: Recipe) -> Extraction:
        self.documents.append(invoice.read())
        assert isinstance(invoice, NamedBytes)
        return Extraction(
            source=invoice.name,
            layout="creative_coop_order",
            engine=recipe.engine,
            pages=1,
            line_items=(ITEM,),
            invoice_date=datetime.date(2026, 1, 31),
            subtotal=Decimal("4.00"),
            ledger=Ledger(checks=(CheckCount("arithmetic", 1, 0, 0), CheckCount("sum", 0, 1, 0))),
        )

    @property
    def runs(self) -> int:
        return len(self.documents)
