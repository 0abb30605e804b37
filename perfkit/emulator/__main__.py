"""``python -m perfkit.emulator OPTIONS``: the stand-in as a process of its own.

Its first line on standard output is its address. With ``--attached`` it ends when its
standard input does: not even a parent that is killed leaves it behind.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

from perfkit.emulator.options import Options
from perfkit.errors import MissingExtraError

_SWITCH_SECONDS = 0.0002


def main(arguments: list[str]) -> int:
    """Serve until stopped; 1 if the port is taken."""
    options, attached = Options.from_json(arguments[0]), "--attached" in arguments
    try:
        return asyncio.run(_serve(options, attached=attached))
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _serve(options: Options, *, attached: bool) -> int:
    try:
        from perfkit.emulator.server import Server
    except ImportError as error:
        raise MissingExtraError("google-cloud-documentai", "docai", "The stand-in") from error
    # The thread that listens is not to wait 5 ms for the one that reads: a request's latency
    # counts from when it is heard.
    sys.setswitchinterval(_SWITCH_SECONDS)
    server, loop = Server(options), asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, server.stop)
    if attached:
        watch = threading.Thread(
            target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(server.stop)), daemon=True
        )
        watch.start()
    await server.serve(_tell)
    return 0


def _tell(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    # Whoever started this may be gone by now, and a closed pipe must not end it.
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
