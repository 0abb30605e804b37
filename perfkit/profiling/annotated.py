"""A function's source with what its lines took beside them, as HTML."""

from __future__ import annotations

import html

from perfkit.bench.formatting import figure, percent, tied
from perfkit.profiling.counting import Name
from perfkit.profiling.line_profile import LineProfile

__all__ = ["annotated"]

#: Shares of the function from which a line is tinted: the style's heat 1 to 4.
_HEAT = (0.01, 0.05, 0.15, 0.35)
#: Lines that are shown around one that is hot.
_NEAR = 2


def annotated(profile: LineProfile) -> str:
    """Every function as a table: line, hits, ms, share, source; hot ones tinted."""
    return "".join(_function(profile, name, total) for name, total in profile.functions())


def _function(profile: LineProfile, name: Name, total: float) -> str:
    first, text = profile.sources[name]
    counted = profile.lines_of(name)
    shown = {first} | {
        line
        for ran, (_, ms) in counted.items()
        if ms >= _HEAT[0] * total
        for line in range(ran - _NEAR, ran + _NEAR + 1)
    }
    indent = min((len(each) - len(each.lstrip()) for each in text if each.strip()), default=0)
    rows, left_out = [], False
    for line, source in enumerate(text, start=first):
        if line not in shown:
            left_out = True
            continue
        if left_out:
            rows.append('<tr><td colspan="5">…</td></tr>')
        left_out = False
        rows.append(_row(line, source[indent:], counted.get(line), total))
    label = html.escape(f"{name[0]}, {name[1]}: {figure(total)} ms a run")
    heads = "".join(
        f'<th scope="col"{kind}>{title}</th>'
        for title, kind in (
            *((title, ' class="perfkit-number"') for title in ("line", "hits", "ms", "share")),
            ("source", ""),
        )
    )
    return (
        f'<figure class="perfkit-results"><figcaption>{label}</figcaption>'
        f'<div class="perfkit-scroll" role="region" tabindex="0" aria-label="{label}">'
        f'<table class="perfkit-table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></figure>"
    )


def _row(line: int, source: str, counted: tuple[float, float] | None, total: float) -> str:
    cells = [str(line), "", "", ""]
    heat = 0
    if counted is not None:
        hits, ms = counted
        share = ms / total if total else 0.0
        heat = sum(share >= least for least in _HEAT)
        cells[1:] = [f"{hits:,.6g}", figure(ms), percent(share)]
    figures = "".join(f'<td class="perfkit-number">{tied(cell)}</td>' for cell in cells)
    text = source.expandtabs(4)
    # Held by the text itself, for where no style sheet keeps it.
    indented = "\N{NO-BREAK SPACE}" * (len(text) - len(text.lstrip())) + html.escape(text.lstrip())
    tint = f' class="perfkit-heat-{heat}"' if heat else ""
    return f'<tr{tint}>{figures}<td><code class="perfkit-source">{indented}</code></td></tr>'
