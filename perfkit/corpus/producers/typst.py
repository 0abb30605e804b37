"""Producer typst: a typesetter's PDF with embedded, subsetted fonts and tagged structure."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from perfkit.corpus.operations import Box, Line, Operation, Picture, Text
from perfkit.corpus.pictures import picture
from perfkit.corpus.plan import Plan
from perfkit.errors import CorpusError, MissingExtraError

__all__ = ["FONTS", "write"]

#: Vera as the plan measures it, else typst's own fonts of nearly the same width.
FONTS = ("vera", "times", "courier")
_FAMILIES = {
    "vera": "Bitstream Vera Sans",
    "times": "Libertinus Serif",
    "courier": "DejaVu Sans Mono",
}

_SOURCE = """
#let doc = json("plan.json")
#set document(title: doc.title, author: doc.author, date: datetime(..doc.date))
#set page(width: doc.width * 1pt, height: doc.height * 1pt, margin: 0pt)
#set text(font: doc.font, top-edge: "baseline", bottom-edge: "baseline", hyphenate: false)
#let ends = (left: top + left, center: top + center, right: top + right)
#let origin = (left: 0, center: doc.width / 2, right: doc.width)
#for (number, operations) in doc.pages.enumerate() {
  if number > 0 { pagebreak() }
  for op in operations {
    let at(body) = place(top + left, dx: op.x * 1pt, dy: op.y * 1pt, body)
    if op.kind == "text" {
      let weight = if op.bold { "bold" } else { "regular" }
      let shift = (op.x - origin.at(op.anchor)) * 1pt
      place(ends.at(op.anchor), dx: shift, dy: op.y * 1pt,
        text(size: op.size * 1pt, weight: weight, op.text))
    } else if op.kind == "line" {
      at(line(end: (op.dx * 1pt, op.dy * 1pt), stroke: op.width * 1pt))
    } else if op.kind == "box" {
      at(rect(width: op.width * 1pt, height: op.height * 1pt, fill: luma(op.gray * 100%)))
    } else {
      at(image(op.file, width: op.width * 1pt, height: op.height * 1pt, alt: "Product"))
    }
  }
}
"""


def write(plan: Plan) -> bytes:
    """Draw the plan; see :class:`perfkit.corpus.producers.Producer`."""
    try:
        import reportlab
        import typst
    except ImportError as error:
        raise MissingExtraError(error.name or "typst", "workbench", "This producer") from error
    dated = plan.head.dated
    data: dict[str, Any] = {
        "title": plan.head.number,
        "author": plan.style.vendor,
        "date": {"year": dated.year, "month": dated.month, "day": dated.day},
        "font": _FAMILIES[plan.style.font],
        "width": plan.width,
        "height": plan.height,
        "pages": [],
    }
    with tempfile.TemporaryDirectory(prefix="perfkit-typst-") as name:
        folder = Path(name)
        for drawing in plan.drawings():
            data["pages"].append([_plain(op) for op in drawing.operations])
            for op in drawing.operations:
                if isinstance(op, Picture):
                    (folder / _file(op)).write_bytes(picture(op.image))
        (folder / "plan.json").write_text(json.dumps(data), encoding="utf-8")
        (folder / "main.typ").write_text(_SOURCE, encoding="utf-8")
        fonts = Path(reportlab.__file__).parent / "fonts"
        try:
            made = typst.compile(
                str(folder / "main.typ"),
                root=name,
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                format="pdf",
            )
        except typst.TypstError as error:
            raise CorpusError(f"typst could not make the document: {error}") from error
    if not isinstance(made, bytes):
        raise CorpusError("typst gave no single document back; report this as a fault of perfkit.")
    return made


def _file(op: Picture) -> str:
    return f"{op.image}.jpg"


def _plain(op: Operation) -> dict[str, Any]:
    if isinstance(op, Text):
        return {"kind": "text", **op._asdict()}
    if isinstance(op, Line):
        return {"kind": "line", "x": op.x0, "y": op.y0, "dx": op.x1 - op.x0,
                "dy": op.y1 - op.y0, "width": op.width}  # fmt: skip
    if isinstance(op, Box):
        return {"kind": "box", **op._asdict()}
    return {"kind": "picture", "file": _file(op), **op._asdict()}
