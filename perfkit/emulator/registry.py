"""The stand-ins that were started to stay: a small file each, where the user's state lies."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any, NamedTuple

from perfkit.emulator.options import Options
from perfkit.emulator.process import ask, launch
from perfkit.errors import EmulatorError

__all__ = ["Known", "address", "known", "start", "stop"]

_STOP_SECONDS, _TICK_SECONDS = 5.0, 0.05


class Known(NamedTuple):
    """A stand-in that was started, by whom ever, and its process."""

    address: str
    pid: int
    file: Path

    @property
    def port(self) -> int:
        """Where on loopback."""
        return int(self.address.rpartition(":")[2])


def start(options: Options) -> Known:
    """Start a stand-in that stays until it is stopped.

    Raises
    ------
    EmulatorError
        If it does not start: its port is taken, for example.
    """
    process, where = launch(options, attached=False)
    assert process.stdout is not None
    process.stdout.close()
    # It is nobody's child any more; without this, Python would complain that it still runs.
    process.returncode = 0
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"{where.rpartition(':')[2]}.json"
    told = {"address": where, "pid": process.pid}
    file.write_text(json.dumps(told), encoding="utf-8")
    return Known(where, process.pid, file)


def known() -> list[tuple[Known, dict[str, Any]]]:
    """Those that answer, with their statistics; what is left of others is removed."""
    found = []
    for file in sorted(_folder().glob("*.json")):
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            one = Known(str(told["address"]), int(told["pid"]), file)
            found.append((one, ask(one.address, "Statistics")))
        except (EmulatorError, OSError, ValueError, KeyError, TypeError):
            file.unlink(missing_ok=True)
    return found


def address(port: int = 0) -> str:
    """Where the stand-in answers that was started; its port, if there are several.

    Raises
    ------
    EmulatorError
        If none was started, or several and none of this port.
    """
    return _one(port).address


def stop(port: int = 0) -> Known:
    """Stop a stand-in; its port, if there are several.

    Raises
    ------
    EmulatorError
        As for :func:`address`.
    """
    one = _one(port)
    with contextlib.suppress(EmulatorError):
        ask(one.address, "Stop")
    end = time.monotonic() + _STOP_SECONDS
    while _answers(one) and time.monotonic() < end:
        time.sleep(_TICK_SECONDS)
    if _answers(one):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGTERM)
    one.file.unlink(missing_ok=True)
    return one


def _one(port: int) -> Known:
    all_of_them = [one for one, _ in known()]
    found = [one for one in all_of_them if port in (0, one.port)]
    if len(found) == 1:
        return found[0]
    ports = ", ".join(str(one.port) for one in all_of_them)
    if not all_of_them:
        raise EmulatorError("No stand-in was started. Start one: perfkit emulator start.")
    if not found:
        raise EmulatorError(f"No stand-in answers on port {port}; there are those of {ports}.")
    raise EmulatorError(f"Several stand-ins run: give the port of one ({ports}).")


def _answers(one: Known) -> bool:
    try:
        ask(one.address, "Statistics")
    except EmulatorError:
        return False
    return True


def _folder() -> Path:
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local/state") / "perfkit" / "emulators"
