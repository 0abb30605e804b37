"""Paginate: share rows out to exactly the pages asked for; nothing is drawn here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from perfkit.corpus.content import Row, Section

__all__ = ["Entry", "Room", "Sheet", "paginate"]


class Entry(NamedTuple):
    """Something on a page: a ``row``, the ``rest`` of one from the page before, a ``section``.

    ``lines`` are the lines of the description that stand here; the first of a ``row`` is
    the one on the row itself and may be empty.
    """

    kind: str
    top: float
    height: float
    row: Row | None = None
    lines: tuple[str, ...] = ()
    surcharge: bool = False
    picture: bool = False
    title: str = ""


class Sheet(NamedTuple):
    """One page's entries, from top to bottom, and where they end."""

    number: int
    entries: list[Entry]
    bottom: float


class Room(NamedTuple):
    """Heights in points: of the table's area and of what goes into it."""

    top: float
    bottom: float
    totals: float
    leading: float
    row_least: float
    row_padding: float
    section: float
    pictures: bool
    split: bool
    last_share: float

    def height(self, lines: int, surcharge: bool, picture: bool) -> float:
        """Height of a row or of the rest of one."""
        text = (lines + surcharge) * self.leading + self.row_padding
        return max(text, self.row_least) if picture or not self.pictures else text


def paginate(
    rows: Iterable[tuple[Row | Section, tuple[str, ...]]], pages: int, room: Room
) -> Iterator[Sheet]:
    """Fill pages one after another.

    Parameters
    ----------
    rows : iterable of (block, lines)
        Rows with their wrapped description, and section headings; endless is fine.
    pages : int
        So many sheets are given, each with at least one row.
    room : Room
        The last page keeps ``totals`` free, and is filled to ``last_share`` only.
    """
    stream = iter(rows)
    waiting: tuple[Row | Section, tuple[str, ...]] | None = None
    rest: Entry | None = None
    for number in range(1, pages + 1):
        entries: list[Entry] = []
        top, bottom = room.top, room.bottom
        if number == pages:
            bottom = max(
                room.top + (bottom - room.totals - room.top) * room.last_share,
                room.top + room.section + 3 * room.row_least,
            )
        if rest:
            entries.append(rest._replace(top=top))
            top += rest.height
            rest = None
        while True:
            block, lines = waiting or next(stream)
            waiting = None
            if isinstance(block, Section):
                # A heading alone at the foot of a page would announce nothing.
                if top + room.section + room.row_least * 1.4 > bottom:
                    waiting = block, lines
                    break
                entries.append(Entry("section", top, room.section, title=block.title))
                top += room.section
                continue
            surcharge = block.surcharge is not None
            height = room.height(len(lines), surcharge, room.pictures)
            if top + height > bottom:
                fits = int((bottom - top - room.row_padding) / room.leading)
                if room.split and number < pages and 0 < fits < len(lines):
                    part, rest = _split(block, lines, fits, top, room)
                    entries.append(part)
                    top += part.height
                else:
                    waiting = block, lines
                break
            entries.append(Entry("row", top, height, block, lines, surcharge, room.pictures))
            top += height
        yield Sheet(number, entries, top)


def _split(
    row: Row, lines: tuple[str, ...], fits: int, top: float, room: Room
) -> tuple[Entry, Entry]:
    part = Entry("row", top, room.height(fits, False, False), row, lines[:fits])
    surcharge = row.surcharge is not None
    height = room.height(len(lines) - fits, surcharge, room.pictures)
    return part, Entry("rest", 0.0, height, row, lines[fits:], surcharge, room.pictures)
