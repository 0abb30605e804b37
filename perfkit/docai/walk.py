"""Tokens of an answer to the words that all engines give.

Everything is read from protobuf itself (``._pb``): through proto-plus each step costs some
forty times as much. Nothing is taken for granted but what the protocol says: a token points
into the document's text, and has a polygon, as shares of the page or in pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from perfkit.model import Page, Word

__all__ = ["page_numbers", "pages_of", "words_of"]

#: Tokens of one word touch, within this share of their height, and stand side by side.
_TOUCH_SHARE, _OVERLAP_SHARE = 0.3, 0.5
#: Coordinates are rounded to so many places of a point: boxes come as shares in single
#: precision, and words of one line are to share their lower edge again.
_PLACES = 2
#: Of Document.Page.Layout.Orientation: upside up, right, down, left; 0 where it is not told.
_RIGHT, _DOWN, _LEFT = 2, 3, 4

Size = tuple[float, float]
#: Text, left, top, right, bottom, where it starts in the document's text, and where the same
#: word may go on there; -1 where it ends.
_Piece = tuple[str, float, float, float, float, int, int]


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
    held: _Piece | None = None
    for piece in _pieces(page, text, size):
        if held is not None:
            if _goes_on(held, piece):
                held = (
                    held[0] + piece[0],
                    min(held[1], piece[1]),
                    min(held[2], piece[2]),
                    max(held[3], piece[3]),
                    max(held[4], piece[4]),
                    held[5],
                    piece[6],
                )
                continue
            words += _as_words(held)
        held = piece
    if held is not None:
        words += _as_words(held)
    return words


def _pieces(page: Any, text: str, size: Size) -> Iterator[_Piece]:
    """Its tokens, without white space; whole lines or paragraphs where it tells no tokens."""
    width, height = size
    tokens = page.tokens
    for part in tokens or page.lines or page.paragraphs:
        layout = part.layout
        segments = layout.text_anchor.text_segments
        if len(segments) == 1:
            segment = segments[0]
            end = segment.end_index
            found = text[segment.start_index : end]
        elif segments:
            found = "".join([text[each.start_index : each.end_index] for each in segments])
            end = segments[-1].end_index
        else:
            found, end = layout.text_anchor.content, -1
        bare = found.rstrip()
        if not bare:
            continue
        vertices = layout.bounding_poly.normalized_vertices
        if vertices:
            x_scale, y_scale = width, height
        else:
            vertices = layout.bounding_poly.vertices
            if not vertices:
                continue
            x_scale = width / (page.dimension.width or width)
            y_scale = height / (page.dimension.height or height)
        xs = [vertex.x for vertex in vertices]
        ys = [vertex.y for vertex in vertices]
        goes_on = len(bare) == len(found) and bool(tokens) and not part.detected_break.type_
        yield (
            bare,
            min(xs) * x_scale,
            min(ys) * y_scale,
            max(xs) * x_scale,
            max(ys) * y_scale,
            end - len(found),
            end if goes_on else -1,
        )


def _goes_on(before: _Piece, piece: _Piece) -> bool:
    """Whether two pieces are one word: no white space between them, and none to be seen."""
    if before[6] != piece[5]:
        return False
    height = min(before[4] - before[2], piece[4] - piece[2])
    gap = piece[1] - before[3]
    shared = min(before[4], piece[4]) - max(before[2], piece[2])
    return abs(gap) <= _TOUCH_SHARE * height and shared >= _OVERLAP_SHARE * height


def _as_words(piece: _Piece) -> Iterator[Word]:
    """A piece as a word; as several, equally wide a letter, where white space is inside it."""
    text, left, top, right, bottom = piece[:5]
    top, bottom = round(top, _PLACES), round(bottom, _PLACES)
    parts = text.split()
    if len(parts) == 1:
        yield Word(parts[0], round(left, _PLACES), top, round(right, _PLACES), bottom)
        return
    letter = (right - left) / len(text)
    at = 0
    for part in parts:
        at = text.index(part, at)
        x0, x1 = left + letter * at, left + letter * (at + len(part))
        yield Word(part, round(x0, _PLACES), top, round(x1, _PLACES), bottom)
        at += len(part)


def _upright(word: Word, turned: int, width: float, height: float) -> Word:
    """A word of a page that was scanned lying down, as who reads it sees it."""
    text, x0, top, x1, bottom = word
    if turned == _RIGHT:
        return Word(text, top, width - x1, bottom, width - x0)
    if turned == _LEFT:
        return Word(text, height - bottom, x0, height - top, x1)
    return Word(text, width - x1, height - bottom, width - x0, height - top)
