"""``perfkit extract``: line items of invoices, as a table, JSON or CSV."""

from __future__ import annotations

import dataclasses
import enum
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

if TYPE_CHECKING:
    from perfkit.accuracy import Accuracy
    from perfkit.cli._formats import Failure, Writer
    from perfkit.cli._progress import Progress
    from perfkit.model import Extraction
    from perfkit.recipe import Recipe

__all__ = ["Format", "register"]

_HELP = """Read the line items of invoices.

Standard output holds the result only; progress, warnings and errors go to standard error.
A file that cannot be read is named with the reason, and the others go on.

Where NAME.json stands beside NAME.pdf as its truth, the accuracy is measured against it;
elsewhere it is a self-check of arithmetic, check digits and the printed subtotal. The
result says which.

\b
Examples:
  perfkit extract test_invoices/CS003837319.pdf
  perfkit extract --format json invoice.pdf > invoice.json
  perfkit extract --format csv --out items.csv *.pdf
  perfkit extract --format json --out results/ *.pdf
  perfkit extract --password-file secret.txt encrypted.pdf

Exit code: 0 all well, 1 some documents failed (the others were written), 2 wrong usage,
130 interrupted (nothing half-written is left).
"""

EXIT_FAILED, EXIT_INTERRUPTED = 1, 130
_LONGEST_PASSWORD = 1024


class Format(enum.StrEnum):
    """What a result is written as."""

    table = "table"
    json = "json"
    csv = "csv"


_SUFFIXES = {Format.table: ".txt", Format.json: ".json", Format.csv: ".csv"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("extract", help=_HELP)(_extract)


def _extract(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="PDF files.")],
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", help="Default: what --out's suffix says, json for a folder, else a table."
        ),
    ] = None,
    engine: Annotated[str, typer.Option(help="What reads the pages: pdfium or pypdf.")] = "pdfium",
    layout: Annotated[
        str, typer.Option(metavar="auto|NAME", help="auto: what the pages say.")
    ] = "auto",
    out: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="File to write; for a folder (or NAME/), one file a document."
        ),
    ] = None,
    password_file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Its first line opens encrypted documents."),
    ] = None,
) -> None:
    from perfkit.cli._writing import TargetError

    try:
        job = _Job(files, _recipe(engine, layout), _password(password_file))
        into_folder = out is not None and (os.path.isdir(out) or out.endswith(("/", os.sep)))
        chosen = form or _format_for(out, into_folder=into_folder)
        if out is not None and into_folder:
            job.into_folder(out, chosen)
        else:
            job.into_one(out, chosen)
    except TargetError as error:
        sys.stderr.write(f"perfkit: {error}\n")
        raise typer.Exit(EXIT_FAILED) from None
    except KeyboardInterrupt:
        sys.stderr.write("perfkit: interrupted; nothing half-written is left\n")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    if job.failures:
        raise typer.Exit(EXIT_FAILED)


def _format_for(out: str | None, *, into_folder: bool) -> Format:
    if out is None:
        return Format.table
    if into_folder:
        return Format.json
    suffix = os.path.splitext(out)[1].lower()
    return next((form for form in Format if _SUFFIXES[form] == suffix), Format.table)


def _recipe(engine: str, layout: str) -> Recipe:
    from perfkit import plugins
    from perfkit.errors import RecipeError
    from perfkit.recipe import Recipe

    try:
        recipe = Recipe(engine=engine, layout=layout)
        plugins.load("engines", engine)
        if layout != "auto":
            plugins.load("layouts", layout)
    except RecipeError as error:
        raise typer.BadParameter(str(error)) from error
    return recipe


