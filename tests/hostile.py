"""Makes files that are out to harm whoever opens them; each kind by name, varied by a seed."""

from __future__ import annotations

import os
import random
import socket
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.small_pdf import HELVETICA, small_pdf, stream

__all__ = ["KINDS", "SPECIAL", "make_hostile", "make_special"]

_MIB = 1 << 20
_TEXT = b"BT /F1 9 Tf 40 700 Td (Creative Co-Op Order XS9826A) Tj ET"


def _deflated(size: int, times: int, byte: bytes = b" ") -> bytes:
    """So many bytes, packed so many times over, made without holding them."""
    packer = zlib.compressobj(9)
    part = byte * _MIB
    data = b"".join(packer.compress(part) for _ in range(size // _MIB)) + packer.flush()
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def _one_page(content: bytes, entries: str = "", **options: object) -> bytes:
    """A page whose content stream is given with its filters."""
    body = {11: stream(content, entries)}
    return small_pdf(b"", objects=body | options.pop("objects", {}), **options)  # type: ignore[arg-type, operator]


def bomb(random: random.Random) -> bytes:
    """A few kB of content that unfold to gigabytes."""
    times = random.choice([2, 3])
    data = _deflated(random.choice([160, 256, 600]) * _MIB, times)
    return _one_page(data, f"/Filter [{'/FlateDecode ' * times}]")


def text_bomb(random: random.Random) -> bytes:
    """A page that shows hundreds of thousands of words."""
    row = b"(XS9826A 24 each 1.60) Tj 0 -1 Td "
    content = b"BT /F1 9 Tf 40 700 Td " + row * random.choice([200_000, 600_000]) + b"ET"
    return _one_page(zlib.compress(content), "/Filter /FlateDecode")


def million_pages(random: random.Random) -> bytes:
    """A page tree whose branches are one and the same, and so stand for millions of pages."""
    depth, width = random.choice([(6, 10), (20, 2), (9, 9)])
    objects = {}
    for level in range(depth):
        child = 10 if level == depth - 1 else 201 + level
        kids = f"{child} 0 R " * width
        objects[200 + level] = (
            f"<< /Type /Pages /Count {width ** (depth - level)} /Kids [{kids}] >>".encode()
        )
    objects[2] = objects.pop(200)
    return small_pdf(_TEXT, objects=objects)


def claimed_pages(random: random.Random) -> bytes:
    """A page tree that claims many pages and has one."""
    count = random.choice([1_000_000, 2**31 - 1, -1])
    return small_pdf(
        _TEXT, objects={2: f"<< /Type /Pages /Count {count} /Kids [10 0 R] >>".encode()}
    )


def page_loop(random: random.Random) -> bytes:
    """A page tree that comes back to its own root."""
    kids = random.choice(["2 0 R", "10 0 R 2 0 R", "91 0 R"])
    return small_pdf(
        _TEXT,
        objects={
            2: f"<< /Type /Pages /Count 3 /Kids [{kids}] >>".encode(),
            91: b"<< /Type /Pages /Count 2 /Kids [2 0 R] /Parent 91 0 R >>",
        },
    )


def self_call(random: random.Random) -> bytes:
    """A form that draws itself, or two that draw each other."""
    other = random.choice([91, 92])
    form = "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources "
    uses = f"<< /Font << /F1 {HELVETICA} 0 R >> /XObject << /X {other} 0 R >> >>"
    back = f"<< /Font << /F1 {HELVETICA} 0 R >> /XObject << /X 91 0 R >> >>"
    return small_pdf(
        _TEXT + b" /X Do",
        resources=back,
        objects={
            91: stream(_TEXT + b" /X Do /X Do", form + uses),
            92: stream(_TEXT + b" /X Do /X Do", form + back),
        },
    )


def form_bomb(random: random.Random) -> bytes:
    """Forms that each draw the next one ten times: a thousand million rows in a few kB."""
    depth = random.choice([7, 9])
    form = "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources "
    objects = {}
    for level in range(depth):
        uses = f"<< /Font << /F1 {HELVETICA} 0 R >> /XObject << /X {92 + level} 0 R >> >>"
        draws = b"/X Do " * 10 if level < depth - 1 else _TEXT
        objects[91 + level] = stream(draws, form + uses)
    first = f"<< /Font << /F1 {HELVETICA} 0 R >> /XObject << /X 91 0 R >> >>"
    return small_pdf(b"/X Do", resources=first, objects=objects)


def deep(random: random.Random) -> bytes:
    """Arrays or dictionaries in each other, many thousand deep."""
    depth = random.choice([600, 50_000, 500_000])
    opened, closed = random.choice([(b"[", b"]"), (b"<< /A ", b" >>")])
    return small_pdf(_TEXT, objects={91: opened * depth + b"0" + closed * depth})


def deep_content(random: random.Random) -> bytes:
    """Graphics states, or arrays of text, in each other in a content stream."""
    depth = random.choice([10_000, 1_000_000])
    content = random.choice([b"q " * depth + _TEXT, b"[" * depth + b"] TJ", b"BT " * depth + _TEXT])
    return _one_page(zlib.compress(content), "/Filter /FlateDecode")


def wide_columns(random: random.Random) -> bytes:
    """A predictor whose rows are said to be as long as memory."""
    columns = random.choice([2**31 - 1, 2**30, 500_000_000])
    parameters = f"/DecodeParms << /Predictor {random.choice([2, 12])} /Columns {columns} >>"
    return _one_page(zlib.compress(_TEXT * 50), f"/Filter /FlateDecode {parameters}")


def odd_font(random: random.Random) -> bytes:
    """A font of absurd widths, or whose program is rubbish."""
    first, last = random.choice([(0, 2**31 - 1), (-(2**31), 10), (2**30, 2**31 - 1)])
    program = random.randbytes(4000)
    kind, key = random.choice([("TrueType", "FontFile2"), ("Type1", "FontFile3")])
    font = (
        f"<< /Type /Font /Subtype /{kind} /BaseFont /X /FirstChar {first} /LastChar {last} "
        f"/Widths [500 600] /FontDescriptor 91 0 R >>"
    )
    descriptor = f"<< /Type /FontDescriptor /FontName /X /Flags 4 /{key} 92 0 R >>"
    return small_pdf(
        _TEXT,
        objects={
            HELVETICA: font.encode(),
            91: descriptor.encode(),
            92: stream(b"\0\1\0\0" + program, f"/Length1 {len(program)} /Subtype /Type1C"),
        },
    )


def odd_cid_font(random: random.Random) -> bytes:
    """A composite font whose widths and code ranges span thousands of millions."""
    span = random.choice([2**31 - 1, 2**24])
    ranges = b"\n".join(
        b"<%08x> <%08x> <0041>" % (start, start + span) for start in range(0, 100, 7)
    )
    code_map = b"begincmap 1 begincodespacerange <00000000> <ffffffff> endcodespacerange 15 "
    code_map += b"beginbfrange\n" + ranges + b"\nendbfrange endcmap"
    child = (
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 500 /CIDSystemInfo "
        f"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /W [0 {span} 500] >>"
    )
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H "
        "/DescendantFonts [91 0 R] /ToUnicode 92 0 R >>"
    )
    return small_pdf(
        b"BT /F1 9 Tf 40 700 Td <00410042> Tj ET",
        objects={HELVETICA: font.encode(), 91: child.encode(), 92: stream(code_map)},
    )


def glyph_loop(random: random.Random) -> bytes:
    """A font of drawn glyphs, one of which writes with the same font."""
    glyph = stream(b"1000 0 d0 BT /F1 1 Tf (AAAA) Tj ET")
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [.001 0 0 .001 0 0] "
        "/CharProcs << /a 91 0 R >> /Encoding << /Differences [65 /a] >> /FirstChar 65 "
        f"/LastChar 65 /Widths [{random.choice([1000, 0])}] /Resources << /Font << /F1 90 0 R >> "
        ">> >>"
    )
    return small_pdf(b"BT /F1 9 Tf (AAA) Tj ET", objects={HELVETICA: font.encode(), 91: glyph})


