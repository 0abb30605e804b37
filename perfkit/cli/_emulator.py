"""What the commands share that start a stand-in: their options, and the start itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from perfkit.emulator.options import Options

__all__ = [
    "Drop",
    "Fail",
    "Foreground",
    "Latency",
    "MaxMb",
    "MaxPages",
    "Ocr",
    "Port",
    "Quota",
    "Seed",
    "begin",
]

Port = Annotated[int, typer.Option(min=0, max=65535, help="On loopback; 0 for a free one.")]
Latency = Annotated[
    str,
    typer.Option(
        metavar="TIME|KIND:A,B",
        help="Of a page: 200ms, uniform:100ms,300ms or lognormal:200ms,0.5 (median, sigma).",
    ),
]
Fail = Annotated[
    str,
    typer.Option(metavar="CODE:SHARE,...", help="Failures to inject, such as UNAVAILABLE:0.1."),
]
Quota = Annotated[int, typer.Option(min=0, help="Requests a minute; 0 for no limit.")]
Seed = Annotated[int, typer.Option(help="Of latencies and failures: the same one repeats a run.")]
Drop = Annotated[
    list[int] | None,
    typer.Option(min=1, metavar="NUMBER", help="A page that answers leave out; repeatable."),
]
Ocr = Annotated[bool, typer.Option(help="Read pages without a text layer (extra ocr).")]
MaxMb = Annotated[float, typer.Option(help="Largest document, MiB.")]
MaxPages = Annotated[int, typer.Option(min=1, help="Most pages of a request (30 imageless).")]
Foreground = Annotated[
    bool, typer.Option("--foreground", help="Run until Ctrl-C instead of staying behind.")
]


def begin(options: Options, *, foreground: bool) -> None:
    """Start a stand-in and say where; in the foreground, wait until it is interrupted."""
    from perfkit.emulator import registry
    from perfkit.emulator.process import Emulator

    if foreground:
        emulator = Emulator(options)
        try:
            _tell(emulator.address)
            emulator.process.wait()
        finally:
            emulator.stop()
    else:
        _tell(registry.start(options).address)


def _tell(address: str) -> None:
    from perfkit.docai.settings import ENDPOINT

    typer.echo(f"listening on {address}")
    typer.echo(f"export {ENDPOINT}={address}")
