"""What every store of perfkit.caches keeps to, whatever it keeps its entries in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfkit import plugins
from perfkit.caches import Store
from tests.cache_work import Clock

#: What a store needs besides its bounds, where it is not nothing.
NEEDS_DIRECTORY = {"disk"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=plugins.names("caches"))
def open_store(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Store]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    name = request.param

    def open_one(ttl_seconds: float = 60.0, max_mb: float = 1.0) -> Store:
        directory = tmp_path / "cache" if name in NEEDS_DIRECTORY else None
        store: Store = plugins.load("caches", name).open_store(
            ttl_seconds=ttl_seconds, max_mb=max_mb, directory=directory, clock=clock
        )
        return store

    return open_one


def test_what_was_never_put_is_missing(open_store):
    assert open_store().look("a") == ("missing", None)


@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(entries=st.dictionaries(st.text(st.characters()), st.binary(), max_size=5))
def test_any_payload_comes_back_under_any_key(open_store, entries):
    store = open_store()
    for key, payload in entries.items():
        store.put(key, payload)
    assert {key: store.look(key).payload for key in entries} == entries


def test_a_later_payload_replaces_the_earlier_one(open_store):
    store = open_store()
    store.put("a", b"one")
    store.put("a", b"two")
    assert store.look("a") == ("live", b"two")


def test_an_entry_lives_until_its_time_is_over_and_is_then_dropped(open_store, clock):
    store = open_store(ttl_seconds=60)
    store.put("a", b"x")
    clock.now += 59.9
    assert store.look("a").state == "live"
    clock.now += 0.1
    assert store.look("a") == ("expired", None)
    assert store.look("a") == ("missing", None)


def test_a_look_does_not_lengthen_a_life(open_store, clock):
    store = open_store(ttl_seconds=60)
    store.put("a", b"x")
    states = []
    for _ in range(3):
        clock.now += 20
        states.append(store.look("a").state)
    assert states == ["live", "live", "expired"]


def test_a_clock_that_is_set_back_makes_nothing_immortal(open_store, clock):
    store = open_store()
    store.put("a", b"x")
    clock.now -= 100
    assert store.look("a").state == "expired"


def test_an_endless_life_is_possible(open_store, clock):
    store = open_store(ttl_seconds=float("inf"), max_mb=float("inf"))
    store.put("a", b"x")
    clock.now += 1e12
    assert store.look("a").state == "live"


def test_the_least_recently_used_entries_make_room(open_store):
    store = open_store(max_mb=1)
    payload = bytes(250_000)
    for key in "abcd":
        store.put(key, payload)
    store.look("a")
    for key in "ef":
        store.put(key, payload)
    kept = {key for key in "abcdef" if store.look(key).state == "live"}
    assert kept == {"a", "d", "e", "f"}


def test_a_payload_beyond_the_bound_is_not_kept_and_said_so(open_store, caplog):
    store = open_store(max_mb=0.1)
    store.put("small", b"x")
    store.put("large", bytes(200_000))
    assert store.look("large").state == "missing"
    assert store.look("small").state == "live"
    assert "raise max_mb" in caplog.text


def test_a_flight_is_held_by_one_at_a_time(open_store):
    store = open_store()
    with store.flight("a", 1) as first, store.flight("a", 0) as second:
        assert (first, second) == (True, False)
    with store.flight("a", 0) as third:
        assert third


def test_flights_of_different_keys_do_not_meet(open_store):
    store = open_store()
    with store.flight("a", 0) as first, store.flight("b", 0) as second:
        assert first
        assert second


def test_a_flight_ends_with_an_error(open_store):
    store = open_store()
    with pytest.raises(KeyError), store.flight("a", 0):
        raise KeyError
    with store.flight("a", 0) as alone:
        assert alone


def test_threads_take_turns(open_store):
    store, inside, most = open_store(), [], []

    def turn() -> None:
        with store.flight("a", 10) as alone:
            inside.append(alone)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=turn) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_threads_that_write_and_look_never_see_a_mixture(open_store):
    store, seen = open_store(max_mb=0.1), set()

    def work(letter: bytes) -> None:
        for _ in range(20):
            store.put("a", letter * 30_000)
            seen.add(store.look("a").payload)

    threads = [threading.Thread(target=work, args=(letter,)) for letter in (b"x", b"y", b"z")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= {letter * 30_000 for letter in (b"x", b"y", b"z")}
