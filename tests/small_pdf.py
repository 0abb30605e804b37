"""PDFs of a few objects for tests, written out so that every byte of interest is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["HELVETICA", "small_pdf", "stream"]

#: Object number of the font ``/F1`` of every page: a standard font, which has no widths.
HELVETICA = 90
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
_FIRST_PAGE = 10


def stream(data: bytes, entries: str = "") -> bytes:
    """A stream object's body."""
    head = f"<< /Length {len(data)} {entries} >>\nstream\n".encode("latin-1")
    return head + data + b"\nendstream"


def small_pdf(
    *contents: bytes,
    page: str = "/MediaBox [0 0 612 792]",
    resources: str | None = f"<< /Font << /F1 {HELVETICA} 0 R >> >>",
    objects: Mapping[int, bytes] | None = None,
    kids: Sequence[int] | None = None,
) -> bytes:
    """A PDF with one page for each content stream.

    Parameters
    ----------
    contents : bytes
        What the pages draw.
    page, resources : str
        More entries of every page, and its resources (None: it has none).
    objects : mapping
        Bodies of further objects by number, from 91 on; they may replace others.
    kids : sequence of int
        Object numbers that the page tree names, where these are not just the pages.
    """
    bodies = {HELVETICA: _FONT}
    numbers = range(_FIRST_PAGE, _FIRST_PAGE + 2 * len(contents), 2)
    used = f"/Resources {resources}" if resources else ""
    for number, content in zip(numbers, contents, strict=True):
        entries = f"/Type /Page /Parent 2 0 R {page} {used} /Contents {number + 1} 0 R"
        bodies[number] = f"<< {entries} >>".encode("latin-1")
        bodies[number + 1] = stream(content)
    named = list(numbers if kids is None else kids)
    references = " ".join(f"{number} 0 R" for number in named)
    bodies[1] = b"<< /Type /Catalog /Pages 2 0 R >>"
    bodies[2] = f"<< /Type /Pages /Count {len(named)} /Kids [{references}] >>".encode("latin-1")
    bodies |= objects or {}
    return _file(bodies)


def _file(bodies: Mapping[int, bytes]) -> bytes:
    data = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    table = b"0 1\n0000000000 65535 f \n"
    for number, body in sorted(bodies.items()):
        table += f"{number} 1\n{len(data):010d} 00000 n \n".encode("ascii")
        data += f"{number} 0 obj\n".encode("ascii") + body + b"\nendobj\n"
    start = len(data)
    trailer = f"trailer\n<< /Size {max(bodies) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return bytes(data) + b"xref\n" + table + trailer.encode("ascii")
