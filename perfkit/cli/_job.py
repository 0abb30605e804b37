"""What ``perfkit extract`` does, once its command line is understood."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence

from perfkit import plugins
from perfkit.accuracy import Accuracy, assess, self_check
from perfkit.cli._formats import Failure, Format, JsonWriter, Writer, writer_for
from perfkit.cli._progress import Progress
from perfkit.cli._text import printable
from perfkit.cli._writing import TargetError, check_target, names_in, whole_file, whole_output
from perfkit.errors import (
    DocumentError,
    MissingExtraError,
    PerfkitError,
    RecipeError,
    TruthError,
)
from perfkit.model import Extraction
from perfkit.pipeline import extract, extract_all
from perfkit.recipe import Recipe
from perfkit.vendors.declaration import extra_fields, load_vendor

__all__ = ["run"]

EXIT_WELL, EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130
#: Beside a CSV file, which has no place for what is doubtful.
_COMPANION = ".ledger.json"
_LONGEST_PASSWORD_BYTES = 1024


_Result = tuple[Extraction, Accuracy]


class _UsageError(Exception):
    """What was asked for cannot be; nothing has been done."""


def run(
    files: Sequence[str],
    *,
    form: Format | None = None,
    engine: str | None = None,
    layout: str | None = None,
    recipe_file: str | None = None,
    out: str | None = None,
    password_file: str | None = None,
    every: bool = False,
    attachments: bool = False,
    all_pages: bool = False,
    accept_doubtful: bool = False,
) -> int:
    """Read the files and write what was found; the exit code.

    ``every`` reads all documents of a file, ``attachments`` those attached to it as well;
    ``all_pages`` looks for a known vendor on every page; the others are as the command's options.
    """
    into_folder = out is not None and (os.path.isdir(out) or out.endswith(("/", os.sep)))
    form = form or _format_for(out, into_folder=into_folder)
    try:
        recipe = _recipe(recipe_file, engine, layout, all_pages=all_pages)
        paths = names_in(out or "", files, form.suffix) if into_folder else [out] if out else []
        _check(paths, files, form)
        secret = _password(password_file)
        job = _Job(files, recipe, secret, every=every or attachments, attachments=attachments)
        if into_folder:
            job.into_files(paths, form)
        else:
            job.into_one(out, form)
        job.say_end(out, accept_doubtful=accept_doubtful)
    except _UsageError as error:
        sys.stderr.write(
            "Usage: perfkit extract [OPTIONS] FILE...\n"
            f"Try 'perfkit extract --help' for help.\n\nError: {error}\n"
        )
        return EXIT_USAGE
    except TargetError as error:
        sys.stderr.write(f"perfkit: {error}\n")
        return EXIT_FAILED
    except BrokenPipeError:
        return EXIT_FAILED  # who read the result has seen enough
    except KeyboardInterrupt:
        sys.stderr.write("perfkit: interrupted; nothing half-written is left\n")
        return EXIT_INTERRUPTED
    refused = job.doubtful and not accept_doubtful
    return EXIT_FAILED if job.failures or refused else EXIT_WELL


def _format_for(out: str | None, *, into_folder: bool) -> Format:
    if into_folder:
        return Format.json
    suffix = os.path.splitext(out or "")[1].lower()
    return next((form for form in Format if form.suffix == suffix), Format.table)


def _recipe(file: str | None, engine: str | None, layout: str | None, *, all_pages: bool) -> Recipe:
    """The recipe of a file, or the usual one; what the command line names comes before it."""
    try:
        recipe = Recipe() if file is None else Recipe.from_toml(file)
        given = {"engine": engine, "layout": layout}
        recipe = recipe.with_(**{key: name for key, name in given.items() if name is not None})
        if all_pages:
            recipe = recipe.with_(vendor_pages=0)
        plugins.load("engines", recipe.engine)
        if recipe.layout != "auto":
            load_vendor(recipe.layout)
    except RecipeError as error:
        raise _UsageError(printable(str(error))) from error
    return recipe


def _check(paths: Sequence[str], files: Sequence[str], form: Format) -> None:
    try:
        for path in paths:
            check_target(path, files)
            companion = _companion(path, form)
            if companion is not None:
                check_target(companion, files)
    except TargetError as error:
        raise _UsageError(str(error)) from error


def _password(path: str | None) -> str:
    """The first line of a file, or of a pipe such as ``<(pass show invoices)``."""
    if path is None:
        return ""
    try:
        with open(path, "rb") as file:
            line = file.readline(_LONGEST_PASSWORD_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _UsageError(f"{printable(path)} cannot be read: {error}") from error
    password = line.decode("utf-8-sig", "ignore").rstrip("\r\n")
    if not password or len(line) > _LONGEST_PASSWORD_BYTES:
        raise _UsageError(f"{printable(path)} holds no password on its first line")
    return password


def _companion(path: str | None, form: Format) -> str | None:
    """The file for the ledgers beside a CSV file; none beside a device or standard output."""
    if path is None or form is not Format.csv:
        return None
    if os.path.exists(path) and not os.path.isfile(path):
        return None
    return os.path.splitext(path)[0] + _COMPANION


@contextlib.contextmanager
def _writers(path: str | None, form: Format, layout: str) -> Iterator[list[Writer]]:
    """Writers to one place, and to the companion where the form has one."""
    beside = _companion(path, form)
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(whole_output() if path is None else whole_file(path))
        writers = [writer_for(form, stream, extra_fields(layout) if form is Format.csv else ())]
        if beside is not None:
            writers.append(JsonWriter(stack.enter_context(whole_file(beside)), items=False))
        yield writers


class _Job:
    """The files to read, and what became of them."""

    def __init__(
        self,
        files: Sequence[str],
        recipe: Recipe,
        password: str,
        *,
        every: bool,
        attachments: bool,
    ) -> None:
        self._files, self._recipe, self._password = files, recipe, password
        self._every, self._attachments = every, attachments
        self._progress = Progress(len(files))
        self.failures: list[Failure] = []
        self.doubtful = 0

    def into_one(self, out: str | None, form: Format) -> None:
        """Write all documents to one file, or to standard output."""
        with _writers(out, form, self._recipe.layout) as writers, self._progress:
            for file in self._files:
                if results := self._read(file, form):
                    _write(writers, results)
                    self._progress.done(file, _summary(results))
                del results  # one document is let go before the next is read
            for writer in writers:
                writer.end(self.failures)

    def into_files(self, paths: Sequence[str], form: Format) -> None:
        """Write one file for each that is read, as soon as it is read."""
        with self._progress:
            for file, path in zip(self._files, paths, strict=True):
                if results := self._read(file, form):
                    with _writers(path, form, self._recipe.layout) as writers:
                        _write(writers, results)
                        for writer in writers:
                            writer.end(())
                    self._progress.done(file, f"{_summary(results)}; written: {path}")
                del results

    def _read(self, file: str, form: Format) -> list[_Result]:
        """The file's document, or its documents if all are wanted; empty if it failed."""
        self._progress.start(file)
        try:
            if self._every:
                found = extract_all(
                    file, self._recipe, password=self._password, attachments=self._attachments
                )
            else:
                found = [extract(file, self._recipe, password=self._password)]
        except (MissingExtraError, RecipeError):
            raise  # nothing about this one document: the others would fail as well
        except Exception as error:  # noqa: BLE001 - one odd file must not cost the others
            failure = _failure(file, error)
        else:
            # A truth beside a file is of one document.
            one = len(found) == 1
            results = [_assess(each) if one else (each, self_check(each)) for each in found]
            for each, _ in results:
                self.doubtful += each.doubtful
                if form is Format.csv:  # which has no place for them
                    for warning in each.warnings:
                        self._progress.say(f"perfkit: {file}: warning: {warning}")
            return results
        self.failures.append(failure)
        self._progress.failed(failure.message)
        return []

    def say_end(self, out: str | None, *, accept_doubtful: bool) -> None:
        """Name what was written, how many failed and how many are doubtful, on standard error."""
        count, failed = len(self._files), len(self.failures)
        if out is not None:
            self._progress.say(f"written: {out} ({count - failed} of {count} documents)")
        elif failed and count > 1:
            self._progress.say(f"perfkit: {failed} of {count} documents failed")
        if self.doubtful and not accept_doubtful:
            told = "1 document is" if self.doubtful == 1 else f"{self.doubtful} documents are"
            self._progress.say(
                f"perfkit: {told} doubtful: the warnings and the ledger say why. Compare with the "
                "PDF, or accept the result with --accept-doubtful."
            )


