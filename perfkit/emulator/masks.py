"""Field masks of the service: a field of the document, or one of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from perfkit.emulator.refusal import Refused

__all__ = ["Mask"]


class Mask:
    """What an answer may hold; everything, if nothing was asked for in particular.

    Raises
    ------
    Refused
        If a path has another form than ``field`` or ``pages.field``.
    """

    def __init__(self, paths: Iterable[str], document: Any) -> None:
        self._fields: set[str] | None = None
        self._page_fields: set[str] | None = None
        asked = [_snake(path) for path in paths]
        if not asked or "*" in asked:
            return
        page = document.DESCRIPTOR.fields_by_name["pages"].message_type
        self._fields, self._page_fields = set(), set()
        for path in asked:
            name, _, inner = path.partition(".")
            if inner and name == "pages" and inner in page.fields_by_name:
                self._page_fields.add(inner)
            elif not inner and name in document.DESCRIPTOR.fields_by_name:
                self._fields.add(name)
            elif not inner and f"{name}_" in document.DESCRIPTOR.fields_by_name:
                self._fields.add(f"{name}_")
            else:
                raise Refused("INVALID_ARGUMENT", f"Invalid field mask path: {path}")

    def wants(self, field: str) -> bool:
        """Whether a field of the document is asked for."""
        return self._fields is None or field in self._fields

    def wants_of_pages(self, field: str) -> bool:
        """Whether a field of the pages is asked for."""
        if self._page_fields is None or self.wants("pages"):
            return True
        return field in self._page_fields

    @property
    def wants_pages(self) -> bool:
        """Whether the answer has pages at all."""
        return self.wants("pages") or bool(self._page_fields)

    def cut(self, document: Any) -> None:
        """Take out of a document what was not asked for."""
        if self._fields is None:
            return
        for field, _ in document.ListFields():
            if field.name == "pages":
                if not self.wants_pages:
                    document.ClearField("pages")
            elif not self.wants(field.name):
                document.ClearField(field.name)
        for page in document.pages:
            for field, _ in page.ListFields():
                if not self.wants_of_pages(field.name):
                    page.ClearField(field.name)


def _snake(path: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), path.strip())
