"""perfkit corpus: make test documents with their truth, and remake the committed ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from perfkit.errors import CorpusError, MissingExtraError

__all__ = ["register"]

_MAKE = """Make a believable document of exactly so many pages, and its truth beside it.

OUT.pdf is written together with OUT.json, which says all that an extraction of it has to
find. The same arguments give the same content.

\b
Examples:
  perfkit corpus make order.pdf
  perfkit corpus make --layout invoice --pages 3 --seed 7 invoice.pdf
  perfkit corpus make --pages 1000 --style picture=none big.pdf
  perfkit corpus make --producer chromium --style cell_align=middle printed.pdf
"""
_REMAKE = """Make the documents of test_invoices/ anew.

A document whose producer is missing on this machine is left as it is and named; the exit
code is 1 then. Encrypted documents get other bytes each time, as encryption has to.

\b
Examples:
  perfkit corpus remake
  perfkit corpus remake --only order_typst --out /tmp
"""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    corpus = typer.Typer(
        name="corpus",
        help="Make test documents with their truth.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    corpus.command("make", help=_MAKE)(_make)
    corpus.command("remake", help=_REMAKE)(_remake)
    app.add_typer(corpus)


def _make(
    out: Annotated[Path, typer.Argument(metavar="OUT.pdf", help="The file to write.")],
    layout: Annotated[str, typer.Option(help="order or invoice.")] = "order",
    pages: Annotated[int, typer.Option(min=1, max=1000, help="Pages it shall have.")] = 15,
    seed: Annotated[int, typer.Option(help="Seven digits are also the document's number.")] = 1,
    producer: Annotated[
        str, typer.Option(help="reportlab, fpdf2, typst, cairo or chromium.")
    ] = "reportlab",
    style: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A field of perfkit.corpus.Style; repeatable."),
    ] = None,
) -> None:
    from perfkit.corpus import build
    from perfkit.corpus.style import parse_style

    try:
        build.check_path(out)
        build.check_name("layout", layout, build.LAYOUTS)
        build.check_name("producer", producer, build.producers())
        look = parse_style(style or [])
    except CorpusError as error:
        raise typer.BadParameter(str(error)) from error
    with _progress("Drawing pages", pages) as step:
        truth = build.make(
            out,
            layout=layout,
            pages=pages,
            seed=seed,
            producer=producer,
            style=look,
            on_page=lambda _page: step(),
        )
    items = len(truth["line_items"])
    typer.echo(f"{out}: {pages} pages, {items} line items; truth in {out.with_suffix('.json')}")


def _remake(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("test_invoices"),
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this one; repeatable.")
    ] = None,
) -> None:
    from perfkit.corpus import build
    from perfkit.corpus.committed import COMMITTED

    wanted = [Path(name).stem for name in only or []] or [spec.name for spec in COMMITTED]
    try:
        for name in wanted:
            build.check_name("committed document", name, [spec.name for spec in COMMITTED])
        build.check_path(out / "any.pdf")
    except CorpusError as error:
        raise typer.BadParameter(str(error)) from error
    left: list[str] = []
    with _progress("Making documents", len(wanted)) as step:
        for spec in (spec for spec in COMMITTED if spec.name in wanted):
            target = out / f"{spec.name}.pdf"
            try:
                data, truth = spec.make()
            except (CorpusError, MissingExtraError) as error:
                left.append(f"{target} left as it is: {error}")
            else:
                build.save(target, data, truth)
            step()
    typer.echo(f"{len(wanted) - len(left)} of {len(wanted)} documents made in {out}")
    for line in left:
        typer.echo(line, err=True)
    if left:
        raise typer.Exit(1)


@contextmanager
def _progress(text: str, steps: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error, on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=steps)
        yield lambda: bar.advance(task)
