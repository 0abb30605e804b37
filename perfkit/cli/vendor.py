"""``perfkit vendor``: propose, check and list the files that say how vendors' documents look."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]

_NEW = """Propose a file for the vendor of a document.

It looks for the product codes, the columns and their headings, the vendor's name, the labels
of number, date and totals, and the decimal sign; then it reads the document with the proposal
and says what it found. The file is a start: look at every line.

\b
Examples:
  perfkit vendor new invoice.pdf
  perfkit vendor new invoice.pdf --out acme.toml
  perfkit vendor check acme.toml invoice.pdf other.pdf
  perfkit extract --layout acme.toml invoice.pdf

Exit code: 0 a proposal was made, 1 none can be, 2 wrong usage.
"""
_CHECK = """Check a vendor's file, and read documents with it.

A mistake in the file is named with line and key. With documents: their rows, which checks
hold, and what is doubtful.

\b
Examples:
  perfkit vendor check acme.toml
  perfkit vendor check acme.toml invoice.pdf other.pdf

Exit code: 0 all well, 1 a mistake, or a document that is doubtful or cannot be read,
2 wrong usage.
"""
_LIST = """List the vendors' layouts that `--layout auto` tries, and where each comes from.

They are those that perfkit ships, those of installed packages (entry points of the group
perfkit.vendors), and the TOML files of the folder that the environment variable
PERFKIT_VENDORS names.

\b
Examples:
  perfkit vendor list
  PERFKIT_VENDORS=my-vendors perfkit vendor list
"""
EngineName = Annotated[str, typer.Option(help="What reads the pages: pdfium (default) or pypdf.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    vendor = typer.Typer(
        name="vendor",
        help="Propose, check and list the files that say how vendors' documents look.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    vendor.command("new", help=_NEW)(_new)
    vendor.command("check", help=_CHECK)(_check)
    vendor.command("list", help=_LIST)(_list)
    app.add_typer(vendor)


def _new(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A PDF of the vendor.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="NAME.toml", help="File to write; default: standard output."),
    ] = None,
    engine: EngineName = "pdfium",
) -> None:
    from perfkit.cli._vendor_job import new

    raise typer.Exit(new(file, out, engine))


def _check(
    file: Annotated[str, typer.Argument(metavar="FILE.toml", help="The vendor's file.")],
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="[PDF...]", help="Documents to read with it.")
    ] = None,
    engine: EngineName = "pdfium",
) -> None:
    from perfkit.cli._vendor_job import check

    raise typer.Exit(check(file, documents or [], engine))


def _list() -> None:
    from perfkit.cli._vendor_job import list_vendors

    raise typer.Exit(list_vendors())
