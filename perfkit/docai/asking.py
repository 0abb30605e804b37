"""Getting the answer for some pages of a document: from what is kept, or from the service."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from perfkit.docai import client
from perfkit.docai.answers import Answers, answers_for
from perfkit.docai.gate import gate_for
from perfkit.docai.retry import Answered, Refusal, Tries, ask
from perfkit.docai.settings import Settings
from perfkit.docai.use import Meter

__all__ = ["MOST_BYTES", "Asker", "Piece"]

#: The service takes documents of 40 MB.
MOST_BYTES = 40 << 20
_MIB = 1 << 20
#: An endpoint that never answered is given up after so long.
_UNREACHABLE_SECONDS = 10.0


class Piece(NamedTuple):
    """Pages that are asked for at once, both ends included, and how they are sent.

    ``split`` says that the request holds these pages only; else it holds the whole document
    and their numbers. ``data`` gives what is sent; nothing is made of it where the answer is
    kept already.
    """

    first: int
    last: int
    split: bool
    data: Callable[[], bytes]

    @property
    def pages(self) -> int:
        """How many."""
        return self.last - self.first + 1


class Asker:
    """Asks as the settings say, and counts; threads share it.

    Parameters
    ----------
    settings : Settings
    content : callable
        Gives the digest of the whole document's bytes.
    """

    def __init__(self, settings: Settings, content: Callable[[], str]) -> None:
        self._settings, self._content = settings, content
        self._gate = gate_for(settings.endpoint, settings.processor.split("/")[1], settings.quota)
        self._was_reached = False
        self.meter = Meter()

    def get(self, piece: Piece, wait: Callable[[float], bool]) -> Answered[Any]:
        """The answer (protobuf) for a piece, or why there is none.

        ``wait(seconds)`` is True once everything is to be given up.

        Raises
        ------
        MissingExtraError
            If the client library is not installed.
        ServiceError
            If there are no credentials.
        """
        if not self._settings.answers:
            return self._request(piece, wait)
        answers = answers_for(self._settings.answers, self._settings.answers_seconds)
        key = self._key(answers, piece)
        with answers.flight(key):
            kept = answers.look(key)
            if kept is not None:
                self.meter.kept()
                return Answered(kept, None, Tries.none())
            found = self._request(piece, wait)
            if found.answer is not None:
                answers.put(key, found.answer)
            return found

    def _key(self, answers: Answers, piece: Piece) -> str:
        settings = self._settings
        version = answers.version(
            settings.processor,
            lambda: client.processor_version(client.client_for(settings), settings),
        )
        options = f"{settings.options} split={int(piece.split)}"
        return answers.key(self._content(), f"{piece.first}-{piece.last}", version, options)

    def _request(self, piece: Piece, wait: Callable[[float], bool]) -> Answered[Any]:
        settings = self._settings
        service = client.client_for(settings)
        data = piece.data()
        if len(data) > MOST_BYTES:
            return Answered(None, _too_large(len(data)), Tries.none())
        selected = () if piece.split else tuple(range(piece.first, piece.last + 1))
        request = client.request_for(settings, data, selected)
        del data
        found = ask(
            lambda seconds: client.process(service, request, seconds),
            deadline_seconds=settings.deadline_seconds,
            gate=self._gate,
            wait=wait,
            # One that was there is waited for; one that never was is most likely misspelt.
            unreachable_seconds=math.inf if self._was_reached else _UNREACHABLE_SECONDS,
        )
        if found.refusal is None or not found.refusal.is_unreachable:
            self._was_reached = True
        self.meter.asked(piece.pages, found.tries, answered=found.answer is not None)
        return found


def _too_large(size: int) -> Refusal:
    return Refusal(
        "INVALID_ARGUMENT",
        f"its part of the document has {size / _MIB:.1f} MiB, the service takes 40 MiB",
    )
