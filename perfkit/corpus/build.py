"""Make one document and its truth."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from perfkit.corpus.style import Style
from perfkit.errors import CorpusError
from perfkit.nearest import did_you_mean

if TYPE_CHECKING:
    from perfkit.corpus.producers import Producer

__all__ = [
    "LAYOUTS",
    "MOST_PAGES",
    "check_name",
    "check_path",
    "make",
    "make_bytes",
    "producers",
    "save",
]

LAYOUTS = ("order", "invoice")
MOST_PAGES = 1000


def make(
    path: str | os.PathLike[str],
    *,
    layout: str = "order",
    pages: int = 15,
    seed: int = 1,
    producer: str = "reportlab",
    style: Style | None = None,
    on_page: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Write a document and, beside it, its truth as JSON; both appear whole or not at all.

    Parameters
    ----------
    path : str or PathLike
        ``OUT.pdf``; the truth goes to ``OUT.json``. Existing files are replaced.
    layout : {"order", "invoice"}
    pages : int
        1 to 1000; the document has exactly so many.
    seed : int
        Same arguments, same content (and with reportlab the same bytes). A seed of seven
        digits is also the document's number: 3837319 gives CS003837319.
    producer : str
        Name of a module in :mod:`perfkit.corpus.producers`.
    style : Style, optional
        How it looks; by default as the known documents.
    on_page : callable, optional
        Called with a page's number when it is drawn (most producers).

    Returns
    -------
    dict
        The truth; see :func:`perfkit.corpus.truth.truth`.

    Raises
    ------
    CorpusError
        If an argument cannot be; the message says what to give instead.
    MissingExtraError
        If a package that the producer needs is not installed.
    """
    out = check_path(path)
    data, truth = make_bytes(
        layout=layout, pages=pages, seed=seed, producer=producer, style=style, on_page=on_page
    )
    save(out, data, truth)
    return truth


def make_bytes(
    *,
    layout: str = "order",
    pages: int = 15,
    seed: int = 1,
    producer: str = "reportlab",
    style: Style | None = None,
    variant: str | None = None,
    on_page: Callable[[int], None] | None = None,
) -> tuple[bytes, dict[str, Any]]:
    """As :func:`make`, but give the PDF's bytes and the truth instead of writing them.

    ``variant`` names a change of :data:`perfkit.corpus.variants.VARIANTS` to put it through.
    """
    check_name("layout", layout, LAYOUTS)
    for name, value in (("pages", pages), ("seed", seed)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise CorpusError(f"{name} must be a whole number, not {value!r}.")
    if not 1 <= pages <= MOST_PAGES:
        raise CorpusError(f"pages is {pages}; give 1 to {MOST_PAGES}.")
    module = _producer(producer)
    look = style or Style()
    if not look.font:
        look = look.with_(font=module.FONTS[0])
    if look.font not in module.FONTS:
        raise CorpusError(
            f"The producer {producer} cannot draw with {look.font!r}; "
            f"it can with: {', '.join(module.FONTS)}."
        )
    from perfkit.corpus.plan import plan
    from perfkit.corpus.truth import truth

    planned = dataclasses.replace(plan(layout, pages, seed, look), on_page=on_page)
    data, said = module.write(planned), truth(planned)
    if variant:
        from perfkit.corpus.variants import vary

        data = vary(data, variant)
        if variant == "scan":
            said["expected_error"] = "NoTextLayerError"
    return data, said


def save(out: Path, data: bytes, truth: dict[str, Any]) -> None:
    """Write a PDF and its truth so that a reader never sees half a file."""
    text = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
    for target, content in ((out.with_suffix(".json"), text.encode()), (out, data)):
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.stem}-")
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise


def producers() -> list[str]:
    """Names of all producers, built in and installed, sorted."""
    from importlib.metadata import entry_points

    here = Path(__file__).parent / "producers"
    third_party = [point.name for point in entry_points(group="perfkit.corpus.producers")]
    return sorted({*(file.stem for file in here.glob("[!_]*.py")), *third_party})


def _producer(name: str) -> Producer:
    if name.isidentifier() and (Path(__file__).parent / "producers" / f"{name}.py").is_file():
        return cast("Producer", importlib.import_module(f"perfkit.corpus.producers.{name}"))
    from importlib.metadata import entry_points

    for point in entry_points(group="perfkit.corpus.producers", name=name):
        return cast("Producer", point.load())
    check_name("producer", name, producers())
    raise CorpusError(f"The producer {name} cannot be loaded.")


def check_name(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise CorpusError, naming the nearest, unless the name is known."""
    if name not in known:
        raise CorpusError(f"There is no {kind} {name!r}{did_you_mean(name, known)}")


def check_path(path: str | os.PathLike[str]) -> Path:
    """The path of a PDF that can be written; CorpusError says why another cannot."""
    out = Path(path)
    if out.suffix.lower() != ".pdf":
        raise CorpusError(f"{out}: the file to make must end in .pdf, for example {out.stem}.pdf.")
    if out.is_dir():
        raise CorpusError(f"{out}: this is a folder; give the name of a file in it.")
    if not out.parent.is_dir():
        raise CorpusError(f"{out}: there is no folder {out.parent}; make it first.")
    return out
