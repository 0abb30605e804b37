"""Page images: rendered by pdfium, written as PNG with nothing but zlib."""

from __future__ import annotations

import struct
import zlib

__all__ = ["png_of_grey"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _BITS = 0, 8
#: Quick rather than small: an image is made for every page that is asked for.
_LEVEL = 1


def png_of_grey(pixels: bytes | memoryview, width: int, height: int, stride: int) -> bytes:
    """A grey picture, 8 bits a pixel, whose rows are ``stride`` bytes apart (PNG 1.2)."""
    rows = b"".join(
        b"\0" + bytes(pixels[row * stride : row * stride + width]) for row in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, _BITS, _GREY, 0, 0, 0)
    return (
        _SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, _LEVEL))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
