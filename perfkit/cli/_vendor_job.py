"""What ``perfkit vendor`` does, once its command line is understood."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from perfkit import plugins
from perfkit.accuracy import self_check
from perfkit.cli._proposal import find_table
from perfkit.cli._proposal_facts import find_labels, find_totals
from perfkit.cli._proposal_text import proposal_text
from perfkit.cli._table import TableWriter
from perfkit.cli._text import printable
from perfkit.cli._writing import TargetError, check_target, whole_file
from perfkit.errors import DocumentError, NoLineItemsError, NoTextLayerError, PerfkitError
from perfkit.executors._pages import lines_of_pages
from perfkit.geometry import PageLines
from perfkit.model import Extraction
from perfkit.pipeline import read
from perfkit.recipe import Recipe
from perfkit.source import open_source
from perfkit.vendors import Vendor
from perfkit.vendors.declaration import load_vendor, vendor_files

__all__ = ["check", "list_vendors", "new", "propose"]

EXIT_WELL, EXIT_FAILED = 0, 1
#: Pages that a proposal is made from: so many at the beginning, and so many at the end.
FIRST_PAGES, LAST_PAGES = 12, 4


def new(file: str, out: Path | None, engine: str) -> int:
    """Propose a file for a document's vendor, and read the document with it; the exit code."""
    report = sys.stderr if out is None else sys.stdout
    try:
        if out is not None:
            _check_new(out, file)
        text = propose(file, engine, out.name if out else "NAME.toml")
        if out is not None:
            with whole_file(str(out)) as stream:
                stream.write(text)
    except (PerfkitError, TargetError) as error:
        sys.stderr.write(f"perfkit: {printable(str(error))}\n")
        return EXIT_FAILED
    if out is None:
        sys.stdout.write(text)
    else:
        report.write(f"{printable(str(out))} is written.\n")
    try:
        found = _read_with(text, file, engine)
    except PerfkitError as error:
        report.write(f"It does not read the document yet: {printable(str(error))}\n")
        return EXIT_WELL
    for extraction in found:
        _tell(extraction, report)
    return EXIT_WELL


def _check_new(out: Path, file: str) -> None:
    check_target(str(out), [file])
    if out.exists():
        raise TargetError(f"{out} is there already. Give another name, or remove it.")


def check(file: str, documents: Sequence[str], engine: str) -> int:
    """Check a vendor's file and read documents with it; the exit code."""
    try:
        vendor = load_vendor(file)
    except PerfkitError as error:
        sys.stderr.write(f"perfkit: {printable(str(error))}\n")
        return EXIT_FAILED
    sys.stdout.write(f"{printable(file)}: {_in_words(vendor)}\n")
    writer = TableWriter(sys.stdout)
    code = EXIT_WELL
    for document in documents:
        try:
            with read(document, Recipe(engine=engine, layout=file)) as reading:
                found = reading.extract_all()
        except PerfkitError as error:
            sys.stderr.write(f"perfkit: {printable(str(error))}\n")
            code = EXIT_FAILED
            continue
        for extraction in found:
            sys.stdout.write("\n")
            writer.add(extraction, self_check(extraction))
            code = EXIT_FAILED if extraction.doubtful else code
    return code


def list_vendors() -> int:
    """Write name, vendor and file of each layout that "auto" tries; the exit code."""
    code = EXIT_WELL
    for name, path in vendor_files().items():
        try:
            vendor = load_vendor(str(path)).vendor
        except PerfkitError as error:
            vendor, code = f"cannot be used: {error}", EXIT_FAILED
        sys.stdout.write(f"{printable(name)}\t{printable(vendor)}\t{printable(str(path))}\n")
    return code


def propose(file: str, engine: str = "pdfium", target: str = "NAME.toml") -> str:
    """The text of a TOML file for the vendor of a document.

    Raises
    ------
    NoTextLayerError, NoLineItemsError, NoTableError
        If the document is a picture, or blank, or no line of it looks like a row.
    DocumentError
        If it cannot be opened.
    """
    pages = _pages(file, engine)
    table = find_table(file, pages)
    lines = [sheet.lines for sheet in table.sheets]
    labels = find_labels(lines, table.first, table.decimal, table.draft)
    text = proposal_text(file, target, table, labels, [], Decimal(0))
    try:
        found = _read_with(text, file, engine)
    except DocumentError:
        return text
    prices = [item.extended_price for each in found[:1] for item in each.line_items]
    whole = sum((price for price in prices if price is not None), Decimal(0))
    totals = find_totals(table.below, table.decimal, whole)
    return proposal_text(file, target, table, labels, totals, whole)


def _pages(file: str, engine: str) -> list[PageLines]:
    """The first pages and the last ones, those without words left out."""
    recipe = Recipe(engine=engine)
    source = open_source(file)
    with plugins.load("engines", engine).open_document(source, "", recipe) as document:
        count = document.page_count
        first = min(FIRST_PAGES, count)
        pages = list(lines_of_pages(document, file, recipe, 1, first))
        if first < count:
            last = max(first, count - LAST_PAGES) + 1
            pages += lines_of_pages(document, file, recipe, last, count)
    found = [page for page in pages if page.lines]
    if not found:
        if pages and any(page.has_graphics for page in pages):
            raise NoTextLayerError(file, pages[0].number)
        raise NoLineItemsError(
            file, problem="every page is blank", remedy="Check that it is the right file."
        )
    return found


def _read_with(text: str, file: str, engine: str) -> list[Extraction]:
    """The document's extractions by a vendor's file that is not written yet."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "proposal.toml")
        Path(path).write_text(text, encoding="utf-8")
        with read(file, Recipe(engine=engine, layout=path)) as reading:
            return reading.extract_all()


def _tell(extraction: Extraction, report: TextIO) -> None:
    """Say what a reading with the proposal gave."""
    many, pages = len(extraction.line_items), extraction.pages
    report.write(
        f"Read with it: {many} row{'s' * (many != 1)} on {pages} page{'s' * (pages != 1)}, "
        f"number {printable(extraction.invoice_number or 'not found')}, "
        f"date {extraction.invoice_date or 'not found'}, total {extraction.total or 'not found'}.\n"
    )
    report.writelines(f"  {each}\n" for each in extraction.ledger.checks)
    report.writelines(
        f"  doubtful: {printable(doubt.message)}\n" for doubt in extraction.ledger.doubts
    )


def _in_words(vendor: Vendor) -> str:
    checks = len(vendor.row_checks) + len(vendor.document_checks)
    return (
        f"no mistake. {printable(vendor.vendor)}: {len(vendor.fields)} fields, {checks} checks, "
        f"codes of the form {vendor.code.pattern}"
    )
