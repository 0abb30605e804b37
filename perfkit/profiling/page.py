"""A profile as one HTML file: nothing is loaded, and without its script all can be read."""

from __future__ import annotations

import base64
import hashlib
import html
from typing import TYPE_CHECKING

from perfkit.bench.formatting import tied
from perfkit.profiling.rendering import body_of, picture_of
from perfkit.profiling.style import STYLE

if TYPE_CHECKING:
    from perfkit.profiling.result import Profile

__all__ = ["page"]

_HEADINGS = {
    "difference": "Who takes more, who takes less",
    "time": "Time",
    "line": "Lines of the hot functions",
    "memory": "Memory over time",
    "allocations": "Memory at its peak, by who allocated it",
}

_PAGE_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1d21; --muted: #565b64; --line: #d9dce1; --link: #0b5fa5; }
@media (prefers-color-scheme: dark) { :root { --paper: #15171b; --ink: #e8eaee; --muted: #a9afba; --line: #3a3f48; --link: #7db9f0;
  --perfkit-paper: #15171b; --perfkit-ink: #e8eaee; --perfkit-muted: #a9afba; --perfkit-grid: #3a3f48; --perfkit-series-1: #4ba3f0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
a { color: var(--link); }
p { max-width: 46rem; } .perfkit-sentence { font-weight: 600; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
.perfkit-number { text-align: right; white-space: nowrap; }
.perfkit-scroll { overflow-x: auto; margin: .4rem 0; }
figure { margin: 1.2rem 0; } figcaption { color: var(--muted); font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; font-size: .9rem; } dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; }
#search { font: inherit; padding: .3rem .5rem; width: min(100%, 24rem); color: inherit; background: transparent; border: 1px solid var(--muted); border-radius: .3rem; }
mark { background: #ffe08a; color: #1b1d21; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: .5rem; padding: .4rem .8rem; background: var(--paper); }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } }
@page { size: A4; margin: 14mm; }
@media print { form { display: none; } .perfkit-scroll { overflow: visible; } }
"""  # noqa: E501 - a rule a line, as in a style sheet

#: Search beyond the browser's own: it marks frames, and opens what is folded around a hit.
_SCRIPT = """
const form = document.querySelector('form'), field = document.getElementById('search');
const said = document.getElementById('found');
form.hidden = false;
form.addEventListener('submit', event => event.preventDefault());
field.addEventListener('input', () => {
  const wanted = field.value.trim().toLowerCase();
  const has = element => wanted && element.textContent.toLowerCase().includes(wanted);
  let frames = 0, rows = 0;
  for (const frame of document.querySelectorAll('.fr')) {
    const hit = has(frame); frame.classList.toggle('hit', hit); frames += hit ? 1 : 0;
  }
  for (const row of document.querySelectorAll('tbody tr')) {
    row.hidden = Boolean(wanted) && !has(row); rows += row.hidden ? 0 : 1;
  }
  if (wanted) for (const code of document.querySelectorAll('.perfkit-calls code')) {
    let fold = has(code) && code.closest('details');
    for (; fold; fold = fold.parentElement.closest('details')) fold.open = true;
  }
  said.textContent = wanted ? `${frames} frames and ${rows} rows hold it.` : '';
});
document.addEventListener('keydown', event => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key], at = document.activeElement;
  if (!step || !at.closest || !at.matches('.fr')) return;
  const stops = [...at.closest('svg.perfkit-flame').querySelectorAll('.fr[tabindex]')];
  const next = stops[stops.indexOf(at) + step];
  if (next) { next.focus(); event.preventDefault(); }
});
"""


def page(profile: Profile) -> str:
    """The whole page."""
    allowed = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    title = html.escape(f"Profile of {profile.work}")
    parts = []
    for part in profile.parts:
        drawn = picture_of(part)
        figure = f"<figure>{drawn.svg}</figure>" if drawn else ""
        parts.append(
            f"<h2>{_HEADINGS[part.kind]}</h2>"
            f'<p class="perfkit-sentence">{html.escape(tied(part.sentence()))}</p>'
            f"{figure}{body_of(part)}"
        )
    rows = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>"
        for name, value in [*profile.environment.rows(), ("profile", profile.id)]
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'unsafe-inline'; script-src 'sha256-{allowed}'; base-uri 'none'; "
        "form-action 'none'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="generator" content="perfkit">'
        f"<title>{title}</title><style>{_PAGE_STYLE}{STYLE}</style></head><body>"
        '<a class="skip" href="#main">Skip to the content</a>'
        f'<main id="main" tabindex="-1"><h1>{title}</h1>'
        '<form role="search" hidden><label for="search">Search functions, files and lines: </label>'
        '<input id="search" type="search" autocomplete="off"> '
        '<span id="found" role="status"></span></form>'
        f"{''.join(parts)}<h2>Environment</h2><dl>{rows}</dl></main>"
        f"<script>{_SCRIPT}</script></body></html>\n"
    )
