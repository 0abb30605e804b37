"""Pages of the engine pypdf: what is drawn, operation by operation, and where.

pypdf calls back after each operation of a page and of the forms it draws, with the
transformation and text matrices. What it does not tell is kept here: the pen's way along
a line, which needs the widths of the font's glyphs, the text state, and the forms' places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, NamedTuple

from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, NameObject

from perfkit.engines._pypdf_fonts import Glyphs, entry, number
from perfkit.engines._pypdf_words import (
    GAP_SHARE,
    NO_SPACE_SHARE,
    Matrix,
    Piece,
    TextState,
    Words,
    multiply,
)

__all__ = ["Canvas", "leaves_a_mark"]

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
#: Moves inside an array of strings are in thousandths of the font's size.
_PER_EM = 0.001
#: More calls of forms than this are a bomb; pypdf would leave out the rest and say nothing.
MOST_FORMS = 5000
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
    """

    def __init__(self, base: Matrix, resources: Any, load_font: Callable[[Any], Glyphs]) -> None:
        self.words = Words()
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
            **dict.fromkeys((b"BT", b"Td", b"TD", b"Tm", b"T*"), self._start_line),
        }

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
        if handler is not None:
            try:
                handler(operands, cm, tm)
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
        if self._error is not None:
            raise self._error

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

    def _restore(self, _operands: Any, _cm: Any, _tm: Any) -> None:
        if self._saved:
            self._state = self._saved.pop()

    # ---- Forms, inside which pypdf starts with a matrix and a text state of their own.

    def _enter(self, operands: list[Any], cm: list[float]) -> None:
        self._frames.append(
            _Frame(self._base, self._resources, self._saved, self._state, self._pen, self._visits)
        )
        form = self._form(operands)
        if form is None:
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

    def _leave(self, operands: list[Any], _cm: Any, _tm: Any) -> None:
        nothing_seen, resources = self._visits == self._frames[-1].visits, self._resources
        frame = self._frames.pop()
        self._move_to(frame.base, frame.resources)
        self._saved, self._state, self._pen = frame.saved, frame.state, frame.pen
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
        if cm is not self._cm:
            self._cm, self._page = cm, multiply(cm, self._base)
        em, pen = state.em, self._pen
        pieces: list[Piece | None] = []
        for item in items:
            if isinstance(item, (int, float)):
                pen -= item * _PER_EM * em
            elif isinstance(item, bytes) and item:
                pen = _pieces(item, pen, state, pieces)
        self._pen = pen
        self.words.write(pieces, pen, state, multiply(tm, self._page))


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


def _operand(operands: list[Any], index: int, default: float) -> float:
    return number(operands[index], default) if index < len(operands) else default