def odd_box(random: random.Random) -> bytes:
    """A page of no size, or of one that no number holds."""
    box = random.choice(["0 0 0 0", "0 0 1e300 1e300", "9 9 -9 -9", "-1e38 0 1e38 3e38"])
    return small_pdf(_TEXT, page=f"/MediaBox [{box}] /Rotate {random.choice([45, 90, 10**9])}")


def length_loop(random: random.Random) -> bytes:
    """A stream whose length is the stream itself."""
    number = random.choice(["11 0 R", "99999 0 R", "-5", str(2**40)])
    body = f"<< /Length {number} >>\nstream\n".encode() + _TEXT + b"\nendstream"
    return small_pdf(b"", objects={11: body})


def table_loop(random: random.Random) -> bytes:
    """A cross-reference table whose predecessor is itself."""
    data = small_pdf(_TEXT)
    start = data.rindex(b"xref\n0 1")
    place = random.choice([start, 0, 2**40, -1])
    return data.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % place)


def object_stream_loop(random: random.Random) -> bytes:
    """An object stream that extends itself and claims more than it holds."""
    count = random.choice([1, 10**6, 2**31 - 1])
    body = stream(b"1 0 << /Type /Catalog >>", f"/Type /ObjStm /N {count} /First 4 /Extends 91 0 R")
    return small_pdf(_TEXT, objects={91: body})


