"""Ids of points on the pages of a report lead to what is known of them, and to their profiles."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

from perfkit.bench.formatting import tied
from perfkit.bench.kept_points import find_point, profile_page
from perfkit.errors import MeasurementError, ParameterError
from perfkit.report.files import write_whole
from perfkit.report.fill import filled

__all__ = ["link_points"]

_FOLDER = "points"
_LINK = re.compile(r'<a class="perfkit-profile"[^>]*>(<code[^>]*>\w+</code>)</a>')
_POINT = re.compile(
    r'<code class="perfkit-point" id="point-(?P<id>[0-9a-f]{10})">(?P=id)</code>', re.ASCII
)
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


def link_points(out: Path) -> int:
    """Make links of the ids of all points that have a profile; the number of such points.

    What a link leads to lies in the folder ``points`` beside the pages, so that the report can
    be handed on as a whole.

    Raises
    ------
    ReportError
        If the folder can't be written to.
    """
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(out.glob("*.html"))}
    where: dict[str, list[Path]] = {}
    for path, text in pages.items():
        for found in _POINT.finditer(text):
            if path not in where.setdefault(found["id"], []):
                where[found["id"]].append(path)
    linked = {
        name
        for name, paths in where.items()
        if _write(out, name, [(path.name, _title(pages[path])) for path in paths])
    }
    for path, text in pages.items():
        bare = _LINK.sub(r"\1", text)
        with_links = _POINT.sub(lambda found: _link(found, linked), bare)
        if with_links != text:
            write_whole(path, with_links)
    return len(linked)


def _link(point: re.Match[str], linked: Iterable[str]) -> str:
    name = point["id"]
    if name not in linked:
        return point[0]
    return (
        f'<a class="perfkit-profile" href="{_FOLDER}/{name}.html" '
        f'aria-label="{name}: what is known of this point, with its profile">{point[0]}</a>'
    )


def _title(page: str) -> str:
    found = _TITLE.search(page)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])) if found else "a page of the report"


def _write(out: Path, name: str, pages: list[tuple[str, str]]) -> bool:
    """The page of a point, and its profile beside it; whether there is one."""
    try:
        profile = profile_page(name)
        if profile is None:
            return False
        point = find_point(name)
    except (MeasurementError, ParameterError):  # no home folder; a profile without its point
        return False
    beside = f"{name}-profile.html"
    text = filled(
        "point.html.j2",
        title=f"{point.name} on {point.document}",
        id=name,
        rows=[(title, tied(value)) for title, value in point.rows()],
        profile=beside,
        pages=pages,
    )
    write_whole(out / _FOLDER / beside, profile.read_text(encoding="utf-8"))
    write_whole(out / _FOLDER / f"{name}.html", text)
    return True
