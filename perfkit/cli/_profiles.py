"""What ``perfkit profile`` is given, and what it prints and writes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from perfkit.bench.formatting import figure, percent
from perfkit.bench.html import Column
from perfkit.cli._columns import columns
from perfkit.cli._settings import recipe_from
from perfkit.cli._sweeps import subject
from perfkit.cli._text import printable
from perfkit.cli._writing import TargetError, check_target, whole_file
from perfkit.errors import MeasurementError, ParameterError
from perfkit.profiling.difference import Difference
from perfkit.profiling.line_profile import LineProfile
from perfkit.profiling.stacks import StackProfile
from perfkit.recipe import Recipe

if TYPE_CHECKING:
    from perfkit.profiling.result import Profile

__all__ = ["SHOW", "baseline", "given", "targets", "write"]

_LINES = 10


def given(text: str) -> Recipe | Callable[..., object]:
    """A recipe, or a pipeline of one's own, from how it is named on the command line.

    Raises
    ------
    ParameterError, RecipeError
        If it names neither, or what does not exist.
    """
    if "=" in text or text.endswith(".toml"):
        return recipe_from(text)
    if ":" in text:
        return subject(text, {})
    raise ParameterError(
        f"{text!r} is no recipe: write NAME=VALUE as in engine=pdfium, a file as in recipe.toml, "
        "or MODULE:FUNCTION."
    )


def baseline(text: str) -> Recipe | Callable[..., object] | str:
    """As :func:`given`, or the name of a git revision where it is none of these."""
    return given(text) if any(sign in text for sign in "=:") or text.endswith(".toml") else text


def targets(out: str | None, document: str) -> dict[str, Callable[[Profile], str]]:
    """Files to write, each with what gives its content; checked before any work is done.

    Raises
    ------
    ParameterError
        If one cannot be written, or has an ending that says nothing.
    """
    if out is None:
        return {}
    ending = os.path.splitext(out)[1].lower()
    if os.path.isdir(out) or out.endswith(("/", os.sep)) or not ending:
        found: dict[str, Callable[[Profile], str]] = {
            os.path.join(out, "profile.html"): _html,
            os.path.join(out, "profile.json"): _json,
            os.path.join(out, "profile.speedscope.json"): _speedscope,
        }
    elif ending in _ENDINGS:
        found = {out: _ENDINGS[ending]}
    else:
        raise ParameterError(f"--out {out}: name a file .html or .json, or a folder.")
    try:
        for path in found:
            check_target(path, [document])
    except TargetError as error:
        raise ParameterError(str(error)) from error
    return found


def write(path: str, content: str) -> None:
    """A whole file, or none; nothing for empty content.

    Raises
    ------
    MeasurementError
        If it cannot be written.
    """
    try:
        if content:
            with whole_file(path) as file:
                file.write(content)
    except TargetError as error:
        raise MeasurementError(str(error)) from error


def _html(found: Profile) -> str:
    return found.html()


def _json(found: Profile) -> str:
    return found.to_json() + "\n"


def _speedscope(found: Profile) -> str:
    """Of the first part that has call stacks; empty where none has."""
    for part in found.parts:
        if isinstance(part, StackProfile):
            return json.dumps(found.speedscope(part.kind)) + "\n"
    return ""


def _csv(found: Profile) -> str:
    return "\n".join(found.frame(kind).to_csv(index=False) for kind in found.kinds).rstrip("\n")


def _text(found: Profile) -> str:
    told = []
    for part in found.parts:
        told += [printable(part.sentence()), ""]
        if isinstance(part, StackProfile):
            told += [_lines(part), ""]
        elif isinstance(part, LineProfile):
            told += [_counted(part), ""]
        elif isinstance(part, Difference):
            told += [_changed(part), ""]
    return "\n".join(told).rstrip("\n")


def _lines(part: StackProfile) -> str:
    heads = [Column("line"), Column("share", numeric=True)]
    heads += [Column(f"{part.unit} a run", numeric=True), Column("source")]
    rows = [
        [each.where, percent(each.share), figure(each.amount), each.source]
        for each in part.lines[:_LINES]
    ]
    return columns(heads, rows)


def _counted(part: LineProfile) -> str:
    heads = [Column("line"), Column("of its function", numeric=True), Column("hits", numeric=True)]
    heads += [Column("ms a run", numeric=True), Column("source")]
    rows = []
    for (name, file), line, share in part.hottest()[:_LINES]:
        hits, ms = part.lines_of((name, file))[line]
        first, text = part.sources[name, file]
        source = text[line - first].strip()
        rows.append([f"{file}:{line}", percent(share), f"{hits:,.6g}", figure(ms), source])
    return columns(heads, rows)


def _changed(part: Difference) -> str:
    heads = [Column("function"), Column("file"), Column(f"{part.unit} before", numeric=True)]
    heads += [Column("after", numeric=True), Column("change", numeric=True), Column("verdict")]
    rows = [
        [
            each.where.function,
            each.where.file,
            figure(each.before),
            figure(each.after),
            f"{each.change.value:+.3g} [{each.change.low:+.3g}, {each.change.high:+.3g}]",
            each.word,
        ]
        for each in part.functions[:_LINES]
    ]
    return columns(heads, rows)


_ENDINGS = {".html": _html, ".htm": _html, ".json": _json}
SHOW = {"text": _text, "json": _json, "csv": _csv, "speedscope": _speedscope}
