"""Object streams: a PDF rewritten with packed objects and a cross-reference stream.

As PDF 1.5 allows (ISO 32000-1, 7.5.7 and 7.5.8); pypdf reads such files and does not
write them.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

__all__ = ["object_streams"]

_PACKED = 100


def object_streams(data: bytes) -> bytes:
    """Pack every object that is no stream into object streams of up to a hundred."""
    from pypdf import PdfReader
    from pypdf.generic import StreamObject

    reader = PdfReader(io.BytesIO(data))
    trailer = reader.trailer
    bodies: dict[int, bytes] = {}
    plain: list[int] = []
    for number in range(1, int(str(trailer["/Size"]))):
        item = reader.get_object(number)
        if item is None:
            continue
        out = io.BytesIO()
        item.write_to_stream(out)
        bodies[number] = out.getvalue()
        if not isinstance(item, StreamObject):
            plain.append(number)
    root = trailer.raw_get("/Root").idnum
    info = trailer.raw_get("/Info").idnum if "/Info" in trailer else None
    return _file(bodies, plain, root, info)


def _file(bodies: dict[int, bytes], plain: list[int], root: int, info: int | None) -> bytes:
    out = io.BytesIO(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    out.seek(0, io.SEEK_END)
    # Number to (kind, offset or holder, index): the three fields of the table.
    table: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    number = max(bodies) + 1
    for numbers, content, first in _packs(bodies, plain):
        head = b"/Type /ObjStm /N %d /First %d" % (len(numbers), first)
        table |= {inner: (2, number, index) for index, inner in enumerate(numbers)}
        table[number] = (1, out.tell(), 0)
        _put_stream(out, number, head, content)
        number += 1
    for inner in bodies.keys() - set(plain):
        table[inner] = (1, out.tell(), 0)
        out.write(b"%d 0 obj\n%s\nendobj\n" % (inner, bodies[inner]))
    start = out.tell()
    table[number] = (1, start, 0)
    head = b"/Type /XRef /Size %d /W [1 4 2] /Root %d 0 R" % (number + 1, root)
    if info is not None:
        head += b" /Info %d 0 R" % info
    lines = (table.get(n, (0, 0, 0)) for n in range(number + 1))
    rows = (bytes([a]) + b.to_bytes(4, "big") + c.to_bytes(2, "big") for a, b, c in lines)
    _put_stream(out, number, head, b"".join(rows))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def _packs(bodies: dict[int, bytes], plain: list[int]) -> Iterator[tuple[list[int], bytes, int]]:
    """Object numbers, content of their stream, and the offset of its first object."""
    for begin in range(0, len(plain), _PACKED):
        numbers = plain[begin : begin + _PACKED]
        index, content = [], b""
        for number in numbers:
            index.append(b"%d %d" % (number, len(content)))
            content += bodies[number] + b"\n"
        head = b" ".join(index) + b"\n"
        yield numbers, head + content, len(head)


def _put_stream(out: io.BytesIO, number: int, head: bytes, content: bytes) -> None:
    packed = zlib.compress(content)
    out.write(
        b"%d 0 obj\n<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (number, head, len(packed), packed)
    )
