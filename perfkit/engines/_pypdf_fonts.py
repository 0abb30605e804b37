"""Fonts of the engine pypdf: from the codes of a string to texts and widths.

pypdf keeps its reading of encodings and of the fourteen standard fonts in a class that is
no part of its public interface; it is asked for in one place, and missed with a message.
Widths are read here: pypdf cuts them to whole numbers, and guesses where there are none.
"""

from __future__ import annotations

import struct
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from perfkit.errors import MissingExtraError

__all__ = ["Glyphs", "check_pypdf", "entry", "number"]

try:
    from pypdf.generic._font import Font
except ImportError:  # pragma: no cover - another pypdf
    Font = None  # type: ignore[assignment,misc]

#: What is used of pypdf's Font.
_USED = frozenset({"encoding", "character_map", "character_widths"})

#: Widths are in thousandths of the font's size, but for Type3 fonts, which say so themselves.
_PER_EM = 0.001
#: Of a composite font that does not say: PDF 32000-1:2008, table 117.
_DEFAULT_CID_WIDTH = 1000.0
#: Of a simple font that does not say, for codes it gives no width: PDF 32000-1:2008, table 122.
_DEFAULT_WIDTH = 0.0
_BYTES = range(256)
#: Latin ligatures, U+FB00 to U+FB06: pdfium, too, gives their letters.
_LIGATURES = dict(
    zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", "ff fi fl ffi ffl st st".split(), strict=True)
)
#: Standard fonts under the names that Windows programs give them, and their slanted style.
_FAMILIES = {
    "Arial": ("Helvetica", "Oblique"),
    "CourierNew": ("Courier", "Oblique"),
    "TimesNewRoman": ("Times", "Italic"),
}


def check_pypdf() -> None:
    """Refuse a pypdf whose inside is not as this engine knows it.

    Raises
    ------
    MissingExtraError
        If so; rather than to call every document damaged.
    """
    fields = set(getattr(Font, "__dataclass_fields__", ()))
    if not (fields >= _USED and hasattr(Font, "from_font_resource")):
        raise MissingExtraError("pypdf>=7.1,<8", "all", "The engine pypdf")


class Glyphs(dict[str, tuple[str, float]]):
    """Text and width of every code of one font, worked out when it is first drawn.

    Widths are shares of the font's size.

    Parameters
    ----------
    resource : DictionaryObject or None
        The font as the document describes it; None for one that is not there.
    """

    def __init__(self, resource: DictionaryObject | None) -> None:
        super().__init__()
        if resource is None:
            resource = _font("/Helvetica")
        kind = entry(resource, "/Subtype")
        try:
            font = Font.from_font_resource(_with_standard_name(resource))
        except (AttributeError, TypeError):
            if kind == "/Type0":
                raise
            # A description so broken that pypdf, too, passes it over: codes are likely Latin.
            resource = _font("/Helvetica")
            font = Font.from_font_resource(resource)
        self._encoding: str | dict[int, str] = font.encoding
        self._to_unicode: dict[Any, Any] = font.character_map
        self._widths: dict[str, float] = font.character_widths
        self._default = float(self._widths.get("default", _DEFAULT_WIDTH))
        self._em = _PER_EM
        #: Whether a code is one byte; word spacing is for spaces of one byte only.
        self.one_byte = kind != "/Type0"
        if not self.one_byte:
            self._default = _default_cid_width(resource)
        elif isinstance(widths := entry(resource, "/Widths"), ArrayObject):
            first = int(number(entry(resource, "/FirstChar"), 0.0))
            self._widths = {
                chr(code): number(width.get_object(), _DEFAULT_WIDTH)
                for code, width in enumerate(widths, first)
                if code in _BYTES
            }
        if kind == "/Type3":
            matrix = entry(resource, "/FontMatrix")
            scale = matrix[0].get_object() if isinstance(matrix, ArrayObject) and matrix else None
            self._em = abs(number(scale, _PER_EM))

    def codes(self, data: bytes) -> str:
        """The codes of a string that is drawn, each as one character: the keys of this dict."""
        if self.one_byte:
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
            if self.one_byte and isinstance(self._encoding, dict):
                text = self._encoding.get(ord(code), code)
                if len(text) > 1 and text.startswith("/"):
                    text = code  # the name of a glyph, which stands in no list
        text = _LIGATURES.get(text, text)
        if text == "\xad":
            text = "-"  # some fonts map the hyphen that they draw to the one that is not drawn
        self[code] = found = (text, self._em * float(self._widths.get(code, self._default)))
        return found


def entry(holder: Any, key: Any) -> Any:
    """What a dictionary holds under a key, wherever it lies in the file; None if nothing."""
    value = holder.get(key) if isinstance(holder, DictionaryObject) else None
    return None if value is None else value.get_object()


def number(value: Any, default: float) -> float:
    """A number as float; ``default`` for anything else."""
    return float(value) if isinstance(value, (int, float)) else default


def _font(name: str) -> DictionaryObject:
    described = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": name}
    return DictionaryObject({NameObject(k): NameObject(v) for k, v in described.items()})


def _with_standard_name(resource: DictionaryObject) -> DictionaryObject:
    """A font without widths under the standard name that pypdf knows its widths by."""
    name = entry(resource, "/BaseFont")
    if "/Widths" in resource or not isinstance(name, str):
        return resource
    plain = name.removeprefix("/").replace(" ", "").removesuffix("MT")
    family, _, style = plain.replace("-", ",").partition(",")
    family = family.removesuffix("MT").removesuffix("PS")
    if family not in _FAMILIES:
        return resource
    standard, slanted = _FAMILIES[family]
    bold = "Bold" if "Bold" in style else ""
    slant = slanted if "Italic" in style or "Oblique" in style else ""
    plain_style = "Roman" if standard == "Times" else ""
    styled = (bold + slant) or plain_style
    renamed = DictionaryObject(resource)
    renamed[NameObject("/BaseFont")] = NameObject(f"/{standard}{'-' if styled else ''}{styled}")
    return renamed


def _default_cid_width(resource: DictionaryObject) -> float:
    fonts = entry(resource, "/DescendantFonts")
    first = fonts[0].get_object() if isinstance(fonts, ArrayObject) and fonts else None
    return number(entry(first, "/DW"), _DEFAULT_CID_WIDTH)
