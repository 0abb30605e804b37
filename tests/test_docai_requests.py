"""Pages are shared out, asked for again, and held to the quota, as the service wants it."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.docai.cost import read_prices
from perfkit.docai.fetch import Fetcher
from perfkit.docai.gate import WINDOW_SECONDS, RateGate
from perfkit.docai.plan import page_chunks
from perfkit.docai.retry import Answered, Refusal, Tries, ask, pause_limit
from perfkit.docai.settings import settings_of
from perfkit.docai.use import Meter
from perfkit.emulator.chance import Quota
from perfkit.errors import ServiceError
from perfkit.recipe import Recipe

# ---- Which pages make up a request.


@given(
    st.integers(1, 50),
    st.integers(0, 200),
    st.integers(1, 20),
    st.integers(0, 40),
    st.booleans(),
    st.booleans(),
)
def test_requests_hold_every_page_once_and_no_more_than_the_service_takes(
    first, more, workers, chunk_pages, imageless, split
):
    chunks = page_chunks(
        first,
        first + more,
        workers=workers,
        chunk_pages=chunk_pages,
        imageless=imageless,
        split=split,
    )
    pages = [page for start, end in chunks for page in range(start, end + 1)]
    assert pages == list(range(first, first + more + 1))
    for start, end in chunks:
        at_most = 30 if imageless and (split or start == 1) else 15
        assert 1 <= end - start + 1 <= at_most


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"workers": 1}, [(1, 15), (16, 30), (31, 40)]),
        ({"workers": 4}, [(1, 10), (11, 20), (21, 30), (31, 40)]),
        ({"workers": 1, "imageless": True}, [(1, 30), (31, 40)]),
        ({"workers": 1, "chunk_pages": 20}, [(1, 15), (16, 30), (31, 40)]),
    ],
)
def test_every_worker_gets_a_share_within_the_limits(changes, expected):
    assert page_chunks(1, 40, **changes) == expected


# ---- Asking again.


class Time:
    """A clock that only waiting and working move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return False


def asked(time: Time, outcomes: list[object], takes: float = 0.1, **options) -> Answered[str]:
    """Ask a service that ends so, one outcome an attempt."""
    left = iter(outcomes)

    def once(seconds: float) -> str:
        time.now += min(takes, seconds)
        if takes > seconds:
            raise Refusal("DEADLINE_EXCEEDED", "Deadline Exceeded")
        outcome = next(left)
        if isinstance(outcome, Refusal):
            raise outcome
        return str(outcome)

    options = {"deadline_seconds": 60.0, "gate": RateGate(0), "share": lambda: 1.0, **options}
    return ask(once, wait=time.wait, clock=time.clock, **options)


DOWN, FULL = Refusal("UNAVAILABLE", "down"), Refusal("RESOURCE_EXHAUSTED", "Quota exceeded")


def test_an_attempt_that_failed_in_passing_is_repeated_after_a_pause_that_grows():
    time = Time()
    found = asked(time, [DOWN, DOWN, DOWN, "answer"])
    assert found.answer == "answer"
    assert found.tries.attempts == 4
    assert found.tries.codes == Counter(UNAVAILABLE=3)
    assert time.waits == [0.1, 0.2, 0.4]


def test_a_pause_is_anything_from_nothing_to_its_limit():
    time = Time()
    asked(time, [DOWN, DOWN, "answer"], share=iter([0.0, 0.5]).__next__)
    assert time.waits == [0.0, 0.1]
    assert pause_limit("UNAVAILABLE", 99) == 3.0
    assert pause_limit("RESOURCE_EXHAUSTED", 99) == 20.0


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("INVALID_ARGUMENT", "Document pages exceed the limit: 30 got 31"),
        Refusal("RESOURCE_EXHAUSTED", "Received message larger than max (9 vs. 4)"),
        Refusal("RESOURCE_EXHAUSTED", "CLIENT: Sent message larger than max (9 vs. 4)"),
        Refusal("PERMISSION_DENIED", "no"),
        Refusal("INTERNAL", "broken"),
    ],
    ids=str,
)
def test_what_can_never_succeed_is_not_repeated(refusal):
    found = asked(Time(), [refusal, "answer"])
    assert found.refusal is refusal
    assert found.tries.attempts == 1


