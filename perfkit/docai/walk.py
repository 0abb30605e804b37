"""Tokens of an answer to the words that all engines give.

Everything is read from protobuf itself (``._pb``): through proto-plus each step costs some
forty times as much. Nothing is taken for granted but what the protocol says: a token points
into the document's text, and has a polygon, as shares of the page or in pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from perfkit.geometry import SEGMENT_GAP_SHARE
from perfkit.model import Page, Word

__all__ = ["page_numbers", "pages_of", "words_of"]

#: Tokens of one word stand over each other by at most this share of their height, and side by
#: side. Where the text has no white space, only the gap between two cells parts them: within
#: words gaps of 0.46 were seen.
_OVER_SHARE, _OVERLAP_SHARE = 0.3, 0.5
#: Coordinates are rounded to so many places of a point: boxes come as shares in single
#: precision, and words of one line are to share their lower edge again.
_PLACES = 2
#: Of Document.Page.Layout.Orientation: upside up, right, down, left; 0 where it is not told.
_RIGHT, _DOWN, _LEFT = 2, 3, 4
_CORNERS = 4

_new = tuple.__new__

Size = tuple[float, float]


def pages_of(
    document: Any, wanted: tuple[int, int], size_of: Callable[[int], Size]
) -> Iterator[Page]:
    """Pages of an answer, as far as they were asked for.

    Parameters
    ----------
    document : protobuf Document
        Its text and its pages' tokens.
    wanted : (int, int)
        First and last page that were asked for.
    size_of : callable
        Width and height in points of a page, by its number.
    """
    text = document.text
    for number, page in zip(page_numbers(document, wanted), document.pages, strict=True):
        if wanted[0] <= number <= wanted[1]:
            width, height = size_of(number)
            words = words_of(page, text, (width, height))
            turned = page.layout.orientation
            if turned in (_RIGHT, _DOWN, _LEFT):
                words = [_upright(word, turned, width, height) for word in words]
            if turned in (_RIGHT, _LEFT):
                width, height = height, width
            yield Page(number, width, height, words)


def page_numbers(document: Any, wanted: tuple[int, int]) -> list[int]:
    """Numbers in the whole document of an answer's pages.

    The service keeps them; of a piece that was cut out, and where a page has none, they count
    from the first page that was asked for.
    """
    first, last = wanted
    told = [page.page_number for page in document.pages]
    if all(first <= number <= last for number in told):
        return told
    if all(1 <= number <= last - first + 1 for number in told):
        return [first - 1 + number for number in told]
    return [first + index for index in range(len(told))]


def words_of(page: Any, text: str, size: Size) -> list[Word]:
    """Words of one page, in points.

    Punctuation, which the service parts from its word, is joined to it again.
    """
    words: list[Word] = []
    width, height = size
    x_pixels = width / (page.dimension.width or width)
    y_pixels = height / (page.dimension.height or height)
    tokens = page.tokens
    joinable = bool(tokens)
    # The word so far: its text, its box, where it may go on in the text, and its last token.
    held, x0, top, x1, bottom, goes_on, last = "", 0.0, 0.0, 0.0, 0.0, -1, None
    # Whole lines or paragraphs, where no tokens are told.
    for part in tokens or page.lines or page.paragraphs:
        layout = part.layout
        segments = layout.text_anchor.text_segments
        if len(segments) == 1:
            segment = segments[0]
            start, end = segment.start_index, segment.end_index
            found = text[start:end]
        else:
            found, start, end = _in_parts(layout.text_anchor, text)
        bare = found.rstrip()
        if not bare:
            continue
        polygon = layout.bounding_poly
        vertices = polygon.normalized_vertices
        if len(vertices) == _CORNERS and (one := vertices[0]).y == vertices[1].y:
            # Two that lie opposite: the others tell nothing more of an upright box.
            other = vertices[2]
            left, upper = one.x * width, one.y * height
            right, lower = other.x * width, other.y * height
            left, right = (left, right) if left < right else (right, left)
            upper, lower = (upper, lower) if upper < lower else (lower, upper)
        else:
            box = _box(polygon, size, (x_pixels, y_pixels))
            if box is None:
                continue
            left, upper, right, lower = box
        if start == goes_on and last is not None and not last.detected_break.type_:
            # No white space between them; is there any to be seen?
            tall, wide = min(bottom - top, lower - upper), max(bottom - top, lower - upper)
            if (
                -_OVER_SHARE * wide <= left - x1 <= SEGMENT_GAP_SHARE * wide
                and min(bottom, lower) - max(top, upper) >= _OVERLAP_SHARE * tall
            ):
                held += bare
                x0, x1 = min(x0, left), max(x1, right)
                top, bottom = min(top, upper), max(bottom, lower)
                goes_on, last = (end if len(bare) == len(found) else -1), part
                continue
        if held:
            _add(words, held, x0, top, x1, bottom)
        held, x0, top, x1, bottom = bare, left, upper, right, lower
        goes_on, last = (end if joinable and len(bare) == len(found) else -1), part
    if held:
        _add(words, held, x0, top, x1, bottom)
    return words


def _in_parts(anchor: Any, text: str) -> tuple[str, int, int]:
    """Text of several segments, its start and end; of none, what the anchor itself holds."""
    segments = anchor.text_segments
    if not segments:
        return anchor.content, -1, -1
    found = "".join([text[each.start_index : each.end_index] for each in segments])
    return found, segments[0].start_index, segments[-1].end_index


def _box(polygon: Any, size: Size, pixels: Size) -> tuple[float, float, float, float] | None:
    """The box of a polygon of any number of corners, as shares of the page or in pixels."""
    vertices, scale = polygon.normalized_vertices, size
    if not vertices:
        vertices, scale = polygon.vertices, pixels
    if not vertices:
        return None
    xs = [vertex.x * scale[0] for vertex in vertices]
    ys = [vertex.y * scale[1] for vertex in vertices]
    return min(xs), min(ys), max(xs), max(ys)


def _add(
    words: list[Word], text: str, left: float, top: float, right: float, bottom: float
) -> None:
    """Add a word; several, equally wide a letter, where white space is inside it."""
    top, bottom = round(top, _PLACES), round(bottom, _PLACES)
    parts = text.split()
    if len(parts) == 1:
        box = (parts[0], round(left, _PLACES), top, round(right, _PLACES), bottom)
        words.append(_new(Word, box))  # in half the time of Word(...)
        return
    letter = (right - left) / len(text)
    at = 0
    for part in parts:
        at = text.index(part, at)
        x0, x1 = left + letter * at, left + letter * (at + len(part))
        words.append(Word(part, round(x0, _PLACES), top, round(x1, _PLACES), bottom))
        at += len(part)


def _upright(word: Word, turned: int, width: float, height: float) -> Word:
    """A word of a page that was scanned lying down, as who reads it sees it."""
    text, x0, top, x1, bottom = word
    if turned == _RIGHT:
        return Word(text, top, width - x1, bottom, width - x0)
    if turned == _LEFT:
        return Word(text, height - bottom, x0, height - top, x1)
    return Word(text, width - x1, height - bottom, width - x0, height - top)
