"""What the annotations of a page show, and the values of its fields, as a page of their own.

An annotation brings its appearance as a form, which is fitted into its rectangle (PDF
32000-1:2008, section 12.5.5). A field may bring a value only: it is set in Helvetica.
"""

from __future__ import annotations

import re
from typing import Any

import pypdf
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    StreamObject,
)

from perfkit.engines._pypdf_fonts import entry, number

__all__ = ["annotations_page"]

#: Flags of annotations that are not seen on a screen: hidden, and not viewed.
_NOT_SEEN = 0x02 | 0x20
#: A field that gives no size of its text: this share of its height, and no more than that.
_SIZE_SHARE, _LARGEST_SIZE = 0.7, 12.0
#: Of a line of text in a field, what lies under its baseline; its distance from the edge.
_BASELINE_SHARE, _MARGIN = 0.3, 2.0
_SIZE = re.compile(r"([\d.]+)\s+Tf")
_MOST_PARENTS = 16
_BOX = 4


def annotations_page(page: pypdf.PageObject) -> pypdf.PageObject | None:
    """A page that draws what annotations add to a page; None if they add nothing."""
    forms = DictionaryObject()
    content: list[bytes] = []
    annotations = entry(page, "/Annots")
    for reference in annotations if isinstance(annotations, ArrayObject) else ():
        note = reference.get_object()
        corners = _numbers(entry(note, "/Rect"))
        flags = int(number(entry(note, "/F"), 0.0))
        if len(corners) != _BOX or flags & _NOT_SEEN or entry(note, "/Subtype") == "/Popup":
            continue
        box = (*map(min, corners[:2], corners[2:]), *map(max, corners[:2], corners[2:]))
        form = _appearance(note)
        if form is not None:
            name = f"/N{len(forms)}"
            forms[NameObject(name)] = form
            content.append(b"q %b cm %b Do Q" % (_fitted(form, box), name.encode()))
        elif entry(note, "/Subtype") == "/Widget":
            content.append(_value(note, box))
    if not any(content):
        return None
    drawn = pypdf.PageObject.create_blank_page(width=1, height=1)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font["/Encoding"] = "/WinAnsiEncoding"
    helvetica = DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})
    drawn[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/XObject"): forms,
            NameObject("/Font"): DictionaryObject({NameObject("/Helv"): helvetica}),
        }
    )
    stream = DecodedStreamObject()
    stream.set_data(b"\n".join(content))
    drawn[NameObject("/Contents")] = stream
    return drawn


def _numbers(array: Any) -> list[float]:
    found = array if isinstance(array, ArrayObject) else ()
    return [number(value.get_object(), 0.0) for value in found]


def _appearance(note: Any) -> StreamObject | None:
    normal = entry(entry(note, "/AP"), "/N")
    if isinstance(normal, DictionaryObject) and not isinstance(normal, StreamObject):
        normal = entry(normal, entry(note, "/AS"))
    return normal if isinstance(normal, StreamObject) else None


def _fitted(form: StreamObject, box: tuple[float, ...]) -> bytes:
    """The matrix that brings a form's box, as its own matrix turns it, into a rectangle."""
    edges = _numbers(entry(form, "/BBox"))
    x0, y0, x1, y1 = edges if len(edges) == _BOX else box
    own = _numbers(entry(form, "/Matrix"))
    a, b, c, d, e, f = own if len(own) == len("abcdef") else (1, 0, 0, 1, 0, 0)
    corners = [(x, y) for x in (x0, x1) for y in (y0, y1)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    across = (box[2] - box[0]) / ((max(xs) - min(xs)) or 1.0)
    up = (box[3] - box[1]) / ((max(ys) - min(ys)) or 1.0)
    parts = (across, 0, 0, up, box[0] - across * min(xs), box[1] - up * min(ys))
    return " ".join(f"{part:.6f}" for part in parts).encode()


def _inherited(field: Any, key: str) -> Any:
    for _ in range(_MOST_PARENTS):
        if (found := entry(field, key)) is not None:
            return found
        field = entry(field, "/Parent")
    return None


def _value(field: Any, box: tuple[float, ...]) -> bytes:
    """Draws the value of a field of text or choice."""
    value = _inherited(field, "/V")
    if _inherited(field, "/FT") not in {"/Tx", "/Ch"} or not isinstance(value, str) or not value:
        return b""
    height = box[3] - box[1]
    given = _SIZE.search(str(_inherited(field, "/DA") or ""))
    size = float(given[1]) if given else 0.0
    size = size or min(_LARGEST_SIZE, _SIZE_SHARE * height)
    lines = value.splitlines()
    below = (height - size) / 2 + _BASELINE_SHARE * size if len(lines) == 1 else height - size
    drawn = [b"BT /Helv %.3f Tf %.3f TL" % (size, 1.15 * size)]
    drawn.append(b"1 0 0 1 %.3f %.3f Tm" % (box[0] + _MARGIN, box[1] + below))
    for line in lines:
        text = line.encode("cp1252", "replace")
        for sign in (b"\\", b"(", b")"):
            text = text.replace(sign, b"\\" + sign)
        drawn.append(b"(%b) Tj T*" % text)
    return b" ".join([*drawn, b"ET"])