@pytest.mark.parametrize("takes", [0.05, 0.3, 5.0])
@pytest.mark.parametrize("refusal", [DOWN, FULL])
def test_the_deadline_holds_for_all_attempts_and_pauses_together(takes, refusal):
    time = Time()
    found = asked(time, [refusal] * 1000, takes, deadline_seconds=1.0)
    assert found.refusal is not None
    assert time.now <= 101.0
    assert found.tries.seconds <= 1.0


def test_an_endpoint_that_is_not_there_is_not_waited_for_as_long_as_one_that_is_busy():
    gone = Refusal("UNAVAILABLE", "failed to connect to all addresses")
    for refusal, most in ((gone, 10.0), (DOWN, 60.0)):
        time = Time()
        asked(time, [refusal] * 1000, unreachable_seconds=10.0)
        assert most - 4 < time.now - 100 <= most


def test_giving_up_ends_a_pause():
    found = ask(
        lambda _seconds: (_ for _ in ()).throw(DOWN),
        deadline_seconds=60,
        gate=RateGate(0),
        wait=lambda _seconds: True,
    )
    assert (found.refusal, found.tries.attempts) == (DOWN, 1)


# ---- The quota.


@given(
    st.integers(1, 5),
    st.lists(st.tuples(st.floats(0, 30), st.floats(0.01, 90), st.floats(0, 1)), max_size=40),
)
def test_no_minute_ever_sees_more_requests_than_the_quota(quota, requests):
    """However long a request takes, and whenever on its way the service counts it."""
    time = Time()
    gate = RateGate(quota, time.clock)
    ends: list[float] = []
    arrivals: list[float] = []
    for pause, takes, share in requests:
        time.now += pause
        while seconds := gate.try_enter():
            until = min([end for end in ends if end > time.now], default=time.now + seconds)
            time.now = min(time.now + seconds, until) + 1e-6
            for _ in [end for end in ends if end <= time.now]:
                gate.leave()
            ends = [end for end in ends if end > time.now]
        arrivals.append(time.now + share * takes)
        ends.append(time.now + takes)
    arrivals.sort()
    for earlier, later in zip(arrivals, arrivals[quota:], strict=False):
        assert later - earlier >= WINDOW_SECONDS - 1e-3


def test_a_quota_is_used_at_once_and_frees_up_a_minute_after_the_answers():
    time = Time()
    gate = RateGate(3, time.clock)
    assert [gate.try_enter() for _ in range(3)] == [0, 0, 0]
    assert gate.try_enter() > 0, "all in flight"
    gate.leave()
    assert gate.try_enter() == pytest.approx(60.0)
    time.now += 60.0
    assert gate.try_enter() == 0


def test_every_attempt_passes_the_gate_and_none_meets_the_servers_quota():
    time = Time()
    server, gate = Quota(60, time.clock), RateGate(60, time.clock)
    for _ in range(150):
        found = asked(time, [DOWN, "answer"], gate=gate, deadline_seconds=500.0)
        assert found.answer == "answer"
        assert server.take()
        assert server.take()


def test_no_quota_means_no_wait():
    gate = RateGate(0)
    assert [gate.try_enter() for _ in range(1000)] == [0] * 1000


# ---- Several at a time.


def answered(chunk: tuple[int, int], _wait: object) -> Answered[int]:
    return Answered(chunk[0], None, Tries.none())


def test_answers_come_in_the_order_of_the_pages_whichever_is_first():
    second_is_there = threading.Event()

    def get(chunk, _wait):
        if chunk[0] == 1:
            assert second_is_there.wait(5)
        elif chunk[0] == 2:
            second_is_there.set()
        return answered(chunk, None)

    found = list(Fetcher(get, 2).fetch([(1, 1), (2, 2), (3, 3)]))
    assert [each.outcome.answer for each in found] == [1, 2, 3]


def test_no_more_requests_are_made_at_a_time_than_there_are_workers():
    lock, now, most = threading.Lock(), 0, 0

    def get(chunk, wait):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        wait(0.001)
        with lock:
            now -= 1
        return answered(chunk, None)

    list(Fetcher(get, 3).fetch([(page, page) for page in range(1, 40)]))
    assert most == 3


def test_nothing_is_asked_for_far_ahead_of_the_page_that_is_read():
    begun: list[int] = []

    def get(chunk, _wait):
        begun.append(chunk[0])
        return answered(chunk, None)

    stream = Fetcher(get, 2).fetch([(page, page) for page in range(1, 100)])
    next(stream)
    stream.close()
    assert len(begun) <= 6


