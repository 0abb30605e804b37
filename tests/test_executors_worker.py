"""What a worker process does, done here: calls come in on one end, answers go out on it."""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import Any

import pytest

from perfkit.errors import DamagedPdfError, MissingExtraError, PageLostError, WorkersError
from perfkit.executors import _pages, _server, _worker
from perfkit.executors._frames import pack, receive
from perfkit.executors._outcome import Outcome, pack_error, run, unpack_error


@pytest.fixture
def served():
    """The owner's end of a connection whose other end is served."""
    ours, theirs = socket.socketpair()
    ours.settimeout(30)
    thread = threading.Thread(target=_worker.serve, args=(theirs,))
    thread.start()
    with ours, theirs:
        yield ours
        ours.shutdown(socket.SHUT_RDWR)
        thread.join(30)
    assert not thread.is_alive()


def ask(connection: socket.socket, function: str, *arguments: object) -> Any:
    connection.sendall(pack((function, arguments, "", 0.0)))
    ok, value, leaves, cpu_seconds = receive(connection)
    assert not leaves
    assert cpu_seconds > 0
    return ok, value


def test_a_call_is_answered_with_its_value(served):
    assert ask(served, "math:sqrt", 4) == (True, 2.0)
    assert ask(served, "builtins:sorted", "ba") == (True, ["a", "b"])


def test_a_call_that_fails_is_answered_with_its_error(served):
    assert ask(served, "math:sqrt", -1) == (False, ("ValueError", ("math domain error",)))


def test_what_cannot_travel_is_answered_with_an_error(served):
    ok, (kind, (problem,)) = ask(served, "tests.executor_jobs:unplain")
    assert (ok, kind) == (False, "TypeError")
    assert problem.startswith("tests.executor_jobs:unplain gave what is not plain")


def test_the_worker_ends_in_the_middle_of_a_message_if_its_owner_is_gone():
    ours, theirs = socket.socketpair()
    ours.sendall(pack(("math:sqrt", (4,), "", 0.0))[:-3])
    ours.close()
    with theirs:
        _worker.serve(theirs)


def test_a_worker_without_calls_lets_go_of_what_it_keeps_open(served, monkeypatch):
    let_go = threading.Event()
    monkeypatch.setattr(_worker, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(_pages, "let_go_when_idle", let_go.set)
    assert ask(served, "os:getpid") == (True, os.getpid())
    assert let_go.wait(30)
    assert ask(served, "math:sqrt", 4) == (True, 2.0)


@pytest.mark.parametrize(
    "error",
    [
        DamagedPdfError("a.pdf", 7, problem="it is torn", remedy="Mend it."),
        PageLostError("a.pdf"),
        MissingExtraError("pandas", "workbench", "A table"),
        WorkersError("There are none."),
        ZeroDivisionError("division by zero"),
    ],
)
def test_an_error_that_travels_is_the_same_afterwards(error):
    kind, values = pack_error(error)
    assert pack(values)
    again = unpack_error(kind, values)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_an_error_of_a_class_that_is_not_known_keeps_its_name_and_words():
    class OddError(Exception):
        pass

    assert repr(unpack_error(*pack_error(OddError("odd")))) == "RuntimeError('OddError: odd')"
    assert pack_error(ValueError(object)) == ("RuntimeError", (f"ValueError: {object}",))


@pytest.mark.parametrize(
    ("kind", "values"), [("no_such", ()), ("print", ("x",)), ("UnicodeDecodeError", ("x",))]
)
def test_only_errors_are_made_of_what_has_travelled(kind, values):
    """A worker that was taken over cannot name what is made here."""
    assert repr(unpack_error(kind, values)) == repr(RuntimeError(kind, *values))


def test_running_here_keeps_the_error_itself():
    outcome = run("math:sqrt", (-1,))
    assert isinstance(outcome, Outcome)
    assert isinstance(outcome.error, ValueError)


class LeftError(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize(("work", "code"), [(bool, 0), (socket.socket.sendall, 1)])
def test_a_forked_worker_serves_its_connection_and_leaves(work, code, monkeypatch):
    """Without the signals and the pipe of the server that it was forked from."""

    def leave(code: int) -> None:
        raise LeftError(code)

    monkeypatch.setattr("os._exit", leave)
    monkeypatch.setattr(_server, "serve", work)
    monkeypatch.setattr(_server, "begin_worker", bool)  # this process is none
    before = signal.signal(signal.SIGCHLD, lambda *_: None)
    ours, theirs = socket.socketpair()
    woken, wake = os.pipe()
    try:
        with ours, pytest.raises(LeftError) as left:
            _server._become_worker(theirs.detach(), wake)
        assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL
        assert os.read(woken, 1) == b""
    finally:
        signal.signal(signal.SIGCHLD, before)
        os.close(woken)
    assert left.value.args == (code,)
