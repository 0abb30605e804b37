"""Words of the engine pypdf: what a page draws, operation by operation, and where.

pypdf calls back after each operation of a page and of the forms it draws, with the
transformation and text matrices. What it does not tell is kept here: the pen's way along
a line, which needs the widths of the font's glyphs, spacing, and the matrices of forms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from perfkit.engines._pypdf_fonts import Glyphs
from perfkit.model import Word

__all__ = ["IDENTITY", "Canvas", "Matrix"]

Matrix = Sequence[float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
#: Widths and moves inside strings are in thousandths of the font's size.
_PER_EM = 0.001

#: Share of the font's size that hangs below the baseline. One for all fonts, so that the
#: words of a line share their lower edge; fonts in use differ from it by 0.03.
DESCENT_SHARE = 0.21
#: A gap wider than this share of the font's size parts words: kerning is narrower, and
#: the narrowest space is wider.
GAP_SHARE = 0.15
#: Some programs take a space back with the spacing they set: one this narrow is none.
NO_SPACE_SHARE = 0.08
#: Kerning inside a string may draw glyphs over each other by up to this share ...
BACK_SHARE = 1.0
#: ... and from one string to the next by up to this.
BACK_BETWEEN_SHARE = 0.3
#: Letters of one word are not set apart by more than this: cells are.
WIDEST_TRACKING_SHARE = 0.35
#: So many gaps that are alike show letters set apart, also without the one that follows.
ENOUGH_GAPS = 2
#: Strings of one word do not step up or down by more than this share.
STEP_SHARE = 0.3
#: ... nor turn by more than eight degrees.
SAME_DIRECTION_COSINE = 0.99
#: A word is drawn twice where it stands again within a point or so of itself.
SAME_PLACE_POINTS = 0.5
#: More calls of forms than this are a bomb: pypdf would go on without the rest.
MOST_FORMS = 5000

#: Operations that leave a mark on the page.
_PAINT = frozenset((*b"f F f* B B* b b* s S sh Do Tj TJ ' \"".split(), b"INLINE IMAGE"))


def multiply(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that does ``m`` first, then ``n``."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


#: Text, and where it starts and ends along the line, in the units of the text matrix.
_Glyph = tuple[str, float, float]


class _OpenWord(NamedTuple):
    """A word that the next string may go on with; where the pen stands after it."""

    text: str
    box: tuple[float, float, float, float]
    end_x: float
    end_y: float
    tracking: float
    place: Matrix


class Canvas:
    """What one page draws; its two ``visit`` methods are pypdf's visitors.

    Parameters
    ----------
    base : Matrix
        From the page's own coordinates to those of a reader.
    resources : DictionaryObject
        Of the page.
    load_font : callable
        Gives the glyphs of a font resource.
    """

    def __init__(
        self,
        base: Matrix,
        resources: DictionaryObject,
        load_font: Callable[[Any], Glyphs],
    ) -> None:
        self.words: list[Word] = []
        self.painted = False
        self._drawn: set[tuple[str, int, int]] = set()
        self.error: Exception | None = None
        self._base, self._resources, self._load_font = base, resources, load_font
        self._forms: list[tuple[Any, ...]] = []
        self._form_count = 0
        self._saved: list[tuple[Any, ...]] = []
        self._glyphs: Glyphs | None = None
        self._size, self._letter, self._word = 0.0, 0.0, 0.0
        self._stretch, self._rise = 1.0, 0.0
        self._pen = 0.0
        self._cm: Matrix | None = None
        self._page: Matrix = base
        self._open: _OpenWord | None = None
        restart = self._restart
        self._handlers: dict[bytes, Callable[[list[Any], list[float], list[float]], None]] = {
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
            **dict.fromkeys((b"BT", b"Td", b"TD", b"Tm", b"T*"), restart),
        }

    def visit_before(self, operator: bytes, operands: Any, cm: Any, tm: Any) -> None:
        """pypdf's visitor before an operation: enter the form that it draws."""
        del tm
        if operator == b"Do":
            self._guarded(self._enter, operands, cm, cm)

    def visit_after(self, operator: bytes, operands: Any, cm: Any, tm: Any) -> None:
        """pypdf's visitor after an operation."""
        if not self.painted and operator in _PAINT:
            self.painted = True
        handler = self._handlers.get(operator)
        if handler is not None:
            self._guarded(handler, operands, cm, tm)

    def finish(self) -> None:
        """Close the last word.

        Raises
        ------
        Exception
            The first that a visitor met: pypdf swallows those inside forms.
        """
        self.close_word()
        if self.error is not None:
            raise self.error

    def _guarded(self, handler: Callable[..., None], operands: Any, cm: Any, tm: Any) -> None:
        try:
            handler(operands, cm, tm)
        except Exception as error:
            self.error = self.error or error
            raise

    # Text state

    def _set_font(self, operands: list[Any], cm: Any, tm: Any) -> None:
        del cm, tm
        fonts = _entry(self._resources, "/Font")
        name = operands[0] if operands else None
        resource = fonts.get(name) if isinstance(fonts, DictionaryObject) else None
        self._glyphs = self._load_font(resource)
        self._size = _number(operands, 1, self._size)

    def _set_letter(self, operands: list[Any], cm: Any, tm: Any) -> None:
        del cm, tm
        self._letter = _number(operands, 0, 0.0)

    def _set_word(self, operands: list[Any], cm: Any, tm: Any) -> None:
        del cm, tm
        self._word = _number(operands, 0, 0.0)

    def _set_stretch(self, operands: list[Any], cm: Any, tm: Any) -> None:
        del cm, tm
        self._stretch = _number(operands, 0, 100.0) / 100.0

    def _set_rise(self, operands: list[Any], cm: Any, tm: Any) -> None:
        del cm, tm
        self._rise = _number(operands, 0, 0.0)

    def _state(self) -> tuple[Any, ...]:
        return (self._glyphs, self._size, self._letter, self._word, self._stretch, self._rise)

    def _set_state(self, state: tuple[Any, ...]) -> None:
        self._glyphs, self._size, self._letter, self._word, self._stretch, self._rise = state

    def _save(self, operands: Any, cm: Any, tm: Any) -> None:
        del operands, cm, tm
        self._saved.append(self._state())

    def _restore(self, operands: Any, cm: Any, tm: Any) -> None:
        del operands, cm, tm
        if self._saved:
            self._set_state(self._saved.pop())

    # Forms

    def _enter(self, operands: list[Any], cm: list[float], tm: Any) -> None:
        del tm
        self._forms.append(
            (self._base, self._resources, self._saved, self._pen, self._state())
        )
        objects = _entry(self._resources, "/XObject")
        form = _entry(objects, operands[0]) if operands else None
        if not isinstance(form, DictionaryObject) or form.get("/Subtype") != "/Form":
            return
        self._form_count += 1
        if self._form_count > MOST_FORMS:
            raise OverflowError(f"more than {MOST_FORMS} forms are drawn")
        resources = _entry(form, "/Resources")
        if isinstance(resources, DictionaryObject):
            self._resources = resources
        else:
            # Forms of old may use the page's; pypdf leaves them out when they have none.
            form[NameObject("/Resources")] = self._resources
        matrix = _entry(form, "/Matrix")
        own = [float(n) for n in matrix] if isinstance(matrix, ArrayObject) else IDENTITY
        self._base = multiply(multiply(own if len(own) == 6 else IDENTITY, cm), self._base)
        self._saved, self._cm = [], None

    def _leave(self, operands: Any, cm: Any, tm: Any) -> None:
        del operands, cm, tm
        self._base, self._resources, self._saved, self._pen, state = self._forms.pop()
        self._set_state(state)
        self._cm = None

    # Text

    def _restart(self, operands: Any, cm: Any, tm: Any) -> None:
        del operands, cm, tm
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
        self._word, self._letter = _number(operands, 0, 0.0), _number(operands, 1, 0.0)
        self._show_on_next_line(operands[2:], cm, tm)

    def _draw(self, items: list[Any], cm: list[float], tm: list[float]) -> None:
        """Strings, and numbers that move the pen between them, in the units of ``tm``."""
        glyphs = self._glyphs
        if glyphs is None:
            glyphs = self._glyphs = self._load_font(None)
        if cm is not self._cm:
            self._cm, self._page = cm, multiply(cm, self._base)
        em, letter = self._size * self._stretch, self._letter * self._stretch
        word, narrowest = self._word * self._stretch, NO_SPACE_SHARE * abs(em)
        pen = end = self._pen
        run: list[_Glyph] = []
        runs: list[list[_Glyph] | None] = []
        for item in items:
            if isinstance(item, (int, float)):
                pen -= item * _PER_EM * em
                continue
            if not isinstance(item, bytes):
                continue
            for code in glyphs.codes(item):
                text, width = glyphs[code]
                step = width * em + letter + (word if code == " " else 0.0)
                if not text.isspace():
                    end = pen + width * em
                    run.append((text, pen, end))
                elif abs(step) > narrowest:
                    runs += (run, None)
                    run = []
                pen += step
        runs.append(run)
        self._pen = pen
        self._write(runs, pen - end, multiply(tm, self._page))

    def _write(self, runs: list[list[_Glyph] | None], last_gap: float, place: Matrix) -> None:
        """Pieces of words from runs of glyphs; None stands for white space between runs."""
        em = self._size * self._stretch
        forth = math.copysign(1.0, em)
        gaps = [
            forth * (after[1] - before[2])
            for run in runs
            if run
            for before, after in pairwise(run)
        ]
        # Letters may be set apart, all alike; what is wider than that parts words.
        if len(gaps) < ENOUGH_GAPS:
            gaps.append(forth * last_gap)
        tracking = min(gaps)
        if not 0.0 < tracking <= WIDEST_TRACKING_SHARE * abs(em):
            tracking = 0.0
        least, most = -BACK_SHARE * abs(em), GAP_SHARE * abs(em) + tracking
        for run in runs:
            if run is None:
                self.close_word()
            elif run:
                first = 0
                for k, (before, after) in enumerate(pairwise(run), 1):
                    if not least <= forth * (after[1] - before[2]) <= most:
                        self._add(run[first:k], tracking, place)
                        self.close_word()
                        first = k
                self._add(run[first:], tracking, place)

    def _add(self, glyphs: list[_Glyph], tracking: float, place: Matrix) -> None:
        """Take a piece of a word, and join it to the open word if it goes on where that ends."""
        a, b, c, d, e, f = place
        size, rise = self._size, self._rise
        start, end = glyphs[0][1], glyphs[-1][2]
        x, y = a * start + c * rise + e, b * start + d * rise + f
        end_x, end_y = a * end + c * rise + e, b * end + d * rise + f
        up_x, up_y = (1.0 - DESCENT_SHARE) * c * size, (1.0 - DESCENT_SHARE) * d * size
        down_x, down_y = -DESCENT_SHARE * c * size, -DESCENT_SHARE * d * size
        xs = (x + up_x, x + down_x, end_x + up_x, end_x + down_x)
        ys = (y + up_y, y + down_y, end_y + up_y, end_y + down_y)
        box = min(xs), min(ys), max(xs), max(ys)
        text = "".join([glyph[0] for glyph in glyphs])
        went_on = self._open
        if went_on is not None and self._goes_on(went_on, (x, y), place):
            before = went_on.box
            box = (
                min(before[0], box[0]),
                min(before[1], box[1]),
                max(before[2], box[2]),
                max(before[3], box[3]),
            )
            text = went_on.text + text
        else:
            self.close_word()
        self._open = _OpenWord(text, box, end_x, end_y, tracking, place)

    def _goes_on(self, before: _OpenWord, start: tuple[float, float], place: Matrix) -> bool:
        """Whether a piece begins where the open word ends, in the same direction."""
        a, b, c, d = place[:4]
        if place[:4] != before.place[:4] and not _same_direction(place, before.place):
            return False
        step_x, step_y = start[0] - before.end_x, start[1] - before.end_y
        length, height = math.hypot(a, b), math.hypot(c, d)
        if not length or not height or not self._size:
            return False
        em = length * abs(self._size * self._stretch)
        along = (step_x * a + step_y * b) / length * math.copysign(1.0, self._size * self._stretch)
        across = (step_x * c + step_y * d) / height
        return (
            -BACK_BETWEEN_SHARE * em <= along <= GAP_SHARE * em + length * before.tracking
            and abs(across) <= STEP_SHARE * height * abs(self._size)
        )

    def close_word(self) -> None:
        """End the open word: white space follows, or nothing."""
        if self._open is None:
            return
        word = Word(self._open.text, *self._open.box)
        self._open = None
        if not self._is_drawn_twice(word):
            self.words.append(word)

    def _is_drawn_twice(self, word: Word) -> bool:
        """Whether the same word stands there already: bold letters are faked so."""
        text, x, _, _, y = word
        near = SAME_PLACE_POINTS
        low_x, high_x, low_y, high_y = int(x - near), int(x + near), int(y - near), int(y + near)
        drawn = self._drawn
        if (
            (text, low_x, low_y) in drawn
            or (text, high_x, low_y) in drawn
            or (text, low_x, high_y) in drawn
            or (text, high_x, high_y) in drawn
        ):
            return True
        drawn.add((text, int(x), int(y)))
        return False


def _same_direction(one: Matrix, other: Matrix) -> bool:
    length = math.hypot(one[0], one[1]) * math.hypot(other[0], other[1])
    return one[0] * other[0] + one[1] * other[1] > SAME_DIRECTION_COSINE * length


def _entry(holder: Any, key: Any) -> Any:
    value = holder.get(key) if isinstance(holder, DictionaryObject) else None
    return None if value is None else value.get_object()


def _number(operands: list[Any], index: int, default: float) -> float:
    value = operands[index] if index < len(operands) else None
    return float(value) if isinstance(value, (int, float)) else default
