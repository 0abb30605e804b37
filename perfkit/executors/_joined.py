"""A document whose pages were read by workers: joined as if they had been read in one piece."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from perfkit.executors._pages import Known
from perfkit.executors._results import PageResult, PageResults
from perfkit.model import Page
from perfkit.tables.facts import Facts
from perfkit.tables.flow import Flow
from perfkit.tables.headings import Headings
from perfkit.tables.plain import headings_to_plain
from perfkit.tables.reader import PageTable

if TYPE_CHECKING:
    from perfkit.layouts import Layout

__all__ = ["JoinedFlow"]


class JoinedFlow(Flow[PageResult]):
    """Takes the results of workers; sees to it that no guess of theirs goes unproved."""

    #: Given before the first page is asked for.
    results: PageResults
    _headings: Headings | None = None
    _headings_plain: tuple[object, ...] | None = None

    def known(self) -> Known:
        """What workers may be told, for pages that are still to be read."""
        facts_wanted = self._assembly is None or None in self._assembly.facts
        return Known(self.layout or None, facts_wanted, self._headings_plain)

    def recognise(
        self,
        layouts: dict[str, Layout],  # noqa: ARG002 - the worker had the same ones
        page: PageResult,
    ) -> Iterable[tuple[str, float]]:
        """See :class:`Flow`."""
        return page.scores or self.results.read_again(page.number, Known(first=True)).scores

    def table(self, layout: Layout, page: PageResult, *, facts: bool) -> PageTable:  # noqa: ARG002
        """See :class:`Flow`."""
        doubtful = page.table is None or (
            not page.trusted and page.table.headings != self._headings
        )
        if doubtful and self._headings is None:
            # Assembly refuses it by the same rule as a page that was read here.
            unread = Page(page.number, 0.0, 0.0, [])
            return PageTable(page.number, None, [], [], Decimal(0), {}, Facts(), 0, unread)
        if doubtful or (facts and page.facts is None):
            known = Known(self.layout, facts, self._headings_plain, exact=True)
            page = self.results.read_again(page.number, known)
        table = page.table
        assert table is not None
        if table.headings is not None and table.headings != self._headings:
            self._headings = table.headings
            self._headings_plain = headings_to_plain(table.headings)
        return table._replace(facts=page.facts_by(self.layout))
