"""HTML that notebooks and reports show. Whatever comes from a document is escaped here."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

from perfkit.bench.formatting import tied

__all__ = ["POINT_ID", "Column", "notes_list", "table"]


class Column(NamedTuple):
    """A table's column; numbers are set to the right, ids of points can be linked to."""

    title: str
    numeric: bool = False
    points: bool = False


#: The column of :attr:`perfkit.bench.points.MeasuredPoint.id`.
POINT_ID = Column("id", points=True)


def table(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """A table with header cells, in a box that scrolls when it is too wide; caption above.

    The first cell of a row is its header. All texts are taken as plain text.
    """
    head = "".join(_cell("th", column.title, column, ' scope="col"') for column in columns)
    body = "".join(
        "<tr>"
        + "".join(
            _cell("td" if place else "th", text, column, "" if place else ' scope="row"')
            for place, (text, column) in enumerate(zip(row, columns, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    label = html.escape(tied(caption))
    return (
        f'<figure class="perfkit-results"><figcaption>{label}</figcaption>'
        f'<div class="perfkit-scroll" role="region" tabindex="0" aria-label="{label}">'
        '<table class="perfkit-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></figure>"
    )


def _cell(tag: str, text: str, column: Column, attributes: str) -> str:
    if column.points and tag == "td":
        # The report makes a link of it, where the point has a profile.
        name = html.escape(text)
        return f'<td><code class="perfkit-point" id="point-{name}">{name}</code></td>'
    kind = ' class="perfkit-number"' if column.numeric else ""
    return f"<{tag}{kind}{attributes}>{html.escape(tied(text))}</{tag}>"


def notes_list(notes: Sequence[str]) -> str:
    """A list of remarks; nothing where there is none."""
    items = "".join(f"<li>{html.escape(tied(note))}</li>" for note in notes)
    return f'<ul class="perfkit-notes">{items}</ul>' if items else ""
