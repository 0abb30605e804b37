"""Worker processes die, hang and end without costing more than their own call."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from perfkit.errors import WorkerLostError, WorkerMemoryError, WorkersError
from perfkit.executors import _pool, _workers, processes
from perfkit.executors._frames import Frames, pack
from perfkit.executors._pool import Pool, shared_pool
from perfkit.executors._workers import Ending, ForkServer

ROOT = Path(__file__).parent.parent


@pytest.fixture
def pool():
    own = Pool(())
    yield own
    own.close()


def gone(pid: int, patience_seconds: float = 5.0) -> bool:
    """Whether a process ends within the time given."""
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


def test_a_worker_is_kept_for_the_next_map(pool):
    first = [o.value for o in processes.ordered_map("os:getpid", [()], workers=1, pool=pool)]
    again = [o.value for o in processes.ordered_map("os:getpid", [()], workers=1, pool=pool)]
    assert first == again == pool.pids
    assert first != [os.getpid()]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (signal.SIGKILL, "killed by SIGKILL"),
        (signal.SIGSTOP, "hung"),
        (signal.SIGRTMIN + 6, f"killed by signal {signal.SIGRTMIN + 6}"),
    ],
)
def test_a_worker_that_dies_or_hangs_costs_its_own_call_only(pool, tmp_path, how, told):
    harmless = tmp_path / "has been"
    harmless.touch()
    calls = [(str(tmp_path / "to be"), int(how)), *[(str(harmless), 0)] * 5]
    found = list(
        processes.ordered_map(
            "tests.executor_jobs:end_once", calls, workers=2, deadline_seconds=1.0, pool=pool
        )
    )
    lost = [o for o in found if isinstance(o.error, WorkerLostError)]
    assert len(lost) == 1
    assert told in str(lost[0].error)
    assert all(o.value for o in found if o not in lost)


def test_a_worker_that_leaves_tells_its_exit_code(pool):
    (outcome,) = processes.ordered_map("os:_exit", [(3,)], workers=1, pool=pool)
    assert "exit code 3" in str(outcome.error)


def test_a_worker_that_died_while_idle_is_replaced(pool):
    pool.warm(2)
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)
    found = processes.ordered_map("math:sqrt", [(4,)] * 4, workers=2, pool=pool)
    assert [o.value for o in found] == [2.0] * 4


def test_a_fork_server_that_died_is_replaced(pool):
    pool.warm(1)
    os.kill(pool._server.pid, signal.SIGKILL)
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
        gone(pid)
    (outcome,) = processes.ordered_map("math:sqrt", [(4,)], workers=1, pool=pool)
    assert outcome.value == 2.0


def test_a_start_that_is_broken_off_leaves_no_worker_for_the_next(pool, monkeypatch):
    """Ctrl-C while a worker starts: what the server tells of it must not be the next one's."""
    pool.warm(1)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ForkServer, "_read_notes", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pool.warm(2)
    pool.warm(2)
    found = processes.ordered_map("os:getpid", [()] * 8, workers=2, pool=pool)
    assert {outcome.value for outcome in found} <= set(pool.pids)


def test_no_process_is_left_behind_by_a_pool_that_is_closed(pool):
    pool.warm(2)
    pids = [*pool.pids, pool._server.pid]
    pool.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_worker_is_replaced_after_so_many_calls(pool, monkeypatch):
    monkeypatch.setattr(_pool, "MOST_CALLS", 2)
    found = processes.ordered_map("os:getpid", [()] * 2, workers=1, pool=pool)
    (old,) = {outcome.value for outcome in found}
    (new,) = processes.ordered_map("os:getpid", [()], workers=1, pool=pool)
    assert new.value != old
    assert gone(old)


