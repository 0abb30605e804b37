"""Signs that the bytes of a PDF are not as they were written, found without any engine.

A deflated stream ends with a checksum of its content (Adler-32, RFC 1950), which engines do not
insist on: they give what they could unpack. Between the streams stands plain ASCII whose
references lead to objects that are there. A file that is not so was changed after it was written,
whatever an engine made of it. Text in streams that are not deflated has no checksum: nobody can
tell there.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Integrity", "integrity"]

_STREAM = re.compile(rb"\bstream(?:\r\n|\n|\r)")
_FILTERS = re.compile(rb"/Filter\s*(?:\[([^\]]*)\]|(/\w+))")
#: Streams that hold no text: pictures, colour profiles, notes, functions, other files.
_NO_TEXT = re.compile(
    rb"/Subtype\s*/(?:Image|XML)\b|/Type\s*/(?:Metadata|EmbeddedFile|XRef)\b"
    rb"|/Alternate\b|/FunctionType\b"
)
#: Programs of fonts: they may tell which character a sign is.
_FONT = re.compile(rb"/Length1\b|/Subtype\s*/(?:Type1C|CIDFontType0C|OpenType)\b")
_STRING_OR_NOTE = re.compile(rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|%[^\r\n]*", re.DOTALL)
_FOREIGN = re.compile(rb"[^\t\n\f\r -~\0]")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+obj\b")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+R\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_CONTENT = re.compile(rb"/Contents\s*(?:\[|\d+\s+\d+\s+R\b)")
_PART_BYTES = 1 << 16
#: Content beyond this is not unpacked: a bomb is the engine's to refuse.
_MOST_BYTES = 64 << 20
#: At its head a PDF has a few such bytes, to look binary.
_HEAD_BYTES = 64
#: References are followed up to here: a long document of many small objects would take as long
#: as reading it.
_MOST_SYNTAX_BYTES = 1 << 16
#: ASCII85 (PDF 32000-1, 7.4.3): digits of base 85 from "!" on, between them any blanks.
_BLANKS = b" \t\n\r\f\0"
_SIGNS = bytes(range(ord("!"), ord("u") + 1))
_DIGITS = bytes(max(0, sign - ord("!")) for sign in range(256))


class Integrity(NamedTuple):
    """Signs of damage, a sentence each, and whether all text is covered by a checksum."""

    signs: tuple[str, ...] = ()
    covered: bool = True


class _Stream(NamedTuple):
    start: int
    dictionary: bytes


def integrity(data: bytes) -> Integrity:
    """Look a file over. An encrypted one tells nothing: its streams are sealed."""
    if b"/Encrypt" in data:
        return Integrity((), covered=False)
    signs: list[str] = []
    covered, left = True, _MOST_BYTES
    plain: list[bytes] = []
    for stream in _streams(data, plain):
        if _NO_TEXT.search(stream.dictionary):
            continue
        if b"/Length" not in stream.dictionary:
            signs.append(f"the stream at byte {stream.start} has no length")
        filters = _filters(stream.dictionary)
        if filters not in (["FlateDecode"], ["ASCII85Decode", "FlateDecode"]):
            covered = covered and bool(_FONT.search(stream.dictionary))
            continue
        reason, used = _spoilt(data, stream.start, left, ascii85=len(filters) > 1)
        left -= used
        if reason:
            signs.append(f"the stream at byte {stream.start} {reason}")
    signs += _syntax(b"\n".join(plain))
    return Integrity(tuple(signs), covered and left > 0)


def _streams(data: bytes, plain: list[bytes]) -> Iterator[_Stream]:
    """All streams; ``plain`` is given what stands between them."""
    place = 0
    while found := _STREAM.search(data, place):
        between = data[place : found.start()]
        plain.append(between)
        start = max(between.rfind(b"obj"), 0)
        yield _Stream(found.end(), between[start:])
        end = data.find(b"endstream", found.end())
        place = len(data) if end < 0 else end + len(b"endstream")
    plain.append(data[place:])


def _filters(dictionary: bytes) -> list[str]:
    found = _FILTERS.search(dictionary)
    text = (found[1] or found[2] or b"") if found else b""
    names = text.decode("latin-1").replace("/", " ").split()
    short = {"Fl": "FlateDecode", "A85": "ASCII85Decode"}
    return [short.get(name, name) for name in names]


def _spoilt(data: bytes, start: int, left: int, *, ascii85: bool) -> tuple[str, int]:
    """What is wrong with a stream, and how much of it was unpacked."""
    if ascii85:
        end = data.find(b"~>", start)
        coded = _from_ascii85(data[start:end]) if end >= 0 else None
        if coded is None:
            return "is not ASCII85 throughout", 0
        data, start = coded + b"endstream", 0
    unpacker = zlib.decompressobj()
    used, place = 0, start
    part = b""
    try:
        while not unpacker.eof and used < left:
            if not part:
                part = data[place : place + _PART_BYTES]
                place += len(part)
                if not part:
                    return "has no end", used
            used += len(unpacker.decompress(part, _PART_BYTES))
            part = unpacker.unconsumed_tail
    except zlib.error:
        return "does not unpack to what was packed", used
    if not unpacker.eof:
        return "", used
    rest = (unpacker.unused_data + data[place : place + 32])[:32]
    return ("" if b"endstream" in rest else "has something behind its end"), used


def _from_ascii85(text: bytes) -> bytes | None:
    """What was coded; None if it is not of this code.

    All groups at once: each has a lane of eight bytes in one long whole number, which takes a
    hundredth of the time of a loop.
    """
    signs = text.translate(None, _BLANKS).replace(b"z", b"!!!!!")
    if signs.translate(None, _SIGNS):
        return None
    short = -len(signs) % 5
    digits = (signs + b"u" * short).translate(_DIGITS)
    groups = len(digits) // 5
    lanes = 0
    for place in range(5):
        spread = bytearray(8 * groups)
        spread[::8] = digits[place::5]
        lanes = 85 * lanes + int.from_bytes(spread, "little")
    packed = lanes.to_bytes(8 * groups, "little")
    if any(packed[4::8]):
        return None  # a group beyond four bytes
    whole = bytearray(4 * groups)
    for place in range(4):
        whole[3 - place :: 4] = packed[place::8]
    return bytes(whole[: len(whole) - short])


def _syntax(plain: bytes) -> Iterator[str]:
    """What is wrong between the streams."""
    if not _FOREIGN.search(plain, _HEAD_BYTES) and len(plain) > _MOST_SYNTAX_BYTES:
        return
    bare = _STRING_OR_NOTE.sub(b"()", plain)
    if _FOREIGN.search(bare):
        yield "bytes that are no text stand between the streams"
    if b"ObjStm" in bare or len(plain) > _MOST_SYNTAX_BYTES:
        return  # objects stand in streams too, which the checksums cover
    pages, contents = len(_PAGE.findall(bare)), len(_CONTENT.findall(bare))
    if pages > contents:
        yield f"{pages - contents} pages have no content"
    objects = set(_OBJECT.findall(bare))
    missing = {each for each in _REFERENCE.findall(bare) if each not in objects}
    if missing:
        yield f"{len(missing)} references lead to no object"
