"""``perfkit extract`` without typer, for plain command lines.

With its pydantic, typer takes longer to import than a document takes to be read. What is
not plain here (``--help``, a misspelt option, a missing value) is left to typer, which
explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["plain_arguments", "quick_extract"]

_OPTIONS = {
    "--format": "form",
    "--engine": "engine",
    "--layout": "layout",
    "--out": "out",
    "--password-file": "password_file",
    "--recipe": "recipe_file",
}
_FLAGS = {
    "--all": "every",
    "--attachments": "attachments",
    "--all-pages": "all_pages",
    "--accept-doubtful": "accept_doubtful",
}


def plain_arguments(arguments: Sequence[str]) -> dict[str, Any] | None:
    """Arguments of :func:`perfkit.cli._job.run`; None where typer should look at them."""
    given: dict[str, Any] = {"files": []}
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-"):
            given["files"].append(argument)
            continue
        if argument in _FLAGS:
            given[_FLAGS[argument]] = True
            continue
        option, equals, value = argument.partition("=")
        name = _OPTIONS.get(option)
        if not equals:
            value = next(rest, "-")
        if name is None or name in given or value.startswith("-"):
            return None
        given[name] = value
    return _with_format(given) if given["files"] else None


def _with_format(given: dict[str, Any]) -> dict[str, Any] | None:
    from perfkit.cli._formats import Format

    if "form" in given:
        if given["form"] not in list(Format):
            return None
        given["form"] = Format(given["form"])
    return given


def quick_extract(arguments: Sequence[str]) -> int | None:
    """The command's exit code; None where typer should take over, and nothing was done."""
    given = plain_arguments(arguments)
    if given is None:
        return None
    from perfkit.cli._job import run

    return run(**given)
