"""A card for each notebook, kept beside the pages; the index is made of them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from perfkit.bench.environment import Environment
from perfkit.bench.formatting import tied
from perfkit.errors import MissingExtraError
from perfkit.report.files import write_whole
from perfkit.report.page import TEMPLATES, stylesheet
from perfkit.report.sanitise import clean_svg
from perfkit.report.words import run_time, when

__all__ = ["Card", "read_cards", "write_card", "write_index"]

_FOLDER = "cards"
_SCHEMA = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """What the index shows of a notebook's latest run.

    ``started`` is ISO 8601 with its offset, ``seconds`` the notebook's duration, ``page``
    the name of its page in the same folder; ``error`` says which cell failed, and how.
    """

    name: str
    title: str
    sentence: str
    svg: str
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
                found.append(Card(**values))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return sorted(found, key=lambda card: card.started, reverse=True)


def write_index(out: Path) -> Path:
    """Write ``index.html`` from the cards that are there; give its path."""
    try:
        from jinja2 import Environment as Templates
        from jinja2 import FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError("jinja2", "workbench", "A report") from error
    templates = Templates(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    cards = read_cards(out)
    latest = Environment.from_dict(cards[0].environment).rows() if cards else []
    shown = [
        {
            **dataclasses.asdict(card),
            # A card is a file that anything may have changed since.
            "svg": clean_svg(card.svg) if card.svg else "",
            "sentence": tied(card.sentence),
            "started_text": when(card.started),
            "seconds_text": run_time(card.seconds),
        }
        for card in cards
    ]
    page = templates.get_template("index.html.j2").render(
        cards=shown, environment=latest, css=stylesheet()
    )
    write_whole(out / "index.html", page)
    return out / "index.html"
