"""A flame graph as inline SVG: fits any width, needs no script, and can be walked by keyboard.

Callers stand over what they call; widths are shares. A frame that has the focus, or the pointer,
tells its figures in the line at the bottom.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from perfkit.bench.formatting import figure, percent
from perfkit.profiling.stacks import StackProfile
from perfkit.profiling.tree import Node, call_tree

__all__ = ["MIME", "Flame", "flame", "flame_of_tree"]

#: As perfkit.charts._figure.MIME, which stands above and loads matplotlib: by it the report knows
#: a chart's words.
MIME = "application/vnd.perfkit.chart+json"

_ROW, _LEGEND, _FOOT = 20, 24, 44
_NARROWEST, _MOST_FRAMES = 0.002, 350
#: Frames from this share on are stops of the tab key.
_STOP = 0.02
_DEEPEST = 40
#: A letter is so wide, at most, of a frame that may be 300 px on a phone: shorter are bare.
_LABEL_SHARE = 0.012
_INK = "#1b1d21"
#: Light enough for dark letters on any page.
_FILLS = {
    "own": "#ffcf8f",
    "library": "#b5d6f3",
    "python": "#d3d7dd",
    "process": "#ececef",
    "waiting": "#f6f6f7",
}
_LEGENDS = (
    (_FILLS["own"], "own code"),
    (_FILLS["library"], "libraries"),
    (_FILLS["python"], "Python, waiting"),
)


class Flame(NamedTuple):
    """A drawn flame graph with its words; shows itself in a notebook and in the report."""

    title: str
    sentence: str
    alternative: str
    svg: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        words = {"title": self.title, "sentence": self.sentence, "alternative": self.alternative}
        return {"image/svg+xml": self.svg, "text/plain": self.alternative, MIME: words}


class _Frame(NamedTuple):
    node: Node
    left: float
    share: float
    depth: int


def flame(profile: StackProfile) -> Flame:
    """The flame graph of a profile."""
    what = "time" if profile.kind == "time" else "memory at the peak"
    lines = "; ".join(f"{each.where} {percent(each.share)}" for each in profile.lines[:10])
    return flame_of_tree(
        call_tree(profile),
        unit=profile.unit,
        title=f"Where the {what} of {profile.work} goes",
        sentence=profile.sentence(),
        alternative=f"Flame graph: {profile.sentence()} The hottest lines: {lines}.",
    )


def flame_of_tree(
    root: Node,
    *,
    unit: str,
    title: str,
    sentence: str,
    alternative: str,
    fill: Callable[[Node], str] | None = None,
    about: Callable[[Node], str] | None = None,
    legends: tuple[tuple[str, str], ...] = _LEGENDS,
) -> Flame:
    """A tree as a flame graph.

    Parameters
    ----------
    fill, about : callable, optional
        Colour of a node's frame, and what is told of it.
    """
    frames = list(_frames(root))
    if len(frames) > _MOST_FRAMES:
        smallest = sorted((frame.share for frame in frames), reverse=True)[_MOST_FRAMES]
        frames = [frame for frame in frames if frame.share > smallest]
    depth = 1 + max((frame.depth for frame in frames), default=0)
    height = _LEGEND + depth * _ROW + _FOOT
    tell = about or (lambda node: _about(node, root.amount, unit))
    colour = fill or _fill
    key = "f" + hashlib.sha256((title + repr(root.amount)).encode()).hexdigest()[:8]
    drawn = "".join(_drawn(frame, colour(frame.node), tell(frame.node), height) for frame in frames)
    # No viewBox: widths are shares of whatever place there is, letters stay as large as they are.
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="perfkit-flame" width="100%" '
        f'height="{height}" role="group" aria-label="{html.escape(title, quote=True)}" '
        f'style="width:100%;height:{height}px;max-width:none;max-height:none">'
        f"<style>{_style(key)}</style>"
        f'<g class="{key}">{_legend(legends)}{drawn}'
        f'<text class="hint" x="0" y="{height - 26}">Point at a frame, or go through them '
        "with Tab.</text></g></svg>"
    )
    return Flame(title, sentence, alternative, svg)


def _style(key: str) -> str:
    return (
        f".{key} text{{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;"
        f"fill:{_INK};pointer-events:none}}"
        f".{key} .said,.{key} .hint,.{key} .legend{{fill:currentColor}}"
        f".{key} .said{{display:none}}"
        f".{key} .hint,.{key} .legend{{font-family:system-ui,sans-serif}}"
        f".{key} rect{{stroke:#fff;stroke-width:1}}"
        f".{key} .fr{{outline:none}}"
        f".{key} .fr:hover .said,.{key} .fr:focus .said{{display:inline}}"
        f".{key} .fr:hover rect,.{key} .fr:focus rect,.{key} .hit rect"
        f"{{stroke:{_INK};stroke-width:3}}"
        f".{key}:has(.fr:hover) .hint,.{key}:has(.fr:focus) .hint{{display:none}}"
        f".{key}:has(.fr:hover) .fr:focus:not(:hover) .said{{display:none}}"
    )


def _legend(legends: tuple[tuple[str, str], ...]) -> str:
    return "".join(
        f'<svg x="{100 * place / len(legends):g}%" y="0" width="{100 / len(legends):g}%" '
        f'height="18"><rect x="1" y="3" width="12" height="12" fill="{fill}"/>'
        f'<text class="legend" x="18" y="13">{html.escape(text)}</text></svg>'
        for place, (fill, text) in enumerate(legends)
    )


def _frames(root: Node) -> Iterator[_Frame]:
    """Frames that are wide enough to be seen, callers before what they call."""
    waiting = [_Frame(node, left, share, 0) for node, left, share in _beside(root, 0.0, 1.0)]
    while waiting:
        frame = waiting.pop(0)
        yield frame
        if frame.depth < _DEEPEST:
            waiting[:0] = [
                _Frame(node, left, share, frame.depth + 1)
                for node, left, share in _beside(frame.node, frame.left, frame.share)
            ]


def _beside(node: Node, left: float, share: float) -> Iterator[tuple[Node, float, float]]:
    """The nodes below one, side by side from the left edge of it on."""
    for below in node.called:
        width = share * below.amount / node.amount if node.amount else 0.0
        if width >= _NARROWEST:
            yield below, left, width
        left += width


def _fill(node: Node) -> str:
    if node.waiting:
        return _FILLS["waiting"]
    return _FILLS[node.function.origin if node.function else "process"]


def _about(node: Node, total: float, unit: str) -> str:
    own = f", itself {percent(node.own / total)}" if node.own else ""
    waits = ", waiting" if node.waiting else ""
    return (
        f"{node.name}: {percent(node.amount / total)}, {figure(node.amount)} {unit}{own}{waits}"
        f"{' · ' + node.where if node.where else ''}"
    )


def _drawn(frame: _Frame, fill: str, told: str, height: int) -> str:
    label = ""
    if frame.share >= _LABEL_SHARE:
        short = frame.node.name.rpartition(".<locals>.")[2]
        label = f'<text x="4" y="14">{html.escape(short)}</text>'
    said = html.escape(told, quote=True)
    head, _, where = said.partition(" · ")
    stop = f' tabindex="0" role="img" aria-label="{said}"' if frame.share >= _STOP else ""
    return (
        f'<g class="fr"{stop}><svg x="{100 * frame.left:.3f}%" '
        f'y="{_LEGEND + frame.depth * _ROW}" width="{100 * frame.share:.3f}%" height="{_ROW}">'
        f'<rect width="100%" height="{_ROW}" fill="{fill}"/>{label}</svg>'
        f'<text class="said" x="0" y="{height - 26}">{head}</text>'
        f'<text class="said" x="0" y="{height - 8}">{where}</text></g>'
    )
