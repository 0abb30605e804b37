"""Make markup from a notebook's outputs harmless: what could run or load is shown as text.

The page forbids scripts and loads by its content policy too; this keeps the markup from
breaking out of its place, and from deceiving a reader.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

__all__ = ["clean_html", "clean_svg"]

_TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub "
    "summary sup table tbody td tfoot th thead tr u ul var".split()
)
_ATTRIBUTES = {
    "*": ["class", "title", "lang", "dir", "role", "tabindex", "aria-label"],
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
    "details": ["open"],
    "ol": ["start"],
}
#: A place on the page that is linked to: perfkit.bench.html marks a point of a sweep so.
_POINT = re.compile(r"point-[0-9a-f]{10}")
_STYLE_BLOCK = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)
_IMAGE = re.compile(r"<img\b[^>]*>")
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_DRAWN = frozenset(
    "svg g defs use path rect circle ellipse line polyline polygon text tspan clipPath marker "
    "pattern linearGradient radialGradient stop mask symbol title desc style".split()
)
_LOADS = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(|javascript:", re.IGNORECASE)


def clean_html(markup: str) -> str:
    """HTML of which only plain text structure is left; other tags stand there as text."""
    import bleach

    # pandas puts a style block before its tables; as text it would be in the way.
    bare = _STYLE_BLOCK.sub("", markup)
    kept: str = bleach.clean(
        bare, tags=_TAGS, attributes=_allowed, protocols=["http", "https", "data"]
    )
    return _IMAGE.sub(_described, kept)


def _described(image: re.Match[str]) -> str:
    """An image that shows something, with words for those who cannot see it."""
    tag = image[0]
    if " src=" not in tag:
        return ""
    return (
        tag if " alt=" in tag else tag.replace("<img", '<img alt="Picture without a description"')
    )


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "img" and name == "src":
        return value.startswith(("data:image/png;", "data:image/jpeg;"))
    if tag == "a" and name == "href":
        return value.startswith(("https://", "http://", "#")) or not re.match(r"[a-z]+:", value)
    if tag == "code" and name == "id":
        return bool(_POINT.fullmatch(value))
    return name in _ATTRIBUTES["*"] or name in _ATTRIBUTES.get(tag, ())


def clean_svg(markup: str) -> str:
    """SVG of which only drawing is left; an empty string if it can't be read as one."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(markup[max(0, markup.find("<svg")) :])
    except (ParseError, DefusedXmlException):
        return ""
    if root.tag != f"{{{_SVG}}}svg":
        return ""
    _prune(root)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _prune(element: ElementTree.Element) -> None:
    for child in list(element):
        if _is_drawing(child):
            _prune(child)
        else:
            element.remove(child)
    for name, value in list(element.attrib.items()):
        local = name.rpartition("}")[2].lower()
        foreign_link = local == "href" and not value.startswith("#")
        if local.startswith("on") or foreign_link or _LOADS.search(value):
            del element.attrib[name]


def _is_drawing(element: ElementTree.Element) -> bool:
    name = element.tag.removeprefix(f"{{{_SVG}}}")
    return name in _DRAWN and not (name == "style" and _LOADS.search(element.text or ""))
