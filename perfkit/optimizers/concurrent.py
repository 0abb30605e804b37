"""Pages side by side: the same items in the same order, sooner."""

from __future__ import annotations

from typing import Any

from perfkit.errors import WorkersError
from perfkit.model import LineItem
from perfkit.optimizers._results import described, keeping_what_was_read, plain_items
from perfkit.pipeline import read
from perfkit.recipe import Recipe
from perfkit.source import Invoice, Source, open_source

__all__ = ["ConcurrentPageProcessor"]


class ConcurrentPageProcessor:
    """Reads ranges of a document's pages in worker processes.

    Workers are started once a process and shared by all that need some. One that dies or
    hangs is replaced, and its pages are read once more; a page that fails twice is an error
    that names it.

    Parameters
    ----------
    recipe : Recipe, optional
        Engine, layout and limits. An executor other than ``inline`` and ``auto`` is taken
        in place of ``processes``.
    """

    def __init__(self, recipe: Recipe | None = None) -> None:
        self._recipe = recipe or Recipe()
        own = self._recipe.executor
        self._executor = "processes" if own in {"inline", "auto"} else own

    def process_pages_concurrently(
        self, invoice: Invoice, max_workers: int = 3, *, password: str = ""
    ) -> dict[str, Any]:
        """Read a document on up to ``max_workers`` workers.

        Returns
        -------
        dict
            ``line_items``, ``accuracy_score`` and its kind, ``pages_processed``,
            ``concurrent_processing`` (whether workers ran), ``workers``, ``reason``,
            ``retried`` (pages that lost their worker and were read again, in words),
            ``invoice_number``, ``doubtful`` and ``doubts`` (the reasons, a sentence each),
            ``warnings``.

        Raises
        ------
        DocumentError
            As in a sequential run; its ``partial`` holds what was read before.
        PageLostError
            If a page ended or hung two worker processes.
        RecipeError
            If ``max_workers`` is not a whole number above 0.
        """
        recipe = self._recipe.with_(executor=self._executor, workers=max_workers)
        # Read here once: an open file cannot be read a second time if there are no workers.
        source = open_source(invoice, max_file_mb=recipe.max_file_mb)
        try:
            return self._process(source, recipe, password)
        except WorkersError as error:
            result = self._process(source, recipe.with_(executor="inline", workers=1), password)
            return result | {"reason": f"no workers: {error}"}

    def process_pages_sequentially(self, invoice: Invoice, *, password: str = "") -> dict[str, Any]:
        """The same in this process, one page after the other; see above for the result."""
        source = open_source(invoice, max_file_mb=self._recipe.max_file_mb)
        return self._process(source, self._recipe.with_(executor="inline", workers=1), password)

    def _process(self, source: Source, recipe: Recipe, password: str) -> dict[str, Any]:
        items: list[LineItem] = []
        with (
            read(source, recipe, password=password) as reading,
            keeping_what_was_read(reading, items),
        ):
            items.extend(reading)
            extraction = reading.extraction(tuple(items))
        result = described(extraction)
        return {
            "line_items": plain_items(items),
            **result,
            "concurrent_processing": reading.executor != "inline",
            "workers": reading.workers,
            "reason": reading.reason,
            "retried": reading.retried,
            "processing_successful": True,
        }
