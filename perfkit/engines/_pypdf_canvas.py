"""Pages of the engine pypdf: what is drawn, operation by operation, and where.

pypdf calls back after each operation of a page and of the forms it draws, with the
transformation and text matrices. What it does not tell is kept here: the pen's way along
a line, which needs the widths of the font's glyphs, the text state, and the forms' places.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, NameObject

from perfkit.engines._pypdf_fonts import Glyphs, entry, number
from perfkit.engines._pypdf_shown import Layers, Paint, Tag
from perfkit.engines._pypdf_words import (
    GAP_SHARE,
    NO_SPACE_SHARE,
    Matrix,
    Piece,
    TextState,
    Words,
    multiply,
)
from perfkit.model import Word

__all__ = ["Canvas", "leaves_a_mark"]

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
#: Moves inside an array of strings are in thousandths of the font's size.
_PER_EM = 0.001
#: More calls of forms than this are a bomb; pypdf would leave out the rest and say nothing.
MOST_FORMS = 5000
#: A string that stands again as near as this share of its size is drawn twice.
SAME_PLACE_SHARE = 0.15
_AROUND = [(column, row) for column in (-1, 0, 1) for row in (-1, 0, 1)]
#: Points by which the words of an OCR layer may lie beside those that are shown.
_STEPS = range(-3, 4)
#: Operations of paths, clips and colours.
_PAINTING = frozenset(b"re m l c v y W W* S s n f F f* B B* b b* Tr gs cs g rg k sc scn".split())
#: Operations that leave a mark on the page.
_PAINT = frozenset((*b"f F f* B B* b b* s S sh Do Tj TJ ' \"".split(), b"INLINE IMAGE"))
_RUNS, _SINGLES = re.compile(r"\S+").finditer, re.compile(r"\S").finditer

_Handler = Callable[[list[Any], list[float], list[float]], None]


def leaves_a_mark(operations: Iterable[tuple[Any, bytes]]) -> bool:
    """Whether operations draw anything."""
    return any(operator in _PAINT for _, operator in operations)


class _Frame(NamedTuple):
    """What is in force around a form, and is again after it."""

    base: Matrix
    resources: Any
    saved: list[TextState]
    state: TextState
    pen: float
    visits: int
    depth: int


class Canvas:
    """What one page draws; its two ``visit`` methods are pypdf's visitors.

    Parameters
    ----------
    base : Matrix
        From the page's own coordinates to those of a reader.
    resources : DictionaryObject
        Of the page.
    load_font : callable
        Gives the glyphs of a font resource; None stands for one that is missing.
    layers : Layers
        Of the document.
    """

    def __init__(
        self, base: Matrix, resources: Any, load_font: Callable[[Any], Glyphs], layers: Layers
    ) -> None:
        self.words = Words()
        self.paint = Paint(layers)
        #: Words that are known not to be shown when they are drawn.
        self._unseen = Words()
        #: From which word on text is drawn so, for both of them.
        self._tags: list[tuple[int, Tag]] = []
        self._unseen_tags: list[tuple[int, Tag]] = []
        self._strings: dict[tuple[str, int, int], tuple[float, float]] = {}
        #: What marked content says instead of its glyphs, from the outermost inwards.
        self._instead: list[str | None] = []
        self.painted = False
        self._error: Exception | None = None
        self._load_font = load_font
        self._move_to(base, resources)
        self._frames: list[_Frame] = []
        self._forms = self._visits = 0
        self._saved: list[TextState] = []
        self._state = TextState()
        self._pen = 0.0
        self._page = base
        self._handlers: dict[bytes, _Handler] = {
            b"Tj": self._show,
            b"TJ": self._show_array,
            b"'": self._show_on_next_line,
            b'"': self._show_with_spacing,
            b"Tf": self._set_font,
            b"Tc": self._set_letter,
            b"Tw": self._set_word,
            b"Tz": self._set_stretch,
            b"Ts": self._set_rise,
            b"q": self._save,
            b"Q": self._restore,
            b"Do": self._leave,
            b"BMC": self._mark,
            b"BDC": self._mark,
            b"EMC": self._end_mark,
            **dict.fromkeys((b"BT", b"Td", b"TD", b"Tm", b"T*"), self._start_line),
        }

    def begin(self, base: Matrix, resources: Any) -> None:
        """Go on with contents of their own, above what is drawn."""
        self._move_to(base, resources)
        self._saved, self._state, self._pen = [], TextState(), 0.0
        self._instead.clear()
        self.paint.begin()

    def visit_before(self, operator: bytes, operands: Any, cm: Any, _tm: Any) -> None:
        """Be pypdf's visitor before an operation: enter the form that it draws."""
        self._visits += 1
        if operator == b"Do":
            try:
                self._enter(operands, cm)
            except Exception as error:
                self._error = self._error or error
                raise

    def visit_after(self, operator: bytes, operands: Any, cm: Any, tm: Any) -> None:
        """Be pypdf's visitor after an operation."""
        if not self.painted and operator in _PAINT:
            self.painted = True
        handler = self._handlers.get(operator)
        try:
            if handler is not None:
                handler(operands, cm, tm)
            elif operator in _PAINTING:
                self.paint.operate(operator, operands, self._to_page(cm), self._resources)
        except Exception as error:
            self._error = self._error or error
            raise

    def finish(self) -> None:
        """End the last word.

        Raises
        ------
        Exception
            The first that a visitor met: pypdf swallows those inside forms.
        """
        self.words.close()
        self._unseen.close()
        if self._error is not None:
            raise self._error

    def shown(self, width: float, height: float) -> tuple[list[Word], list[tuple[str, str]]]:
        """Words that a viewer shows of a page of this size; reason and text of the others."""
        words: list[Word] = []
        told: list[tuple[str, Word]] = []
        for word, tag in [
            *_with_tags(self.words.found, self._tags),
            *_with_tags(self._unseen.found, self._unseen_tags),
        ]:
            reason = self.paint.reason(word, tag)
            if reason is None:
                words.append(word)
            else:
                told.append((reason, word))
        if len(told) > len(words) and self.paint.is_scan(width, height):
            # The text that was put into a scan, or behind it.
            words += [word for _, word in told]
            told = []
        places = {(word.text, round(word.x0), round(word.bottom)) for word in words}
        again = {
            (text, x + dx, bottom + dy)
            for text, x, bottom in places
            for dx in _STEPS
            for dy in _STEPS
            if told
        }
        self.words.found = words
        self.words.finish()
        return self.words.found, [
            (reason, word.text)
            for reason, word in told
            if (word.text, round(word.x0), round(word.bottom)) not in again
        ]

    # ---- Text state. Operands that are missing or of another kind are passed over, as
    # other readers do.

    def _set_font(self, operands: list[Any], _cm: Any, _tm: Any) -> None:
        name = operands[0] if operands else None
        glyphs = self._fonts.get(name)
        if glyphs is None:
            resources = entry(self._resources, "/Font")
            known = isinstance(resources, DictionaryObject)
            self._fonts[name] = glyphs = self._load_font(resources.get(name) if known else None)
        size = _operand(operands, 1, self._state.size)
        self._state = self._state._replace(glyphs=glyphs, size=size)

    def _set_letter(self, operands: list[Any], _cm: Any, _tm: Any) -> None:
        self._state = self._state._replace(letter=_operand(operands, 0, 0.0))

    def _set_word(self, operands: list[Any], _cm: Any, _tm: Any) -> None:
        self._state = self._state._replace(word=_operand(operands, 0, 0.0))

    def _set_stretch(self, operands: list[Any], _cm: Any, _tm: Any) -> None:
        self._state = self._state._replace(stretch=_operand(operands, 0, 100.0) / 100.0)

    def _set_rise(self, operands: list[Any], _cm: Any, _tm: Any) -> None:
        self._state = self._state._replace(rise=_operand(operands, 0, 0.0))

    def _save(self, _operands: Any, _cm: Any, _tm: Any) -> None:
        self._saved.append(self._state)
        self.paint.save()

    def _restore(self, _operands: Any, _cm: Any, _tm: Any) -> None:
        if self._saved:
            self._state = self._saved.pop()
            self.paint.restore()

    # ---- Forms, inside which pypdf starts with a matrix and a text state of their own.

    def _enter(self, operands: list[Any], cm: list[float]) -> None:
        drawn = entry(entry(self._resources, "/XObject"), operands[0]) if operands else None
        form = self._form(operands)
        frame = _Frame(
            self._base, self._resources, self._saved, self._state, self._pen, self._visits, 0
        )
        self._frames.append(frame)
        if form is None:
            if isinstance(drawn, DictionaryObject):
                self.paint.picture(drawn, self._to_page(cm))
            return
        self._forms += 1
        if self._forms > MOST_FORMS:
            raise OverflowError(f"more than {MOST_FORMS} forms are drawn")
        resources = entry(form, "/Resources")
        if not isinstance(resources, DictionaryObject):
            # Old files let forms use the page's; pypdf reads no text of a form without.
            resources = self._resources
            form[NameObject("/Resources")] = resources
        matrix = entry(form, "/Matrix")
        own = (
            [number(value.get_object(), 0.0) for value in matrix]
            if isinstance(matrix, ArrayObject)
            else []
        )
        place = multiply(own if len(own) == len(_IDENTITY) else _IDENTITY, cm)
        self._move_to(multiply(place, self._base), resources)
        self._saved = []
        self._frames[-1] = frame._replace(depth=self.paint.enter(form, self._base))

    def _leave(self, operands: list[Any], _cm: Any, _tm: Any) -> None:
        nothing_seen, resources = self._visits == self._frames[-1].visits, self._resources
        frame = self._frames.pop()
        self._move_to(frame.base, frame.resources)
        self._saved, self._state, self._pen = frame.saved, frame.state, frame.pen
        if frame.depth:
            self.paint.leave(frame.depth)
        # pypdf goes on without a form that it cannot read, or that draws itself, and tells
        # its log alone: what it holds would be missing from the page.
        form = self._form(operands) if nothing_seen and resources else None
        if form is not None and ContentStream(form, None, "bytes").operations:
            raise ValueError(f"the form {operands[0]} is drawn and cannot be read")

    def _form(self, operands: list[Any]) -> DictionaryObject | None:
        """The form that ``Do`` draws; None for a picture, or nothing."""
        found = entry(entry(self._resources, "/XObject"), operands[0]) if operands else None
        is_form = isinstance(found, DictionaryObject) and entry(found, "/Subtype") == "/Form"
        return found if is_form else None

    def _move_to(self, base: Matrix, resources: Any) -> None:
        self._base, self._resources = base, resources
        self._cm: Matrix | None = None
        self._fonts: dict[Any, Glyphs] = {}

    # ---- Text.

    def _start_line(self, _operands: Any, _cm: Any, _tm: Any) -> None:
        self._pen = 0.0

    def _show(self, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        self._draw(operands[:1], cm, tm)

    def _show_array(self, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        if operands and isinstance(operands[0], ArrayObject):
            self._draw(operands[0], cm, tm)

    def _show_on_next_line(self, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        self._pen = 0.0
        self._draw(operands[:1], cm, tm)

    def _show_with_spacing(self, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        word, letter = _operand(operands, 0, 0.0), _operand(operands, 1, 0.0)
        self._state = self._state._replace(word=word, letter=letter)
        self._show_on_next_line(operands[2:], cm, tm)

    def _draw(self, items: list[Any], cm: list[float], tm: list[float]) -> None:
        """Strings, and numbers that move the pen between them."""
        state = self._state
        if state.glyphs is None:
            state = self._state = state._replace(glyphs=self._load_font(None))
        page = self._to_page(cm)
        em, pen = state.em, self._pen
        pieces: list[Piece | None] = []
        for item in items:
            if isinstance(item, (int, float)):
                pen -= item * _PER_EM * em
            elif isinstance(item, bytes) and item:
                pen = _pieces(item, pen, state, pieces)
        self._pen = pen
        place = multiply(tm, page)
        told = next((said for said in self._instead if said is not None), None)
        if told is not None:
            # Told once, where its first string is drawn.
            pieces = _told_instead(told, pieces)
            self._instead = [None if said is None else "" for said in self._instead]
        self._write(pieces, pen, state, place)

    def _write(
        self, pieces: list[Piece | None], pen: float, state: TextState, place: Matrix
    ) -> None:
        """Hand on what is drawn, to words that are shown as far as can be told now, or not."""
        tag = self.paint.tag()
        words, tags = (
            (self.words, self._tags) if tag.reason is None else (self._unseen, self._unseen_tags)
        )
        if not tags or tags[-1][1] != tag:
            words.close()
            tags.append((len(words.found), tag))
        if tag.reason is None and self._is_again(pieces, state, place):
            return
        words.write(pieces, pen, state, place)

    def _is_again(self, pieces: list[Piece | None], state: TextState, place: Matrix) -> bool:
        """Whether this string stands there already: bold letters are faked so."""
        first = next(filter(None, pieces), None)
        if first is None:
            return False
        text = "\0".join([piece[0] if piece else " " for piece in pieces])
        a, b, c, d, e, f = place
        cell = SAME_PLACE_SHARE * abs(state.size) * max(abs(c) + abs(d), 1e-6) or 1.0
        x, y = a * first[1] + e, b * first[1] + f
        column, row = int(x // cell), int(y // cell)
        drawn = self._strings
        for right, down in _AROUND:
            before = drawn.get((text, column + right, row + down))
            if before is not None and abs(before[0] - x) < cell and abs(before[1] - y) < cell:
                return True
        drawn[text, column, row] = x, y
        return False

    def _to_page(self, cm: Any) -> Matrix:
        if cm is not self._cm:
            self._cm, self._page = cm, multiply(cm, self._base)
        return self._page

    # ---- Marked content.

    def _mark(self, operands: list[Any], _cm: Any, _tm: Any) -> None:
        self.paint.mark(operands, self._resources)
        properties = operands[1] if len(operands) > 1 else None
        if not isinstance(properties, DictionaryObject):
            properties = entry(entry(self._resources, "/Properties"), properties)
        text = entry(properties, "/ActualText")
        if isinstance(text, bytes):
            wide = text.startswith(codecs.BOM_UTF16_BE)
            text = text[2:].decode("utf-16-be", "replace") if wide else text.decode("latin-1")
        self._instead.append(text if isinstance(text, str) else None)

    def _end_mark(self, _operands: list[Any], _cm: Any, _tm: Any) -> None:
        self.paint.end_mark()
        if self._instead:
            self._instead.pop()


def _pieces(string: bytes, pen: float, state: TextState, pieces: list[Piece | None]) -> float:
    """Add the pieces of one string, None for the spaces between; where the pen is after it."""
    glyphs: Glyphs = state.glyphs
    codes = glyphs.codes(string)
    if not codes:
        return pen
    em, letter = state.em, state.letter * state.stretch
    texts, widths = zip(*map(glyphs.__getitem__, codes), strict=True)
    steps = [width * em + letter for width in widths]
    if state.word and glyphs.one_byte:
        word = state.word * state.stretch
        steps = [
            step + word if code == " " else step for step, code in zip(steps, codes, strict=True)
        ]
    edges = list(accumulate(steps, initial=pen))
    pen = edges[-1]
    text = "".join(texts)
    if len(text) != len(codes):
        # Ligatures: all their letters start where the glyph does.
        starts = zip(texts, edges, strict=False)
        edges = [edge for letters, edge in starts for _ in letters] + [pen]
    # Letters set so far apart that a gap may part words are looked at one by one.
    find = _RUNS if abs(letter) <= GAP_SHARE * abs(em) else _SINGLES
    narrowest = NO_SPACE_SHARE * abs(em)
    done = 0
    for match in find(text):
        first, last = match.span()
        if first > done and abs(edges[first] - edges[done]) > narrowest:
            pieces.append(None)
        # A piece ends with its last glyph; the space that is put after each is no part.
        # Nor has a letter of a ligature that is not the last one a width of its own.
        after = letter if edges[last] != edges[first] else 0.0
        pieces.append((match[0], edges[first], edges[last] - after))
        done = last
    if done < len(text) and abs(pen - edges[done]) > narrowest:
        pieces.append(None)
    return pen


def _told_instead(text: str, pieces: list[Piece | None]) -> list[Piece | None]:
    """Pieces of the text that is told instead of what is drawn, spread evenly over its place."""
    drawn = [piece for piece in pieces if piece]
    if not drawn or not text:
        return []
    start, width = drawn[0][1], (drawn[-1][2] - drawn[0][1]) / len(text)
    told: list[Piece | None] = []
    for match in _RUNS(text):
        if told:
            told.append(None)
        first, last = match.span()
        told.append((match[0], start + first * width, start + last * width))
    return told


def _with_tags(words: list[Word], tags: list[tuple[int, Tag]]) -> Iterator[tuple[Word, Tag]]:
    """Each word with the tag that held when it was drawn."""
    ends = [start for start, _ in tags[1:]] + [len(words)]
    for (start, tag), end in zip(tags, ends, strict=False):
        for word in words[start:end]:
            yield word, tag


def _operand(operands: list[Any], index: int, default: float) -> float:
    return number(operands[index], default) if index < len(operands) else default
