"""Parameters of a notebook, read from its one ``parameters`` cell and checked.

papermill warns of a misspelt parameter and goes on with the default; here it is an error.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from perfkit.bench.profile_choice import PROFILES
from perfkit.errors import ParameterError
from perfkit.nearest import did_you_mean
from perfkit.report.types import FromText, fits, from_text, type_of

__all__ = ["Parameter", "check", "declared", "parse_pairs"]


class Parameter(NamedTuple):
    """One parameter: its type as it is written, its default, and what its comment says."""

    name: str
    type: str
    default: object
    meaning: str


def declared(source: str, notebook: str) -> list[Parameter]:
    """Parameters of a cell such as ``rounds: int = 7  # timed rounds, at least 3``.

    Raises
    ------
    ParameterError
        If the cell holds anything but assignments of plain values.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(f"Notebook {notebook}: its parameters cell is no Python.") from error
    comments = _comments(source)
    found = []
    for statement in body:
        name, annotation, value = _assignment(statement)
        if not name or value is None:
            raise ParameterError(
                f"Notebook {notebook}: line {statement.lineno} of its parameters cell is not "
                "NAME: TYPE = VALUE with a plain value."
            )
        default = ast.literal_eval(value)
        kind = ast.unparse(annotation) if annotation else type_of(default)
        lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        meaning = " ".join(comments[line] for line in lines if line in comments)
        found.append(Parameter(name, kind, default, meaning))
    return found


def _assignment(statement: ast.stmt) -> tuple[str, ast.expr | None, ast.expr | None]:
    """Name, annotation and value; an empty name where it is no such statement."""
    target: ast.expr | None = None
    annotation = value = None
    if isinstance(statement, ast.AnnAssign):
        target, annotation, value = statement.target, statement.annotation, statement.value
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    if not isinstance(target, ast.Name) or value is None:
        return "", None, None
    try:
        ast.literal_eval(value)
    except ValueError:
        return "", None, None
    return target.id, annotation, value


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}


def check(
    given: Mapping[str, object], notebooks: Mapping[str, Sequence[Parameter]]
) -> dict[str, dict[str, Any]]:
    """Values for each notebook, right in name and type.

    A parameter goes to every notebook that has it.

    Raises
    ------
    ParameterError
        If no notebook has it (the message names the nearest), or its value does not fit.
    """
    known = {parameter.name for of in notebooks.values() for parameter in of}
    for name in given:
        if name not in known:
            which = f"Notebook {next(iter(notebooks))}" if len(notebooks) == 1 else "No notebook"
            lacks = "has no parameter" if len(notebooks) == 1 else "has a parameter"
            raise ParameterError(f"{which} {lacks} {name!r}{did_you_mean(name, known)}")
    return {
        notebook: {p.name: _value(notebook, p, given[p.name]) for p in of if p.name in given}
        for notebook, of in notebooks.items()
    }


def _value(notebook: str, parameter: Parameter, value: object) -> object:
    if isinstance(value, FromText):
        value = from_text(value, parameter.type)
    if not fits(value, parameter.type):
        meaning = f" ({parameter.meaning})" if parameter.meaning else ""
        shown = str(value) if isinstance(value, FromText) else value
        raise ParameterError(
            f"Notebook {notebook}: {parameter.name} takes {parameter.type}{meaning}, not {shown!r}."
        )
    if parameter.name == "profile" and parameter.default in PROFILES and value not in PROFILES:
        near = did_you_mean(str(value), PROFILES)
        raise ParameterError(f"Notebook {notebook}: there is no profile {str(value)!r}{near}")
    return value


def parse_pairs(pairs: Sequence[str]) -> dict[str, object]:
    """``["rounds=5"]`` as the command line gives it; values are read once their type is known.

    Raises
    ------
    ParameterError
        If a pair has no ``=``, or a name stands twice.
    """
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ParameterError(f"-p {pair}: give NAME=VALUE, such as -p rounds=5.")
        if name.strip() in found:
            raise ParameterError(f"-p {name.strip()} is given twice.")
        found[name.strip()] = FromText(value)
    return found
