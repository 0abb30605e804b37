"""Texts that searches are measured on."""

from __future__ import annotations

import random
from itertools import cycle, islice

from benchmarks.bench import Bench
from perfkit.engines import pdfium
from perfkit.patterns.finder import BUILT_IN
from perfkit.pipeline import extract
from perfkit.source import open_source

__all__ = ["MB", "dense", "sparse", "without_figures"]

MB = 1_000_000
#: Characters between two codes of the sparse text.
_SELDOM = 10_000


def dense(bench: Bench) -> str:
    """1 MB of invoice text: a code in every row."""
    with pdfium.open_document(open_source(bench.document(1000))) as document:
        text = "\n".join(
            " ".join(word.text for word in page.words) for page in document.pages(1, 1000)
        )
    while len(text) < MB:
        text += text
    return text[:MB]


def without_figures(bench: Bench) -> str:
    """1 MB of descriptions: capitals and sizes, no code, price, quantity or UPC."""
    items = extract(bench.document(100)).line_items
    said = (item.description.replace(item.product_code, "") for item in items)
    words = [text for text in said if not any(of.search(text) for of in BUILT_IN.values())]
    mean = sum(map(len, words)) / len(words)
    text = ", ".join(islice(cycle(words), int(2 * MB / mean)))
    return text[:MB]


def sparse(bench: Bench) -> str:
    """The same with a code now and then."""
    draw, text = random.Random(1), without_figures(bench)
    pieces = [text[at : at + _SELDOM] for at in range(0, MB, _SELDOM)]
    return " ".join(f"{piece} XS{draw.randrange(10_000):04d}A" for piece in pieces)[:MB]
