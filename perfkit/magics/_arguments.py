"""Words behind a magic's name: options, and expressions in the user's namespace."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic_arguments import MagicArgumentParser

from perfkit.nearest import did_you_mean

__all__ = ["bare", "evaluated", "parser", "work_of_code"]


class _Options(MagicArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Complain; of a misspelt option with the nearest."""
        found = re.match(r"unrecognized arguments: (--\w+)", message)
        if found:
            near = did_you_mean(found[1], self._option_string_actions)
            message = f"There is no option {found[1]}{near}"
        raise UsageError(f"{self.prog}: {message}")


def parser(name: str) -> MagicArgumentParser:
    """A parser of options, whose complaints IPython shows as one line."""
    made = _Options(prog=f"%perfkit {name}")  # type: ignore[no-untyped-call]
    made.allow_abbrev = False
    return made


def bare(text: str) -> str:
    """Without the quotes around it."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return (text[1:-1] if quoted else text).strip()


def evaluated(shell: InteractiveShell, text: str) -> Any:
    """The value of an expression; in quotes it may hold spaces.

    Raises
    ------
    UsageError
        If it is no expression, or holds a name that is not known (the nearest is told).
    """
    source = bare(text)
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError as error:
        raise UsageError(f"{source!r} is no expression; put one with spaces in quotes.") from error
    known = {**vars(builtins), **shell.user_ns}
    if isinstance(tree.body, ast.Name) and tree.body.id not in known:
        own = [name for name in shell.user_ns if not name.startswith("_")]
        raise UsageError(f"There is no {source!r} in this notebook{did_you_mean(source, own)}")
    return eval(compile(tree, "<perfkit>", "eval"), shell.user_ns)  # the user's own expression


def work_of_code(
    shell: InteractiveShell, source: str, *, is_expression: bool
) -> Callable[[], object]:
    """A cell's code, or an expression, as a call that can be made over and over."""
    mode = "eval" if is_expression else "exec"
    transformed: str = shell.transform_cell(source)  # type: ignore[no-untyped-call]
    # Known to the traceback, should the user's code fail.
    name = shell.compile.cache(transformed, shell.execution_count, raw_code=source)
    code = compile(transformed.strip() if is_expression else transformed, name, mode)
    if is_expression:
        return partial(eval, code, shell.user_ns)
    return partial(exec, code, shell.user_ns)