def _password(path: str | None) -> str:
    """The first line of a file, or of a pipe such as ``<(pass show invoices)``."""
    if path is None:
        return ""
    try:
        with open(path, "rb") as file:
            line = file.readline(_LONGEST_PASSWORD + 1)
        password = line.decode("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        password = ""  # its message would show a part of the password
    if not password or len(line) > _LONGEST_PASSWORD:
        raise typer.BadParameter(f"{path} holds no password on its first line (UTF-8 text)")
    return password


class _Job:
    """The files to read, and what became of them."""

    def __init__(self, files: Sequence[str], recipe: Recipe, password: str) -> None:
        self._files, self._recipe, self._password = files, recipe, password
        self.failures: list[Failure] = []

    def into_one(self, out: str | None, form: Format) -> None:
        """Write all documents to one file, or to standard output."""
        from perfkit.cli._progress import Progress
        from perfkit.cli._writing import whole_file, whole_output

        if out is not None:
            _check([out], self._files)
        target = whole_output() if out is None else whole_file(out)
        with Progress(len(self._files)) as progress:
            with target as stream:
                writer = _writer(form, stream)
                for file in self._files:
                    # Nothing keeps one document while the next is read.
                    if result := self._read(file, progress):
                        _tell(progress, form, *result)
                        writer.add(*result)
                        progress.done(file, _summary(*result))
                    del result
                writer.end(self.failures)
            self._tell_end(progress, out)

    def into_folder(self, folder: str, form: Format) -> None:
        """Write one file a document, each as soon as it is read."""
        from perfkit.cli._progress import Progress
        from perfkit.cli._writing import names_in, whole_file

        paths = names_in(folder, self._files, _SUFFIXES[form])
        _check(paths, self._files)
        with Progress(len(self._files)) as progress:
            for file, path in zip(self._files, paths, strict=True):
                if result := self._read(file, progress):
                    _tell(progress, form, *result)
                    with whole_file(path) as stream:
                        writer = _writer(form, stream)
                        writer.add(*result)
                        writer.end(())
                    progress.done(file, f"{_summary(*result)}; written: {path}")
                del result
            self._tell_end(progress, folder)

    def _read(self, file: str, progress: Progress) -> tuple[Extraction, Accuracy] | None:
        from perfkit.cli._formats import Failure
        from perfkit.errors import DocumentError, PerfkitError
        from perfkit.pipeline import extract

        progress.start(file)
        try:
            return _assessed(extract(file, self._recipe, password=self._password))
        except DocumentError as error:
            failure = Failure(file, type(error).__name__, error.page, str(error), error.remedy)
        except PerfkitError:
            raise  # nothing about this one document: the others would fail as well
        except Exception as error:  # noqa: BLE001 - one odd file must not cost the others
            remedy = "This is a fault in perfkit: please report it, with the file if you can."
            name = type(error).__name__
            failure = Failure(file, name, None, f"{file}: {name}: {error}. {remedy}", remedy)
        self.failures.append(failure)
        progress.failed(failure.message)
        return None

    def _tell_end(self, progress: Progress, out: str | None) -> None:
        failed, files = len(self.failures), len(self._files)
        if failed and files > 1:
            progress.say(f"perfkit: {failed} of {files} documents failed")
        if out is not None:
            progress.say(f"written: {out} ({files - failed} of {files} documents)")


def _assessed(extraction: Extraction) -> tuple[Extraction, Accuracy]:
    """With its accuracy; a truth that cannot be read costs no more than a warning."""
    from perfkit.accuracy import assess, self_check
    from perfkit.errors import TruthError

    try:
        return extraction, assess(extraction)
    except TruthError as error:
        warnings = (*extraction.warnings, f"{error} The accuracy is a self-check.")
        return dataclasses.replace(extraction, warnings=warnings), self_check(extraction)


def _writer(form: Format, stream: TextIO) -> Writer:
    if form is Format.table:
        from perfkit.cli._table import TableWriter

        return TableWriter(stream)
    from perfkit.cli._formats import CsvWriter, JsonWriter

    return JsonWriter(stream) if form is Format.json else CsvWriter(stream)


def _check(paths: Sequence[str], files: Sequence[str]) -> None:
    from perfkit.cli._writing import TargetError, check_target

    try:
        for path in paths:
            check_target(path, files)
    except TargetError as error:
        raise typer.BadParameter(str(error)) from error


def _tell(progress: Progress, form: Format, extraction: Extraction, accuracy: Accuracy) -> None:
    """Warnings, where the result itself has no place for them."""
    if form is Format.csv:
        for warning in extraction.warnings:
            progress.say(f"perfkit: {extraction.source}: warning: {warning}")


def _summary(extraction: Extraction, accuracy: Accuracy) -> str:
    return f"{len(extraction.line_items)} line items, {accuracy}"
