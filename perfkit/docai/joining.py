"""Answers joined to one, and cut to some of its pages again (protobuf throughout).

All that refers to a place is moved along, wherever it stands in a message: text segments
count in the document's text, page references in the answer's pages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

__all__ = ["cut_out", "joined"]

#: Entities of these types stand once for each row; any other is the document's.
_ROWS = "line_item"


def joined(parts: Iterable[tuple[int, Any]]) -> Any:
    """One document of several answers, as one request for all their pages would give.

    Header entities come again with every answer: of those that say the same, the surest stays.

    Parameters
    ----------
    parts : iterable of (int, Document)
        How much is to be added to the answer's page numbers, and the answer; in order.

    Raises
    ------
    ValueError
        If there is none.
    """
    whole: Any = None
    entities: list[Any] = []
    for shift, part in parts:
        if whole is None:
            whole = type(part)()
            whole.mime_type = part.mime_type
        text, pages = len(whole.text), len(whole.pages)
        copy = type(part)()
        copy.CopyFrom(part)
        for page in copy.pages:
            page.page_number += shift
        _move(copy, lambda at, by=text: at + by, lambda at, by=pages: at + by)  # type: ignore[misc]
        whole.text += copy.text
        whole.pages.extend(copy.pages)
        entities += copy.entities
        if copy.error.message:
            whole.error.CopyFrom(copy.error)
    if whole is None:
        raise ValueError("there is no answer to join")
    for number, entity in enumerate(_once(entities)):
        whole.entities.add().CopyFrom(entity)
        whole.entities[-1].id = str(number)
    return whole


def cut_out(document: Any, numbers: Sequence[int]) -> Any:
    """A document of some pages of an answer, as a request for them would give.

    Parameters
    ----------
    document : Document
        With all its pages.
    numbers : sequence of int
        Page numbers, ascending; those that it does not have are left out.
    """
    wanted = set(numbers)
    kept = [index for index, page in enumerate(document.pages) if page.page_number in wanted]
    spans = [_span(document, index) for index in kept]
    starts = [start for start, _ in spans]
    offsets = [0]
    for start, end in spans:
        offsets.append(offsets[-1] + end - start)

    def text_at(at: int) -> int:
        place = max(0, bisect_right(starts, at) - 1)
        return offsets[place] + min(at, spans[place][1]) - starts[place] if spans else 0

    def end_at(at: int) -> int:
        """The end of a segment belongs to the page that the segment stands on."""
        return text_at(at - 1) + 1 if at > 0 else 0

    piece = type(document)()
    piece.mime_type = document.mime_type
    piece.text = "".join(document.text[start:end] for start, end in spans)
    piece.pages.extend(document.pages[index] for index in kept)
    places = {index: place for place, index in enumerate(kept)}
    for entity in document.entities:
        told = [reference.page for reference in _references(entity)]
        if any(page in places for page in told):
            piece.entities.add().CopyFrom(entity)
    _move(piece, text_at, lambda at: places.get(at, 0), end_at)
    if document.error.message:
        piece.error.CopyFrom(document.error)
    return piece


def _span(document: Any, index: int) -> tuple[int, int]:
    """Where a page's text stands: from its first segment to the next page's first one."""
    segments = document.pages[index].layout.text_anchor.text_segments
    if segments:
        return segments[0].start_index, segments[-1].end_index
    anchors = [
        segment
        for token in document.pages[index].tokens
        for segment in token.layout.text_anchor.text_segments
    ]
    if not anchors:
        return 0, 0
    return min(s.start_index for s in anchors), max(s.end_index for s in anchors)


def _once(entities: Iterable[Any]) -> Iterator[Any]:
    """Line items all, and of equal header entities the surest, where the first one stands."""
    best: dict[tuple[str, str], Any] = {}
    order: list[Any] = []
    for entity in entities:
        key = (entity.type_, " ".join(entity.mention_text.split()).casefold())
        if entity.type_ == _ROWS:
            order.append(entity)
        elif key not in best:
            best[key] = entity
            order.append(key)
        elif entity.confidence > best[key].confidence:
            best[key] = entity
    for each in order:
        yield best[each] if isinstance(each, tuple) else each


def _references(entity: Any) -> Iterator[Any]:
    yield from entity.page_anchor.page_refs
    for inner in entity.properties:
        yield from _references(inner)


def _move(
    message: Any,
    text_at: Callable[[int], int],
    page_at: Callable[[int], int],
    end_at: Callable[[int], int] | None = None,
) -> None:
    """Move text segments and page references, however deep they stand."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        name = field.message_type.name
        if name == "TextSegment":
            for segment in value:
                segment.start_index = text_at(segment.start_index)
                segment.end_index = (end_at or text_at)(segment.end_index)
        elif name == "PageRef":
            for reference in value:
                reference.page = page_at(reference.page)
                _move(reference, text_at, page_at, end_at)
        elif name not in _LEAVES:
            for inner in value if _is_repeated(value) else (value,):
                _move(inner, text_at, page_at, end_at)


#: Messages without a place in them: nothing is looked for there.
_LEAVES = frozenset(
    {"BoundingPoly", "Image", "Dimension", "DetectedBreak", "DetectedLanguage", "NormalizedValue",
     "Status", "Provenance"}
)  # fmt: skip


def _is_repeated(value: Any) -> bool:
    return not hasattr(value, "ListFields")
