"""A card for each notebook, kept beside the pages; the index is made of them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from perfkit.report.files import write_whole

__all__ = ["RECOMMENDED", "Card", "Found", "read_cards", "write_card"]

#: Word of the verdict that the index begins with: what to take.
RECOMMENDED = "recommended"
_FOLDER = "cards"
_SCHEMA = 2


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """One verdict of a notebook: its sentence, with the chart that shows it.

    ``title`` is the chart's; ``word`` that of a comparison, such as ``faster``, or
    :data:`RECOMMENDED`; ``svg`` is empty where there is no chart.
    """

    sentence: str
    title: str = ""
    svg: str = ""
    word: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """What the index shows of a notebook's latest run.

    ``started`` is ISO 8601 with its offset, ``seconds`` the notebook's duration, ``page``
    the name of its page in the same folder; ``error`` says which cell failed, and how.
    """

    name: str
    title: str
    verdicts: tuple[Found, ...]
    started: str
    seconds: float
    page: str
    error: str | None
    environment: dict[str, Any]


def write_card(card: Card, out: Path) -> None:
    """Keep a card, in place of the notebook's earlier one."""
    text = json.dumps({"schema": _SCHEMA, **dataclasses.asdict(card)}, indent=1)
    write_whole(out / _FOLDER / f"{card.name}.json", text + "\n")


def read_cards(out: Path) -> list[Card]:
    """Cards whose page is there, newest first. A file that is no card is left out."""
    found = []
    for file in sorted((out / _FOLDER).glob("*.json")):
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            if values.pop("schema") == _SCHEMA and (out / values["page"]).is_file():
                verdicts = tuple(Found(**each) for each in values.pop("verdicts"))
                found.append(Card(**values, verdicts=verdicts))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return sorted(found, key=lambda card: card.started, reverse=True)
