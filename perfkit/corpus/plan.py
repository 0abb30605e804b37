"""Plan: content and style become pages of positioned drawing operations.

Nothing here knows a PDF library; a producer draws what :meth:`Plan.drawings` gives, or
sets :attr:`Plan.sheets` in its own way.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable, Iterator

from perfkit.corpus import content, sheet_invoice, sheet_order
from perfkit.corpus.columns import Column, columns
from perfkit.corpus.metrics import wrap
from perfkit.corpus.operations import Drawing
from perfkit.corpus.paginate import Room, Sheet, paginate
from perfkit.corpus.style import Style

__all__ = ["Plan", "plan"]

_MARGIN = 24.0
_PICTURE = 52.0


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """A document laid out: what stands on which page, and where.

    ``on_page`` is called with a page's number once a producer has drawn it.
    """

    layout: str
    style: Style
    head: content.Head
    totals: content.Totals
    columns: dict[str, Column]
    room: Room
    width: float
    height: float
    sheets: list[Sheet]
    on_page: Callable[[int], None] | None = None

    def drawings(self) -> Iterator[Drawing]:
        """The pages one at a time, drawn when they are asked for."""
        module = sheet_order if self.layout == "order" else sheet_invoice
        for sheet in self.sheets:
            yield Drawing(sheet.number, self.width, self.height, module.draw(self, sheet))
            if self.on_page:
                self.on_page(sheet.number)

    def rows(self) -> Iterator[tuple[int, content.Row]]:
        """Page and row, for every row in order; the page is that of its product code."""
        for sheet in self.sheets:
            for entry in sheet.entries:
                if entry.kind == "row" and entry.row:
                    yield sheet.number, entry.row


def plan(layout: str, pages: int, seed: int, style: Style) -> Plan:
    """Lay a document out on exactly ``pages`` pages.

    Parameters
    ----------
    layout : {"order", "invoice"}
    pages, seed : int
    style : Style
        With a font.

    Raises
    ------
    CorpusError
        If the style's columns do not fit the page.
    """
    width, height = (792.0, 612.0) if style.landscape else (612.0, 792.0)
    order = layout == "order"
    pictures = order and style.picture != "none"
    left = _MARGIN + (_PICTURE + 6 if pictures and style.picture == "left" else 0)
    placed = columns(layout, style, left, width - _MARGIN)
    room = _room(layout, style, placed, height, pages, seed)
    head = content.head(layout, seed)
    stream = _wrapped(layout, style, placed, content.blocks(layout, seed))
    sheets = list(paginate(stream, pages, room))
    sold = [e.row for s in sheets for e in s.entries if e.kind == "row" and e.row]
    sums = content.totals(sold, head.freight_rate)
    return Plan(layout, style, head, sums, placed, room, width, height, sheets)


def _room(
    layout: str, style: Style, placed: dict[str, Column], height: float, pages: int, seed: int
) -> Room:
    order = layout == "order"
    pictures = order and style.picture != "none"
    leading = style.font_size * 1.22
    stacked = max(len(column.heading) for column in placed.values())
    frame = sheet_order.FRAME if order else sheet_invoice.FRAME
    shares = (0.55, 0.7, 0.85, 1.0) if pages > 1 else (1.0,)
    padding = 6.0 if order else 5.0
    under = leading if style.picture == "under" else 0.0
    return Room(
        top=frame + stacked * leading + 10,
        bottom=height - 34,
        totals=76.0,
        leading=leading,
        row_least=(50.0 + padding + under) if pictures else 2 * leading + padding,
        row_padding=padding,
        section=leading + 8,
        pictures=pictures,
        split=style.split_rows,
        last_share=random.Random(f"share {layout} {seed}").choice(shares),
    )


def _wrapped(
    layout: str,
    style: Style,
    placed: dict[str, Column],
    blocks: Iterable[content.Row | content.Section],
) -> Iterator[tuple[content.Row | content.Section, tuple[str, ...]]]:
    lines = sheet_order.lines if layout == "order" else sheet_invoice.lines
    for block in blocks:
        if isinstance(block, content.Section):
            yield block, ()
        else:
            text, first, later = lines(style, placed, block)
            yield block, tuple(wrap(text, style.font, style.font_size, first, later))
