"""The documents of ``test_invoices/``: one line each, remade by ``perfkit corpus remake``."""

from __future__ import annotations

import dataclasses
from typing import Any

from perfkit.corpus.style import Style

__all__ = ["COMMITTED", "Spec"]


@dataclasses.dataclass(frozen=True, slots=True)
class Spec:
    """How one document is made.

    ``layout="other"`` is an invoice of another vendor, ``layout="empty"`` an order without
    a row; ``cover`` puts a letter before the first page.
    """

    name: str
    layout: str
    pages: int
    seed: int
    producer: str = "reportlab"
    style: Style = dataclasses.field(default_factory=Style)
    variant: str | None = None
    cover: bool = False

    def make(self) -> tuple[bytes, dict[str, Any]]:
        """The PDF's bytes and its truth; raises as :func:`perfkit.corpus.make` does."""
        if self.layout == "other":
            from perfkit.corpus.other_vendor import other_vendor

            return other_vendor(self.pages, self.seed)
        from perfkit.corpus import extras
        from perfkit.corpus.build import make_bytes

        if self.layout == "empty":
            return extras.no_items(self.seed)
        data, truth = make_bytes(
            layout=self.layout,
            pages=self.pages,
            seed=self.seed,
            producer=self.producer,
            style=self.style,
            variant=self.variant,
        )
        return extras.with_cover_letter(data, truth, self.style) if self.cover else (data, truth)


_UNDER = Style(
    vendor="Creative-Coop", wording="plain", two_line_headings=False, description="under",
    under_at="upc", page_number="footer", footer="All sales are subject to our terms.",
)  # fmt: skip
_BOTH = Style(
    wording="spelled", description="both", rules="zebra", landscape=True, picture="under",
    font_size=7.5, surcharge_amount="column", description_heading="Description",
)  # fmt: skip
_CENTRED = Style(vendor="Creative Co-op", align="center", rules="none", font_size=6.5)
#: Backordered before shipped, and the unit before the quantities.
_OTHER_ORDER = Style(
    columns=("code", "upc", "description", "rt", "unit", "ordered", "allocated", "backordered",
             "shipped", "list", "your", "extended"),
    rules="boxes", font="times", font_size=8, heading_align="center", description="both",
    under_at="upc",
)  # fmt: skip
_MIDDLE = Style(
    cell_align="middle", description_heading="Description", heading_align="center",
    surcharge_amount="column", vendor="Creative-Coop",
)  # fmt: skip
_BROWSER_UNDER = Style(
    description="under", under_at="code", picture="none", wording="plain", font="times",
    font_size=8, two_line_headings=False, page_number="footer", landscape=True, rules="zebra",
)  # fmt: skip
_FLOW = Style(block="flow", wording="plain", rules="zebra", font_size=7.5)
_MONO = Style(font="courier", block="stacked", font_size=6.5, vendor="Creative-Coop")
_TIMES = Style(
    font="times", font_size=8, align="left", rules="boxes", block="flow", wording="spelled",
    page_number="footer",
)  # fmt: skip
_CURRENCY = Style(currency="$", cell_align="middle", wording="spelled", vendor="Creative Co-op")

COMMITTED = (
    Spec("CS003837319", "order", 15, 3837319, style=Style(picture_count=160)),
    Spec("CI004848705", "invoice", 3, 4848705),
    Spec("order_one_page", "order", 1, 11),
    Spec("order_reportlab_description_under", "order", 3, 101, style=_UNDER),
    Spec("order_fpdf2", "order", 3, 102, "fpdf2", _BOTH),
    Spec("order_typst", "order", 3, 103, "typst", _CENTRED),
    Spec("order_cairo", "order", 3, 104, "cairo", _OTHER_ORDER),
    Spec("order_chromium", "order", 3, 105, "chromium", _MIDDLE),
    Spec("order_chromium_description_under", "order", 2, 106, "chromium", _BROWSER_UNDER),
    Spec("invoice_reportlab_one_page", "invoice", 1, 107, style=_TIMES),
    Spec("invoice_fpdf2", "invoice", 2, 108, "fpdf2", _MONO),
    Spec("invoice_typst", "invoice", 2, 109, "typst", _FLOW),
    Spec("invoice_cairo", "invoice", 2, 110, "cairo", _TIMES.with_(wording="printed")),
    # The browser breaks a size of this one after its hyphen: 5- over 1/2".
    Spec("invoice_chromium", "invoice", 3, 201, "chromium"),
    Spec("invoice_chromium_currency", "invoice", 2, 112, "chromium", _CURRENCY),
    Spec("order_rotated_90", "order", 2, 120, variant="rotated_90"),
    Spec("order_rotated_180", "order", 2, 121, "fpdf2", _UNDER, "rotated_180"),
    Spec("invoice_rotated_270", "invoice", 2, 122, "cairo", _FLOW, "rotated_270"),
    Spec("order_object_streams", "order", 2, 123, variant="object_streams"),
    Spec("order_linearized", "order", 2, 124, "fpdf2", variant="linearized"),
    Spec("order_encrypted_rc4", "order", 2, 125, variant="encrypted_rc4"),
    Spec("invoice_encrypted_aes256", "invoice", 2, 126, "typst", variant="encrypted_aes256"),
    Spec("order_shifted_mediabox", "order", 2, 127, variant="shifted_mediabox"),
    Spec("order_broken_xref", "order", 2, 128, variant="broken_xref"),
    Spec("scan_order", "order", 2, 129, variant="scan"),
    Spec("order_with_cover_letter", "order", 2, 131, cover=True),
    Spec("order_without_items", "empty", 1, 132),
    Spec("other_vendor", "other", 2, 130),
)
