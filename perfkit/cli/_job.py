"""What ``perfkit extract`` does, once its command line is understood."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Sequence

from perfkit import plugins
from perfkit.accuracy import Accuracy, assess, self_check
from perfkit.cli._formats import Failure, Format, writer_for
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
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.vendors.declaration import load_vendor

__all__ = ["run"]

EXIT_WELL, EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130
_LONGEST_PASSWORD_BYTES = 1024


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
) -> int:
    """Read the files and write what was found; the exit code."""
    into_folder = out is not None and (os.path.isdir(out) or out.endswith(("/", os.sep)))
    form = form or _format_for(out, into_folder=into_folder)
    try:
        recipe = _recipe(recipe_file, engine, layout)
        paths = names_in(out or "", files, form.suffix) if into_folder else [out] if out else []
        _check(paths, files)
        job = _Job(files, recipe, _password(password_file))
        if into_folder:
            job.into_files(paths, form)
        else:
            job.into_one(out, form)
        job.say_end(out)
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
    return EXIT_FAILED if job.failures else EXIT_WELL


def _format_for(out: str | None, *, into_folder: bool) -> Format:
    if into_folder:
        return Format.json
    suffix = os.path.splitext(out or "")[1].lower()
    return next((form for form in Format if form.suffix == suffix), Format.table)


def _recipe(file: str | None, engine: str | None, layout: str | None) -> Recipe:
    """The recipe of a file, or the usual one; what the command line names comes before it."""
    try:
        recipe = Recipe() if file is None else Recipe.from_toml(file)
        given = {"engine": engine, "layout": layout}
        recipe = recipe.with_(**{key: name for key, name in given.items() if name is not None})
        plugins.load("engines", recipe.engine)
        if recipe.layout != "auto":
            load_vendor(recipe.layout)
    except RecipeError as error:
        raise _UsageError(printable(str(error))) from error
    return recipe


def _check(paths: Sequence[str], files: Sequence[str]) -> None:
    try:
        for path in paths:
            check_target(path, files)
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


class _Job:
    """The files to read, and what became of them."""

    def __init__(self, files: Sequence[str], recipe: Recipe, password: str) -> None:
        self._files, self._recipe, self._password = files, recipe, password
        self._progress = Progress(len(files))
        self.failures: list[Failure] = []

    def into_one(self, out: str | None, form: Format) -> None:
        """Write all documents to one file, or to standard output."""
        target = whole_output() if out is None else whole_file(out)
        with target as stream, self._progress:
            writer = writer_for(form, stream)
            for file in self._files:
                if result := self._read(file, form):
                    writer.add(*result)
                    self._progress.done(file, _summary(*result))
                del result  # one document is let go before the next is read
            writer.end(self.failures)

    def into_files(self, paths: Sequence[str], form: Format) -> None:
        """Write one file a document, each as soon as it is read."""
        with self._progress:
            for file, path in zip(self._files, paths, strict=True):
                if result := self._read(file, form):
                    with whole_file(path) as stream:
                        writer = writer_for(form, stream)
                        writer.add(*result)
                        writer.end(())
                    self._progress.done(file, f"{_summary(*result)}; written: {path}")
                del result

    def _read(self, file: str, form: Format) -> tuple[Extraction, Accuracy] | None:
        self._progress.start(file)
        try:
            found = extract(file, self._recipe, password=self._password)
        except (MissingExtraError, RecipeError):
            raise  # nothing about this one document: the others would fail as well
        except Exception as error:  # noqa: BLE001 - one odd file must not cost the others
            failure = _failure(file, error)
        else:
            found, accuracy = _assess(found)
            if form is Format.csv:  # which has no place for them
                for warning in found.warnings:
                    self._progress.say(f"perfkit: {file}: warning: {warning}")
            return found, accuracy
        self.failures.append(failure)
        self._progress.failed(failure.message)
        return None

    def say_end(self, out: str | None) -> None:
        """Name what was written, or how many failed, on standard error."""
        count, failed = len(self._files), len(self.failures)
        if out is not None:
            self._progress.say(f"written: {out} ({count - failed} of {count} documents)")
        elif failed and count > 1:
            self._progress.say(f"perfkit: {failed} of {count} documents failed")


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


def _summary(found: Extraction, accuracy: Accuracy) -> str:
    return f"{len(found.line_items)} line items, {accuracy}"
