"""Colours of all charts, told apart by colour-blind readers and, by lightness, in grey.

In SVG each becomes ``var(--perfkit-NAME, #hex)``: a page restyles a chart for the dark by
setting the variables, and anywhere else the colour given here holds.
"""

from __future__ import annotations

__all__ = ["BASELINE", "GRID", "INK", "MUTED", "PAPER", "SERIES", "VARIABLES"]

PAPER = "#ffffff"
INK = "#1b1d21"
MUTED = "#565b64"
GRID = "#d9dce1"
#: The baseline is always this light grey; what is compared with it has a colour.
BASELINE = "#a9aeb8"
#: After Okabe & Ito (2008), ordered so that neighbours differ in lightness too.
SERIES = ("#0b5fa5", "#e69f00", "#00745a", "#cc79a7", "#7a3b00", "#56b4e9")

#: colour -> name of its CSS variable.
VARIABLES: dict[str, str] = {
    PAPER: "paper",
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    BASELINE: "baseline",
    **{colour: f"series-{place}" for place, colour in enumerate(SERIES, 1)},
}
