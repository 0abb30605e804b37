"""A memory profile as a drawing and as tables."""

from __future__ import annotations

import html

from perfkit.bench.formatting import figure, mib
from perfkit.bench.html import Column, table
from perfkit.profiling.flame import Flame
from perfkit.profiling.memory_profile import MemoryProfile

__all__ = ["memory_tables", "timeline"]

_HEIGHT, _TOP, _FOOT = 220, 14, 40
_MOST_POINTS, _MOST_PAGES = 400, 60


def timeline(profile: MemoryProfile) -> Flame:
    """Memory over time as an area, from 0 MiB on; a mark at the peak."""
    last, peak = profile.samples[-1].seconds or 1e-9, profile.peak
    step = -(-len(profile.samples) // _MOST_POINTS)
    chosen = sorted({*profile.samples[::step], peak, profile.samples[-1]}, key=lambda s: s.seconds)
    room = _HEIGHT - _TOP

    def place(seconds: float, memory: float) -> str:
        return f"{1000 * seconds / last:.1f},{_HEIGHT - room * memory / peak.memory_mb:.1f}"

    points = " ".join(place(each.seconds, each.memory_mb) for each in chosen)
    title = f"Memory of {profile.work}"
    told = "; ".join(
        f"{figure(each.seconds)} s {mib(each.memory_mb)}"
        for each in chosen[:: max(1, len(chosen) // 8)]
    )
    alternative = f"Area of memory over time. {told}. Peak {mib(peak.memory_mb)}."
    said = html.escape(f"{title}: {alternative}", quote=True)
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="perfkit-timeline" width="100%" '
        f'height="{_HEIGHT + _FOOT}" role="img" aria-label="{said}" '
        f'style="width:100%;height:{_HEIGHT + _FOOT}px;max-width:none;max-height:none">'
        f'<svg x="0" y="0" width="100%" height="{_HEIGHT}" viewBox="0 0 1000 {_HEIGHT}" '
        'preserveAspectRatio="none">'
        f'<polygon points="0,{_HEIGHT} {points} 1000,{_HEIGHT}" fill="#8fbfe8"/></svg>'
        f'<line x1="0" x2="100%" y1="{_HEIGHT}" y2="{_HEIGHT}" stroke="currentColor"/>'
        f'<line x1="0" x2="100%" y1="{_TOP}" y2="{_TOP}" stroke="currentColor" '
        'stroke-dasharray="2 3"/>'
        '<g font-size="12" font-family="system-ui, sans-serif" fill="currentColor">'
        f'<text x="4" y="11">{mib(peak.memory_mb)} after {figure(peak.seconds)} s</text>'
        f'<text x="0" y="{_HEIGHT + 16}">0 s, {mib(profile.samples[0].memory_mb)}</text>'
        f'<text x="100%" y="{_HEIGHT + 16}" text-anchor="end">{figure(last)} s, '
        f"{mib(profile.samples[-1].memory_mb)}</text></g></svg>"
    )
    return Flame(title, str(profile.sentence()), alternative, drawn)


def memory_tables(profile: MemoryProfile) -> str:
    """Memory by page, where pages were read; the chosen function's lines."""
    found = ""
    pages = profile.pages()
    if pages[-1][0]:
        columns = [Column("pages read"), Column("MiB at most", numeric=True)]
        columns.append(Column("more than a page before", numeric=True))
        found += table(
            "Memory by page",
            columns,
            [[str(page), f"{mb:,.2f}", f"{more:+,.2f}"] for page, mb, more in pages[:_MOST_PAGES]],
        )
    if profile.lines:
        columns = [Column("line"), Column("MiB grown", numeric=True)]
        columns += [Column("hits", numeric=True), Column("source")]
        found += table(
            f"Memory by the line of {profile.lines[0].function}, {profile.lines[0].file}",
            columns,
            [
                [
                    str(each.line),
                    f"{each.grown_mb:+,.2f}" if each.hits else "",
                    f"{each.hits or ''}",
                    each.source.replace("    ", "\N{NO-BREAK SPACE}" * 4),
                ]
                for each in profile.lines
                if each.hits
            ],
        )
    return found
