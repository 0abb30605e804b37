"""A stand-in's process: started, asked for its statistics, stopped."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from perfkit.emulator.options import Options
from perfkit.errors import EmulatorError, MissingExtraError

__all__ = ["Emulator", "ask", "launch", "running"]

_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_ASK_SECONDS = 2.0


class Emulator:
    """A stand-in that runs in a process of its own, and ends with this one at the latest.

    Attributes
    ----------
    address : str
        ``127.0.0.1:PORT``.
    options : Options
        How it behaves.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.process, self.address = launch(options, attached=True)

    def statistics(self) -> dict[str, Any]:
        """What it has seen: ``requests``, ``peak_in_flight``, bytes, ``codes``, ``pages``.

        Raises
        ------
        EmulatorError
            If it does not answer.
        """
        return ask(self.address, "Statistics")

    def reset(self, **changes: Any) -> None:
        """Forget what was seen: statistics, attempts and the quota that was used.

        Parameters
        ----------
        **changes
            Options that hold from now on in place of those it was started with; all others
            are as they were at the start.
        """
        ask(self.address, "Reset", dataclasses.replace(self.options, **changes).as_json().encode())

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self._reap()

    def stop(self) -> None:
        """End it; safe to call twice."""
        if self.process.poll() is None:
            self.process.terminate()
        self._reap()

    def _reap(self) -> None:
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


@contextlib.contextmanager
def running(**options: Any) -> Iterator[Emulator]:
    """A stand-in on a free port, for as long as the ``with`` statement lasts.

    Parameters
    ----------
    **options
        Of :class:`perfkit.emulator.options.Options`.

    Raises
    ------
    EmulatorError
        If it cannot be started.
    MissingExtraError
        If the extra ``docai`` is not installed.
    """
    emulator = Emulator(Options(**options))
    try:
        yield emulator
    finally:
        emulator.stop()


def launch(options: Options, *, attached: bool) -> tuple[subprocess.Popen[bytes], str]:
    """Start a process and wait for its address.

    An attached one ends when this process does.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "perfkit.emulator", options.as_json()]
            + (["--attached"] if attached else []),
            stdin=subprocess.PIPE if attached else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            # Ctrl-C is for the one who started it, who then stops it.
            start_new_session=True,
        )
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        if address:
            return process, address
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        process.wait(_START_SECONDS)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip()
    if "MissingExtraError" in said:
        raise MissingExtraError("google-cloud-documentai", "docai", "The stand-in")
    last = said.rpartition("\n")[2] or f"exit code {process.returncode}"
    raise EmulatorError(f"The stand-in for Document AI did not start: {last}.")


def ask(address: str, method: str, request: bytes = b"") -> dict[str, Any]:
    """Call a stand-in's own service: ``Statistics``, ``Reset`` (to other options) or ``Stop``.

    Raises
    ------
    EmulatorError
        If nothing answers at the address, or it is not a stand-in of perfkit.
    """
    try:
        import grpc
    except ImportError as error:
        raise MissingExtraError("grpcio", "docai", "The stand-in") from error
    with grpc.insecure_channel(address) as channel:
        call = channel.unary_unary(f"/perfkit.emulator.Control/{method}")
        try:
            answer: dict[str, Any] = json.loads(call(request, timeout=_ASK_SECONDS))
        except grpc.RpcError as error:
            raise EmulatorError(
                f"No stand-in of perfkit answers at {address} ({error.code().name}). Start one: "
                "perfkit emulator start."
            ) from error
    return answer
