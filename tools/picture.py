"""Measure the engines and draw what README.md shows: docs/images/engines.svg."""

from __future__ import annotations

import sys
from pathlib import Path

from perfkit.bench.engines import compare_engines
from perfkit.charts.engines import draw

TARGET = Path(__file__).parent.parent / "docs/images/engines.svg"

chart = draw(compare_engines("CS003837319.pdf", profile="full"))
TARGET.parent.mkdir(parents=True, exist_ok=True)
TARGET.write_text(chart.svg() + "\n", encoding="utf-8")
sys.stdout.write(f"{chart.sentence}\n{TARGET}\n")
