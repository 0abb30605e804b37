"""What the service refuses, with its codes and, where they are known, its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfkit.emulator.options import Options

__all__ = ["Refused", "check_pages", "check_size", "wanted_pages"]

_MIB = 1 << 20


class Refused(Exception):  # noqa: N818 - an answer, not a fault of this program
    """A request is answered with a code and a message in place of a document."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(f"{code}: {message}")


def check_size(size: int, options: Options) -> None:
    """Refuse a document that is too large."""
    limit = int(options.max_mb * _MIB)
    if size > limit:
        raise Refused("INVALID_ARGUMENT", f"Document size ({size}) exceeds the limit: {limit}.")


def wanted_pages(request: Any, count: int) -> list[int]:
    """Numbers of the pages that a request asks for, in their order in the document."""
    options = request.process_options
    kind = options.WhichOneof("page_range")
    if kind == "individual_page_selector":
        asked = sorted(set(options.individual_page_selector.pages))
        if not asked:
            return list(range(1, count + 1))
        if asked[0] < 1 or asked[-1] > count:
            raise Refused(
                "INVALID_ARGUMENT",
                f"Page {asked[0] if asked[0] < 1 else asked[-1]} is not one of the {count} pages "
                "of the document.",
            )
        return asked
    if kind == "from_start":
        return list(range(1, min(count, options.from_start) + 1))
    if kind == "from_end":
        return list(range(max(1, count - options.from_end + 1), count + 1))
    return list(range(1, count + 1))


def check_pages(pages: Sequence[int], options: Options, *, imageless: bool) -> None:
    """Refuse more pages than the service takes at once.

    Without images it takes more, if they are the document's first ones without a gap.
    """
    many = len(pages)
    if many > options.max_pages_imageless:
        raise Refused(
            "INVALID_ARGUMENT",
            f"Document pages exceed the limit: {options.max_pages_imageless} got {many}",
        )
    from_the_start = list(pages) == list(range(1, many + 1))
    if many > options.max_pages and not (imageless and from_the_start):
        raise Refused(
            "INVALID_ARGUMENT",
            "Document pages in non-imageless mode exceed the limit: "
            f"{options.max_pages} got {many}",
        )
