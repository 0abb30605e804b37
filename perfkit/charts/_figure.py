"""Chart: a matplotlib figure that carries its words, and shows itself as accessible SVG.

Imported by a chart's ``draw`` only, since it loads matplotlib.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

try:
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
except ImportError as error:
    from perfkit.errors import MissingExtraError

    raise MissingExtraError("matplotlib", "workbench", "A chart") from error

from perfkit.charts._palette import GRID, INK, MUTED, PAPER, VARIABLES

__all__ = ["MIME", "Chart", "style"]

#: Of the output that tells the report a chart's words.
MIME = "application/vnd.perfkit.chart+json"

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "perfkit",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "hatch.linewidth": 0.6,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in perfkit's style, whatever the user's matplotlibrc says."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


class Chart(Figure):
    """A figure with its title, its one-sentence conclusion and its alternative text.

    Attributes
    ----------
    title, sentence, alternative : str
        Plain text: what is shown, what follows from it, and what a reader who cannot see
        it has to be told.
    word : str
        The sentence in one word, where it is a verdict: ``recommended``.
    """

    title: str = ""
    sentence: str = ""
    alternative: str = ""
    word: str = ""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Not pyplot's: no window, no global list of figures that keeps them in memory.
        FigureCanvasSVG(self)

    def svg(self) -> str:
        """Inline SVG: scales with its place, themed by CSS variables, with title and text."""
        with style():
            drawn = io.StringIO()
            nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
            self.savefig(drawn, format="svg", metadata=nothing)
        return _inline(drawn.getvalue(), self.title, self.alternative)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        names = ("title", "sentence", "alternative", "word")
        words = {name: getattr(self, name) for name in names}
        return {"image/svg+xml": self.svg(), "text/plain": self.alternative, MIME: words}


def _inline(svg: str, title: str, alternative: str) -> str:
    body = svg[svg.index("<svg") :]
    opening, body = body.split(">", 1)
    view = re.search(r'viewBox="([^"]*)"', opening)
    assert view is not None
    # Two charts in one page must not share an id.
    key = "c" + hashlib.sha256((alternative + body).encode()).hexdigest()[:8]
    body = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', body)
    body = re.sub(r'(href="#|url\(#)', rf"\1{key}-", body)
    for colour, name in VARIABLES.items():
        body = body.replace(colour, f"var(--perfkit-{name}, {colour})")
    body = re.sub(r"font: ([\d.]+px) [^;\"]*", rf"font: \1 {_FONTS}", body)
    width, height = (float(value) for value in view[1].split()[2:])
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'class="perfkit-chart" viewBox="{view[1]}" width="{width:g}" height="{height:g}" '
        f'role="img" aria-labelledby="{key}-title {key}-desc">'
        f'<title id="{key}-title">{html.escape(title)}</title>'
        f'<desc id="{key}-desc">{html.escape(alternative)}</desc>'
    )
    return head + body.strip()