def test_a_server_that_hangs_is_ended_and_replaced(pool, monkeypatch):
    monkeypatch.setattr(_workers, "END_SECONDS", 0.1)
    pool.warm(1)
    hanging = pool._server
    os.kill(hanging.pid, signal.SIGSTOP)
    with pytest.raises(WorkersError, match="ended or hangs"):
        hanging.spawn(patience_seconds=0.1)
    pool._close_server()
    assert gone(hanging.pid)
    (outcome,) = processes.ordered_map("math:sqrt", [(4,)], workers=1, pool=pool)
    assert outcome.value == 2.0


def test_a_server_that_is_gone_starts_nothing_and_knows_nothing():
    server = ForkServer(())
    os.kill(server.pid, signal.SIGKILL)
    assert gone(server.pid)
    with pytest.raises(WorkersError, match=r"cannot be started|has ended"):
        server.spawn()
    assert server.how_it_ended(2**22 + 1) == Ending("it ended")
    server.close()


def test_a_worker_that_is_gone_takes_no_call(pool):
    pool.warm(1)
    worker = pool.get()
    os.kill(worker.pid, signal.SIGKILL)
    assert gone(worker.pid)
    worker.send("math:sqrt", (bytes(10_000_000),))
    assert worker.has_unsent
    assert worker.take() == []
    assert not worker.alive
    worker.hang_up()


def test_a_forked_child_lets_go_of_its_parents_workers(pool, monkeypatch):
    """What the child runs, run here: the connections are closed, nobody is waited for."""
    pool.warm(1)
    (worker,), server = pool.pids, pool._server.pid
    monkeypatch.setattr(_pool, "_shared", pool)
    _pool._after_fork()
    assert shared_pool() is not pool
    # Here nobody else has the other ends, so all of them end.
    assert gone(worker)
    assert gone(server)
    os.waitpid(server, 0)
    shared_pool().close()
    atexit.unregister(shared_pool().close)


def test_workers_still_at_work_are_ended_with_their_map(pool):
    pool.warm(1)
    (pid,) = pool.pids
    found = processes.ordered_map(
        "tests.executor_jobs:spin", [(60,)], workers=1, pool=pool, check=_enough
    )
    with pytest.raises(TimeoutError):
        next(found)
    assert gone(pid)


def _enough() -> None:
    raise TimeoutError


def test_a_call_that_waits_in_a_lost_worker_is_given_to_another(pool, tmp_path):
    """While calls are quick a worker has the next one with it, which is not lost with it."""
    calls = [(str(tmp_path / str(number)), int(signal.SIGKILL)) for number in range(12)]
    for path, _ in calls[:5] + calls[6:]:
        Path(path).touch()
    outcomes = list(
        processes.ordered_map("tests.executor_jobs:end_once", calls, workers=1, pool=pool)
    )
    assert [isinstance(each.error, WorkerLostError) for each in outcomes] == [
        number == 5 for number in range(12)
    ]
    assert len({each.value for each in outcomes[:5]}) == 1
    assert len({each.value for each in outcomes[6:]}) == 1


def test_a_call_that_waits_in_a_worker_that_leaves_is_given_to_another(pool):
    """A worker that was refused memory answers and takes no more calls."""
    calls = [(0,)] * 4 + [(1,)] + [(0,)] * 4
    outcomes = list(
        processes.ordered_map("tests.executor_jobs:want_memory", calls, workers=1, pool=pool)
    )
    assert [type(each.error) for each in outcomes] == [
        WorkerMemoryError if number == 4 else type(None) for number in range(9)
    ]


def test_what_is_not_plain_does_not_travel(pool):
    (outcome,) = processes.ordered_map("tests.executor_jobs:unplain", [()], workers=1, pool=pool)
    assert isinstance(outcome.error, TypeError)
    with pytest.raises(ValueError, match="unmarshallable"):
        pack(object())


def test_a_long_call_and_answer_travel_whole(pool):
    data = os.urandom(3_000_000)
    (outcome,) = processes.ordered_map("builtins:bytes", [(data,)], workers=1, pool=pool)
    assert outcome.value == data


