"""A text, or a stream of chunks, in blocks that cut no run of letters and digits in two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from perfkit.errors import ParameterError

__all__ = ["ALPHANUMERIC", "Readable", "blocks", "cut", "parts"]

ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#: A run of so many characters is no code, whatever else comes.
_TOO_LONG = 8


@runtime_checkable
class Readable(Protocol):
    """An open file, of text or of bytes."""

    def read(self, size: int, /) -> str | bytes:
        """At most so many characters or bytes; none at the end."""
        ...


def cut(text: str, size: int) -> Iterator[str]:
    """A text in blocks of about a size, cut between runs only.

    A run that is longer than any code may be cut; the next block then begins with as much of
    the run as says so.
    """
    start = 0
    while start + size < len(text):
        end = start + size
        kept = text[end - _TOO_LONG : end].rstrip(ALPHANUMERIC)
        between = end - _TOO_LONG + len(kept)
        yield text[start : between if kept else end]
        start = between
    yield text[start:]


def blocks(chunks: Iterable[str]) -> Iterator[str]:
    """A stream of chunks as blocks, cut between runs only; runs too long for a code lose some."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        whole = text.rstrip(ALPHANUMERIC)
        # Of a run that is too long as it is, so much is enough to say so.
        rest = text[len(whole) :][-_TOO_LONG:]
        if whole:
            yield whole
    if rest:
        yield rest


def parts(source: Readable | Iterable[str] | Iterable[bytes], size: int) -> Iterator[str]:
    """Blocks of about a chunk's size, whatever the size of the pieces that come in."""
    return blocks(_gathered(_pieces(source, size), size))


def _pieces(source: Readable | Iterable[str] | Iterable[bytes], size: int) -> Iterator[str | bytes]:
    if isinstance(source, str | bytes):
        yield source  # a text is one chunk, not as many as it has characters
    elif isinstance(source, Readable):
        while piece := source.read(size):
            yield piece
    else:
        yield from source


def _gathered(chunks: Iterable[str | bytes], size: int) -> Iterator[str]:
    small: list[str] = []
    held = 0
    for chunk in chunks:
        if isinstance(chunk, bytes):
            # In Latin-1 every byte is a character, and those beyond ASCII are no part of a
            # code, nor is any byte of a longer UTF-8 character.
            text = chunk.decode("latin-1")
        elif isinstance(chunk, str):
            text = chunk
        else:
            raise ParameterError(f"A chunk is text or bytes, not {type(chunk).__name__}.")
        small.append(text)
        held += len(text)
        if held >= size:
            yield "".join(small)
            small, held = [], 0
    yield "".join(small)