def garbage(random: random.Random) -> bytes:
    """The two ends of a PDF and nothing of it between them."""
    return b"%PDF-1.7\n" + random.randbytes(random.choice([100, 100_000])) + b"\n%%EOF\n"


def broken_lock(random: random.Random) -> bytes:
    """Encrypted, with keys of rubbish."""
    key = random.randbytes(32).hex()
    lock = f"<< /Filter /Standard /V {random.choice([1, 2, 5])} /R {random.choice([2, 3, 6])} "
    lock += f"/O <{key}> /U <{key}> /P -4 /Length {random.choice([40, 128, 10**9])} >>"
    return small_pdf(_TEXT, objects={91: lock.encode()}).replace(
        b"trailer\n<<", f"trailer\n<< /ID [<{key}> <{key}>] /Encrypt 91 0 R".encode()
    )


def filter_chain(random: random.Random) -> bytes:
    """A stream that names a great many filters."""
    name = random.choice(["/ASCIIHexDecode", "/RunLengthDecode", "/LZWDecode", "/ASCII85Decode"])
    return _one_page(b"00" * 2000, f"/Filter [{name * random.choice([50, 5000])}]")


def cut(random: random.Random) -> bytes:
    """A good file without its end."""
    data = small_pdf(_TEXT * 20)
    return data[: random.randrange(100, len(data) - 60)]


def not_one(random: random.Random) -> bytes:
    """No PDF at all."""
    return random.choice([b"", b"\0" * 5000, b"<html>no</html>", random.randbytes(3000)])


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    function.__name__: function
    for function in (
        bomb, text_bomb, million_pages, claimed_pages, page_loop, self_call, form_bomb, deep,
        deep_content, wide_columns, odd_font, odd_cid_font, glyph_loop, odd_box, length_loop,
        table_loop, object_stream_loop, garbage, broken_lock, filter_chain, cut, not_one,
    )
}  # fmt: skip

SPECIAL = ("pipe", "zeros", "sparse", "sparse_pdf", "link_loop", "dangling", "folder", "socket")


def make_hostile(path: Path, kind: str, seed: int) -> None:
    """Write one file of a kind."""
    path.write_bytes(KINDS[kind](random.Random(f"{kind} {seed}")))


def make_special(path: Path, kind: str) -> None:
    """Put at a path what looks like a file and is none, or is a trap."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "zeros":
        path.symlink_to("/dev/zero")
    elif kind in {"sparse", "sparse_pdf"}:
        with path.open("wb") as file:
            file.write(b"%PDF-1.7\n" if kind == "sparse_pdf" else b"")
            file.truncate(50 << 20 if kind == "sparse_pdf" else 1 << 40)
            if kind == "sparse_pdf":
                file.seek(0, os.SEEK_END)
                file.write(b"%%EOF\n")
    elif kind == "link_loop":
        path.symlink_to(path.name)
    elif kind == "dangling":
        path.symlink_to("nowhere.pdf")
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(os.fspath(path))