def test_a_failed_request_leaves_the_others_alone():
    def get(chunk, _wait):
        return Answered(None, DOWN, Tries.none()) if chunk[0] == 2 else answered(chunk, None)

    found = list(Fetcher(get, 1).fetch([(page, page) for page in range(1, 6)]))
    assert [each.outcome.answer for each in found] == [1, None, 3, 4, 5]


def test_a_service_that_never_answers_is_not_asked_for_every_page():
    begun: list[int] = []

    def get(chunk, _wait):
        begun.append(chunk[0])
        return Answered(None, DOWN, Tries.none())

    found = list(Fetcher(get, 1).fetch([(page, page) for page in range(1, 50)]))
    assert len(found) == 49
    assert all(each.outcome.refusal is DOWN for each in found)
    assert len(begun) == 2


def test_a_fault_of_our_own_is_raised_where_the_answer_is_waited_for():
    def get(_chunk, _wait):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(Fetcher(get, 1).fetch([(1, 1)]))


# ---- What it costs.


def test_a_begun_unit_counts_whole_for_the_document_at_least_and_for_each_request_at_most():
    prices = read_prices()
    assert prices.cost("invoice", [15]) == (Decimal("0.20"), Decimal("0.20"))
    assert prices.cost("invoice", [1] * 15) == (Decimal("0.20"), Decimal("1.50"))
    assert prices.cost("ocr", [15, 15]) == (Decimal("0.045"), Decimal("0.045"))
    assert prices.cost("invoice", []) == (Decimal(0), Decimal(0))


def test_an_attempt_that_was_given_up_may_have_to_be_paid_for():
    meter = Meter()
    meter.asked(5, Tries(3, Counter(DEADLINE_EXCEEDED=1, UNAVAILABLE=1), 9.0), answered=True)
    meter.kept()
    use = meter.use(read_prices(), "invoice")
    assert (use.cost_usd, use.cost_high_usd) == (Decimal("0.10"), Decimal("0.20"))
    assert (use.requests, use.attempts, use.cached, use.pages) == (1, 3, 1, 5)


def test_the_price_table_can_be_replaced(tmp_path, monkeypatch):
    own = tmp_path / "prices.toml"
    own.write_text('date = 2027-01-01\n[invoice]\nusd = "0.05"\npages = 1\n', encoding="utf-8")
    monkeypatch.setenv("PERFKIT_DOCAI_PRICES", str(own))
    assert read_prices().date.year == 2027
    assert read_prices().cost("invoice", [3]) == (Decimal("0.15"), Decimal("0.15"))
    with pytest.raises(ServiceError, match="no line 'invoce'; did you mean 'invoice'"):
        read_prices().cost("invoce", [3])


@pytest.mark.parametrize(
    "text",
    ["", "date = 3", "date = 2027-01-01\n[a]\nusd = -1\npages = 1", "date = 2027-01-01\na=1"],
)
def test_what_is_no_price_table_is_refused(text, tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ServiceError, match=r"prices\.toml"):
        read_prices(path)


# ---- Where it is asked.

NAME = "projects/p/locations/eu/processors/x"


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("", ("eu-documentai.googleapis.com", False)),
        ("localhost:8510", ("localhost:8510", True)),
        ("127.0.0.1:8510", ("127.0.0.1:8510", True)),
        ("http://emulator:8510", ("emulator:8510", True)),
        ("emulator:8510", ("emulator:8510", False)),
        ("https://us-documentai.googleapis.com", ("us-documentai.googleapis.com", False)),
    ],
)
def test_only_this_machine_is_asked_without_encryption_unless_it_is_said_so(endpoint, expected):
    settings = settings_of(Recipe(docai_endpoint=endpoint, docai_processor=NAME))
    assert (settings.endpoint, settings.insecure) == expected


@pytest.mark.parametrize("name", ["", "x", "projects/p/processors/x", NAME + "/"])
def test_a_processor_is_given_by_its_full_name(name, monkeypatch):
    monkeypatch.delenv("PERFKIT_DOCAI_PROCESSOR", raising=False)
    with pytest.raises(ServiceError, match="full name"):
        settings_of(Recipe(docai_processor=name))
