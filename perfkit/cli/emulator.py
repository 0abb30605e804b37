"""``perfkit emulator``: a local stand-in for Google Document AI, started, watched, stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfkit.cli._emulator import (
    Drop,
    Fail,
    Foreground,
    Latency,
    MaxMb,
    MaxPages,
    Ocr,
    Port,
    Quota,
    Seed,
    begin,
)
from perfkit.errors import ParameterError

__all__ = ["register"]

_START = """Start a stand-in for Google Document AI.

It listens on loopback only, in a process of its own that stays until perfkit emulator stop,
and speaks gRPC: ProcessDocument, GetProcessor and ListProcessors, with the service's limits
and messages. Words come from the text of the documents themselves.

\b
Examples:
  perfkit emulator start
  perfkit emulator start --port 8510 --latency lognormal:200ms,0.5 --quota 600
  perfkit emulator start --fail UNAVAILABLE:0.1 --seed 7
  perfkit emulator start --foreground

What it does not imitate: docs/document-ai.md.
"""
_STATUS = """Say which stand-ins run, and what they have seen.

\b
Examples:
  perfkit emulator status
  perfkit emulator status --json

Exit code: 1 if none runs.
"""
_STOP = """Stop a stand-in.

\b
Examples:
  perfkit emulator stop
  perfkit emulator stop --port 8510
  perfkit emulator stop --all
"""
_RESET = """Let a stand-in forget what it has seen: statistics, attempts, the quota that was used.

\b
Example:
  perfkit emulator reset
"""

Which = Annotated[int, typer.Option("--port", help="Of which one, where several run.")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    emulator = typer.Typer(
        name="emulator",
        help="A local stand-in for Google Document AI: no account, no network, no bill.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    emulator.command("start", help=_START)(_start)
    emulator.command("status", help=_STATUS)(_status)
    emulator.command("stop", help=_STOP)(_stop)
    emulator.command("reset", help=_RESET)(_reset)
    app.add_typer(emulator)


def _start(
    port: Port = 0,
    latency: Latency = "0ms",
    fail: Fail = "",
    quota: Quota = 0,
    seed: Seed = 0,
    drop_page: Drop = None,
    max_mb: MaxMb = 40.0,
    max_pages: MaxPages = 15,
    ocr: Ocr = True,
    recordings: Annotated[
        Path | None,
        typer.Option(help="Folder of perfkit docai record: serve its answers instead."),
    ] = None,
    foreground: Foreground = False,
) -> None:
    from perfkit.emulator.options import Options

    try:
        options = Options(
            port=port,
            latency=latency,
            fail=fail,
            quota=quota,
            seed=seed,
            drop_pages=tuple(drop_page or ()),
            max_mb=max_mb,
            max_pages=max_pages,
            ocr=ocr,
            recordings="" if recordings is None else str(recordings.absolute()),
        )
    except ParameterError as error:
        raise typer.BadParameter(str(error)) from error
    begin(options, foreground=foreground)


def _status(
    port: Which = 0,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    import json

    from perfkit.emulator import registry

    found = [(one, seen) for one, seen in registry.known() if port in (0, one.port)]
    if as_json:
        typer.echo(json.dumps([{"address": one.address, **seen} for one, seen in found], indent=1))
    for one, seen in found if not as_json else ():
        codes = ", ".join(f"{count} {code}" for code, count in seen["codes"].items()) or "none yet"
        typer.echo(
            f"{one.address} (process {one.pid}): {seen['requests']} requests ({codes}), "
            f"{seen['pages']} pages, {seen['peak_in_flight']} in flight at most, "
            f"{seen['bytes_received']:,} bytes in, {seen['bytes_sent']:,} bytes out"
        )
    if not found:
        if not as_json:
            typer.echo("No stand-in runs. Start one: perfkit emulator start", err=True)
        raise typer.Exit(1)


def _stop(
    port: Which = 0, every: Annotated[bool, typer.Option("--all", help="All of them.")] = False
) -> None:
    from perfkit.emulator import registry

    ports = [one.port for one, _ in registry.known()] if every else [port]
    for each in ports:
        typer.echo(f"stopped {registry.stop(each).address}")


def _reset(port: Which = 0) -> None:
    from perfkit.emulator import registry
    from perfkit.emulator.process import ask

    where = registry.address(port)
    ask(where, "Reset")
    typer.echo(f"{where} begins afresh")
