"""The command line, as a table of contents: each command lives in the file of its name.

Only the command that is called is imported, so that a short job stays short.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from perfkit.errors import PerfkitError

if TYPE_CHECKING:
    import typer

__all__ = ["COMMANDS", "main"]

#: In the order of ``perfkit --help``. ``perfkit/cli/NAME.py`` has ``register(app)``.
COMMANDS = (
    "extract",
    "score",
    "batch",
    "corpus",
    "vendor",
    "compare",
    "sweep",
    "profile",
    "tune",
    "point",
    "report",
    "calibrate",
    "gate",
    "history",
    "emulator",
    "docai",
)

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


def _app(arguments: list[str]) -> typer.Typer:
    import typer

    app = typer.Typer(
        name="perfkit",
        help="Measure and tune document pipelines: real work, proved output, stated intervals.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def _root() -> None:
        """Keep every command a subcommand, also when only one is registered."""

    chosen = [name for name in COMMANDS if arguments[:1] == [name]] or list(COMMANDS)
    for name in chosen:
        importlib.import_module(f"perfkit.cli.{name}").register(app)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 well, 1 failed, 2 wrong usage."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given[:1] == ["extract"]:
            from perfkit.cli._quick import quick_extract

            code = quick_extract(given[1:])
            if code is not None:
                raise SystemExit(code)
        _app(given)(args=given, prog_name="perfkit")
    except PerfkitError as error:
        sys.stderr.write(f"perfkit: {error}\n")
        raise SystemExit(EXIT_FAILED) from None
    except KeyboardInterrupt:
        sys.stderr.write("perfkit: interrupted\n")
        raise SystemExit(EXIT_INTERRUPTED) from None
