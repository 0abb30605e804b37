"""Types of notebook parameters: the few that JSON and a command line can both carry."""

from __future__ import annotations

import ast
import json
import math

from perfkit.errors import ParameterError

__all__ = ["FromText", "fits", "from_text", "type_of"]


class FromText(str):
    """A value as it was typed, before its type is known."""

    __slots__ = ()


def type_of(default: object) -> str:
    """The type of a parameter that is declared without one."""
    if isinstance(default, (list, tuple)):
        kinds = {type_of(item) for item in default}
        return f"list[{kinds.pop()}]" if len(kinds) == 1 else "list"
    return type(default).__name__


def fits(value: object, annotation: str) -> bool:
    """Whether a value is of a type. A whole number is a float; a truth value is no number."""
    return not isinstance(value, FromText) and _fits(value, _parsed(annotation))


def _fits(value: object, node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _fits(value, node.left) or _fits(value, node.right)
    if isinstance(node, ast.Subscript):
        return _fits_subscript(value, node)
    name = "None" if isinstance(node, ast.Constant) else ast.unparse(node)
    match name:
        case "None" | "NoneType":
            return value is None
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            return number and math.isfinite(value)  # type: ignore[arg-type]  # a number here
        case "str":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "list":
            return isinstance(value, (list, tuple))
        case "dict":
            return isinstance(value, dict)
    raise ParameterError(
        f"A parameter's type may be int, float, str, bool, list[...], dict, Literal[...] or "
        f"None, not {name}."
    )


def _fits_subscript(value: object, node: ast.Subscript) -> bool:
    outer = ast.unparse(node.value).rpartition(".")[2]
    if outer == "Literal":
        return value in ast.literal_eval(f"({ast.unparse(node.slice).strip('()')},)")
    if outer in ("list", "Sequence"):
        return isinstance(value, (list, tuple)) and all(_fits(item, node.slice) for item in value)
    return _fits(value, node.value)


def from_text(text: str, annotation: str) -> object:
    """What was typed, as a value of the type; unchanged where it can't be one.

    Lists are written ``a,b`` or as JSON.
    """
    text = str(text)  # no longer FromText
    for candidate in _readings(text, _parsed(annotation)):
        if fits(candidate, annotation):
            return candidate
    return text


def _readings(text: str, node: ast.expr) -> list[object]:
    """Ways to read a text, the likeliest first."""
    kind = ast.unparse(node)
    values: list[object] = []
    if "list" in kind and not text.lstrip().startswith("["):
        items = [item.strip() for item in text.split(",") if item.strip()]
        values += [[_scalar(item) for item in items], list(items)]
        if "list[str]" in kind:
            values.reverse()
    plain: list[object] = [_scalar(text), text]
    return values + (plain[::-1] if kind == "str" else plain)


def _scalar(text: str) -> object:
    words: dict[str, object] = {"true": True, "false": False, "none": None}
    if text.strip().lower() in words:
        return words[text.strip().lower()]
    for read in (json.loads, ast.literal_eval):
        try:
            value: object = read(text)
        except (ValueError, SyntaxError):
            continue
        return value
    return text


def _parsed(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body
