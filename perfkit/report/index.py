"""``index.html``: each verdict as a card with its chart, and what earlier runs said."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from perfkit.bench.environment import Environment
from perfkit.bench.formatting import count, tied
from perfkit.report.calibration import calibration_html
from perfkit.report.cards import RECOMMENDED, Card, Found, read_cards
from perfkit.report.files import write_whole
from perfkit.report.fill import filled
from perfkit.report.history import FILE, Past, past_runs
from perfkit.report.sanitise import clean_svg
from perfkit.report.words import run_time, when

__all__ = ["write_index"]

#: Older runs than these are in the history's file.
_PAST_SHOWN = 30
#: Charts of an index that is to stay below a megabyte; the pages have them all.
_CHARTS_BYTES = 750_000


def write_index(out: Path) -> Path:
    """Write ``index.html`` from the cards that are there; give its path.

    Raises
    ------
    MissingExtraError
        If jinja2 is not installed.
    ReportError
        If the folder can't be written to.
    """
    cards = read_cards(out)
    shown_in_full = {(card.name, card.started) for card in cards}
    past = [run for run in past_runs(out) if (run.name, run.started) not in shown_in_full]
    latest = Environment.from_dict(cards[0].environment) if cards else None
    page = filled(
        "index.html.j2",
        cards=list(_shown(cards)),
        summary=_summary(cards),
        past=[_past(run) for run in past[:_PAST_SHOWN]],
        older=max(0, len(past) - _PAST_SHOWN),
        history=FILE,
        environment=latest.rows() if latest else [],
        calibration=calibration_html(latest) if latest else "",
    )
    write_whole(out / "index.html", page)
    return out / "index.html"


def _summary(cards: Sequence[Card]) -> str:
    failed = sum(bool(card.error) for card in cards)
    verdicts = sum(len(card.verdicts) for card in cards)
    recommends = any(of.word == RECOMMENDED for card in cards for of in card.verdicts)
    order = "what to take first, then the newest" if recommends else "newest first"
    said = f"{count(verdicts, 'verdict')} of {count(len(cards), 'notebook')}, {order}"
    return f"{said}; {count(failed, 'notebook')} failed." if failed else f"{said}."


def _shown(cards: Sequence[Card]) -> Iterator[dict[str, Any]]:
    """A card a verdict, what is recommended first; a notebook without one has a card too."""
    left = _CHARTS_BYTES
    each = [(card, found) for card in cards for found in card.verdicts or (Found(""),)]
    failed = {card.name: card.error for card in cards}
    for card, found in sorted(each, key=lambda of: of[1].word != RECOMMENDED):
        # A card is a file that anything may have changed since.
        svg = clean_svg(found.svg) if found.svg else ""
        fits = len(svg) <= left
        left -= len(svg) if fits else 0
        yield {
            **dataclasses.asdict(found),
            "is_first": found.word == RECOMMENDED,
            "title": card.title,
            "page": card.page,
            "error": failed.pop(card.name, None),
            "started": card.started,
            "started_text": when(card.started),
            "seconds_text": run_time(card.seconds),
            "sentence": tied(found.sentence),
            "svg": svg if fits else "",
            "caption": found.title if fits else "Its chart is too large for this page.",
        }


def _past(run: Past) -> dict[str, Any]:
    said = f"Failed: {run.error}" if run.error else next(iter(run.sentences), "No verdict.")
    if len(run.sentences) > 1:
        said += f" ({count(len(run.sentences) - 1, 'more verdict')}.)"
    return {
        "started": run.started,
        "started_text": when(run.started),
        "title": run.title,
        "said": tied(said),
        "revision": run.revision or "–",
        "machine": run.machine,
        "seconds_text": run_time(run.seconds),
    }
