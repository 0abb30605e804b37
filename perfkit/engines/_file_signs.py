"""What a file's bytes tell before any page is read: whether it has layers, or units of its own.

pdfium has no call for either. The names are looked for in the file and in its object streams,
which hold the descriptions of pages in newer files; what they mean is left to pypdf, which is
loaded only then.
"""

from __future__ import annotations

import contextlib
import io
import mmap
import re
import zlib
from pathlib import Path
from typing import NamedTuple

from perfkit.source import Source

__all__ = ["FileSigns", "file_signs", "user_units"]

_LAYERS, _UNITS = b"/OCProperties", b"/UserUnit"
_PACKED = re.compile(rb"/ObjStm\b[^\0]{0,512}?stream\r?\n", re.DOTALL)
#: Of object streams so much is unpacked, of one and of all.
MOST_UNPACKED, MOST_STREAMS = 1 << 22, 400


class FileSigns(NamedTuple):
    """Whether a document may have layers, and pages whose unit is not the point."""

    layers: bool
    units: bool


def file_signs(source: Source) -> FileSigns:
    """What the bytes of a document tell of it; nothing is said of a file that is gone."""
    if source.path is None:
        return _signs(source.data or b"")
    with (
        contextlib.suppress(OSError, ValueError),
        Path(source.path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        return _signs(data)
    return FileSigns(layers=False, units=False)


def _signs(data: bytes | mmap.mmap) -> FileSigns:
    layers, units = data.find(_LAYERS) >= 0, data.find(_UNITS) >= 0
    if data.find(b"/ObjStm") < 0:
        return FileSigns(layers, units)
    for count, match in enumerate(_PACKED.finditer(data)):
        if layers and units:
            break
        if count == MOST_STREAMS:
            return FileSigns(layers=True, units=True)
        packed = data[match.end() : match.end() + MOST_UNPACKED]
        try:
            part = zlib.decompressobj().decompress(packed, MOST_UNPACKED)
        except zlib.error:
            # Encrypted, or packed in another way: it may hold anything.
            return FileSigns(layers=True, units=True)
        layers, units = layers or _LAYERS in part, units or _UNITS in part
    return FileSigns(layers, units)


def user_units(source: Source, password: str) -> list[float]:
    """Points that the unit of each page stands for; empty if pypdf cannot read the document."""
    import pypdf

    from perfkit.engines._pypdf_fonts import entry, number

    try:
        reader = pypdf.PdfReader(source.path or io.BytesIO(source.data or b""), strict=False)
        if reader.is_encrypted and password:
            reader.decrypt(password)
        return [number(entry(page, "/UserUnit"), 1.0) for page in reader.pages]
    except Exception:  # noqa: BLE001 - whatever pypdf raises over a document pdfium can read
        return []