def _write(writers: Sequence[Writer], results: Sequence[_Result]) -> None:
    for result in results:
        for writer in writers:
            writer.add(*result)


def _assess(found: Extraction) -> tuple[Extraction, Accuracy]:
    """With its accuracy; a truth that cannot be read costs no more than a warning."""
    try:
        return found, assess(found)
    except TruthError as error:
        warnings = (*found.warnings, f"{error} The accuracy is a self-check.")
        return dataclasses.replace(found, warnings=warnings), self_check(found)


def _failure(file: str, error: Exception) -> Failure:
    name, message = type(error).__name__, str(error)
    if isinstance(error, DocumentError):
        return Failure(file, name, error.page, message, error.remedy)
    if isinstance(error, PerfkitError):
        return Failure(file, name, None, message if file in message else f"{file}: {message}", "")
    remedy = "This is a fault of perfkit: please report it, with the file if you can."
    return Failure(file, name, None, f"{file}: {name}: {message}. {remedy}", remedy)


def _summary(results: Sequence[_Result]) -> str:
    told = [
        f"{len(found.line_items)} line items, {accuracy}" + ", doubtful" * found.doubtful
        for found, accuracy in results
    ]
    return told[0] if len(told) == 1 else f"{len(told)} documents: {'; '.join(told)}"
