"""What a file's bytes tell before any page is read: whether it has layers, or units of its own.

pdfium has no call for either. The names are looked for in the file and in its object streams,
which hold the descriptions of pages in newer files; what they mean is left to pypdf, which is
loaded only then.
"""

from __future__ import annotations

import io
import zlib
from pathlib import Path

from perfkit.source import Source

__all__ = ["may_have_layers", "user_units"]

#: The catalog, which names layers, stands near one end of a file.
_HEAD_BYTES, _END_BYTES = 1 << 14, 1 << 16
#: Of object streams so much is unpacked, of one and of all.
MOST_UNPACKED, MOST_STREAMS = 1 << 20, 200


def may_have_layers(source: Source) -> bool:
    """Whether the catalog of a document names layers, as far as its ends tell."""
    if source.path is None:
        data = source.data or b""
        head, end = data[:_HEAD_BYTES], data[_HEAD_BYTES:][-_END_BYTES:]
    else:
        try:
            with Path(source.path).open("rb") as file:
                head = file.read(_HEAD_BYTES)
                size = file.seek(0, io.SEEK_END)
                file.seek(max(len(head), size - _END_BYTES))
                end = file.read()
        except OSError:
            return False  # the file is gone
    return _may_name(head + end, b"/OCProperties")


def _may_name(data: bytes, name: bytes) -> bool:
    if name in data:
        return True
    start = 0
    for _ in range(MOST_STREAMS):
        found = data.find(b"/ObjStm", start)
        start = data.find(b"stream", found) + len(b"stream")
        if found < 0 or start < found:
            return False
        packed = data[start : start + MOST_UNPACKED].lstrip(b"\r\n")
        try:
            if name in zlib.decompressobj().decompress(packed, MOST_UNPACKED):
                return True
        except zlib.error:
            continue  # encrypted, or packed in another way
    return True


def user_units(source: Source, password: str) -> list[float]:
    """Points that the unit of each page stands for; empty if pypdf cannot read the document."""
    try:
        data = source.data or Path(source.path or "").read_bytes()
        if not _may_name(data, b"/UserUnit"):
            return []
        import pypdf

        from perfkit.engines._pypdf_fonts import entry, number

        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and password:
            reader.decrypt(password)
        return [number(entry(page, "/UserUnit"), 1.0) for page in reader.pages]
    except Exception:  # noqa: BLE001 - whatever pypdf raises over a document pdfium can read
        return []
