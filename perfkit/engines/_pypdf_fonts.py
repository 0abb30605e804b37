"""Fonts of the engine pypdf: from the codes of a string to texts and widths.

pypdf keeps its reading of encodings and of the fourteen standard fonts in a class that is
no part of its public interface; it is asked for in one place, and missed with a message.
"""

from __future__ import annotations

import struct
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from perfkit.errors import MissingExtraError

__all__ = ["Glyphs", "check_pypdf"]

try:
    from pypdf.generic._font import Font
except ImportError:  # pragma: no cover - another pypdf
    Font = None  # type: ignore[assignment,misc]

#: What is used of pypdf's Font, which is not part of its public interface.
_USED = frozenset({"encoding", "character_map", "character_widths"})

#: Widths are in thousandths of an em, but for Type3 fonts, which say so themselves.
_PER_EM = 0.001
#: Of a composite font that does not say: PDF 32000-1:2008, table 117.
_DEFAULT_CID_WIDTH = 1000.0
#: Latin ligatures, which no one searches for: U+FB00 to U+FB06.
_LIGATURES = dict(zip(map(chr, range(0xFB00, 0xFB07)), "ff fi fl ffi ffl st st".split(), strict=True))
#: Standard fonts under the names that Windows programs give them.
_FAMILIES = {"Arial": "Helvetica", "CourierNew": "Courier", "TimesNewRoman": "Times"}


def check_pypdf() -> None:
    """Refuse a pypdf whose inside is not as this engine knows it.

    Raises
    ------
    MissingExtraError
        If so; rather than to call every document damaged.
    """
    fields = getattr(Font, "__dataclass_fields__", {})
    if not (_USED <= set(fields) and hasattr(Font, "from_font_resource")):
        raise MissingExtraError("pypdf>=7.1,<8", "all", "The engine pypdf")


class Glyphs(dict[str, tuple[str, float]]):
    """Text and width (in em) of every code of one font, worked out when it is first drawn.

    Parameters
    ----------
    resource : DictionaryObject or None
        The font as the document describes it; None for one that is not there.
    """

    def __init__(self, resource: DictionaryObject | None) -> None:
        super().__init__()
        if resource is None:
            resource = DictionaryObject(
                {NameObject("/Subtype"): NameObject("/Type1"), NameObject("/BaseFont"): NameObject("/Helvetica")}
            )
        font = Font.from_font_resource(_with_standard_name(resource))
        self._encoding: str | dict[int, str] = font.encoding
        self._to_unicode: dict[Any, Any] = font.character_map
        self._widths: dict[str, float] = font.character_widths
        self._default = float(self._widths.get("default", 0.0))
        self._em = _PER_EM
        self._composite = resource.get("/Subtype") == "/Type0"
        if self._composite:
            self._default = _default_width(resource)
        elif "/Widths" in resource:
            self._widths = _simple_widths(resource)
        if resource.get("/Subtype") == "/Type3":
            matrix = resource.get("/FontMatrix", ArrayObject()).get_object()
            self._em = abs(float(matrix[0])) if matrix else _PER_EM

    def codes(self, data: bytes) -> str:
        """The codes of a string that is drawn, each as one character: the keys of this dict."""
        if not self._composite:
            return data.decode("latin-1")
        if isinstance(self._encoding, str) and self._encoding != "utf-16-be":
            return data.decode(self._encoding, "replace")
        # Codes are glyph numbers, of which some look like halves of a surrogate pair.
        count = len(data) // 2
        return "".join(map(chr, struct.unpack(f">{count}H", data[: 2 * count])))

    def __missing__(self, code: str) -> tuple[str, float]:
        text = self._to_unicode.get(code)
        if text is None:
            text = code
            if isinstance(self._encoding, dict) and not self._composite:
                text = self._encoding.get(ord(code), code)
                if len(text) > 1 and text.startswith("/"):
                    text = code  # a glyph's name that stands in no list
        text = _LIGATURES.get(text, text)
        self[code] = found = (text, self._em * float(self._widths.get(code, self._default)))
        return found


def _with_standard_name(resource: DictionaryObject) -> DictionaryObject:
    """A font without widths under the standard name that pypdf knows its widths by."""
    name = resource.get("/BaseFont")
    if "/Widths" in resource or resource.get("/Subtype") == "/Type0" or not isinstance(name, str):
        return resource
    plain = name.removeprefix("/").replace(" ", "").replace("PSMT", "").replace("MT", "")
    family, _, style = plain.replace("-", ",").partition(",")
    if family not in _FAMILIES:
        return resource
    italic = "Italic" if family == "TimesNewRoman" else "Oblique"
    style = ("Bold" if "Bold" in style else "") + (
        italic if "Italic" in style or "Oblique" in style else ""
    )
    if family == "TimesNewRoman" and not style:
        style = "Roman"
    renamed = DictionaryObject(resource)
    renamed[NameObject("/BaseFont")] = NameObject(f"/{_FAMILIES[family]}{'-' * bool(style)}{style}")
    return renamed


def _simple_widths(resource: DictionaryObject) -> dict[str, float]:
    # pypdf cuts the widths to whole numbers, of which a Type3 font may have none but zeros.
    first = int(resource.get("/FirstChar", 0))
    widths = resource["/Widths"].get_object()
    return {chr(first + k): float(width.get_object()) for k, width in enumerate(widths)}


def _default_width(resource: DictionaryObject) -> float:
    for font in resource.get("/DescendantFonts", ArrayObject()).get_object():
        width = font.get_object().get("/DW")
        if width is not None:
            return float(width.get_object())
    return _DEFAULT_CID_WIDTH