def test_messages_are_put_together_from_parts_of_any_size():
    import socket

    ours, theirs = socket.socketpair()
    frames, content = Frames(), pack((1, "two")) + pack([3.0])
    found = []
    with ours, theirs:
        for byte in content:
            theirs.send(bytes([byte]))
            assert frames.feed(ours)
            message = frames.next()
            if message is not None:
                found.append(message)
    assert found == [(1, "two"), [3.0]]


def test_where_no_process_can_be_started_there_are_no_workers(pool, monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(WorkersError, match="Python interpreter"):
        list(processes.ordered_map("math:sqrt", [(1,)], workers=1, pool=pool))


def test_an_interpreter_that_cannot_be_started_is_told(pool, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(WorkersError, match="cannot be started"):
        list(processes.ordered_map("math:sqrt", [(1,)], workers=1, pool=pool))


def test_all_workers_lent_for_too_long_is_an_error(pool):
    def borrow() -> None:
        with pool.borrow(1, wait_seconds=0.01):
            pass

    with (
        ThreadPoolExecutor(1) as other,
        pool.borrow(1000),
        pytest.raises(WorkersError, match="busy"),
    ):
        other.submit(borrow).result()


def test_limits_are_looked_at_while_all_workers_are_lent(pool):
    with ThreadPoolExecutor(1) as other, pool.borrow(1000):
        calls = processes.ordered_map("math:sqrt", [(1,)], workers=1, pool=pool, check=_enough)
        with pytest.raises(TimeoutError):
            other.submit(next, calls).result()


def test_who_has_all_workers_gets_one_more_rather_than_wait_for_itself(pool):
    """Two documents read item by item in one thread, by turns."""
    outer = processes.ordered_map("math:sqrt", [(1,)] * 99, workers=99, pool=pool)
    assert next(outer).value == 1.0
    (inner,) = processes.ordered_map("math:sqrt", [(4,)], workers=2, pool=pool)
    assert inner.value == 2.0
    outer.close()
    assert not pool._holders


def run_script(text: str) -> subprocess.CompletedProcess[str]:
    """Run a script of its own, from another folder than the repository's."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_an_unguarded_script_runs_once_and_leaves_no_process(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "print('main')\n"
        "from perfkit.executors import processes\n"
        "from perfkit.executors._pool import shared_pool\n"
        "print([o.value for o in processes.ordered_map('math:sqrt', [(4,)] * 2, workers=2)])\n"
        "print(*shared_pool().pids, shared_pool()._server.pid)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    first, values, pids = done.stdout.splitlines()
    assert (first, values) == ("main", "[2.0, 2.0]")
    assert done.stderr == ""
    assert all(gone(int(pid)) for pid in pids.split())


def test_workers_end_when_their_owner_is_killed():
    done = run_script(
        """
        import os, signal
        from perfkit.executors import processes
        from perfkit.executors._pool import shared_pool
        processes.warm(2)
        print(*shared_pool().pids, shared_pool()._server.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    assert done.returncode == -signal.SIGKILL
    assert all(gone(int(pid)) for pid in done.stdout.split())


def test_a_forked_child_gets_workers_of_its_own():
    done = run_script(
        """
        import os
        from perfkit.executors import processes
        from perfkit.executors._pool import shared_pool
        processes.warm(1)
        theirs = shared_pool().pids
        child = os.fork()
        if child == 0:
            values = [o.value for o in processes.ordered_map("os:getpid", [()], workers=1)]
            os._exit(int(values == theirs or len(values) != 1))
        _, status = os.waitpid(child, 0)
        values = [o.value for o in processes.ordered_map("os:getpid", [()], workers=1)]
        print(os.waitstatus_to_exitcode(status), values == theirs)
        """
    )
    assert done.stdout.split() == ["0", "True"], done.stderr


def test_the_shared_pool_is_one():
    assert shared_pool() is shared_pool()
    processes.warm(1)
    assert processes.is_warm()
