"""Sweep workers and chunk size of the engine documentai, against one request after the other."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence

from perfkit.bench.document_ai_sweep import DocumentAiSweep, Service
from perfkit.bench.profile_choice import chosen
from perfkit.bench.sweep import sweep
from perfkit.docai.plan import MOST_PAGES
from perfkit.emulator import running
from perfkit.recipe import Recipe

__all__ = ["sweep_document_ai"]

_DOCUMENT = "CS003837319.pdf"


def sweep_document_ai(
    document: str | os.PathLike[str] = "",
    *,
    workers: Sequence[int] = (),
    chunk_pages: Sequence[int] = (),
    latency: str = "",
    fail: str = "UNAVAILABLE:0.1",
    quota: int = 600,
    price: str = "invoice",
    seed: int = 7,
    rounds: int = 0,
    profile: str = "quick",
    record: str | os.PathLike[str] = "",
    endpoint: str = "",
    progress: bool = True,
) -> DocumentAiSweep:
    """Time, requests, retries and cost of a document at every number of workers and chunk size.

    A stand-in is started for it, and stopped. The baseline is one worker with as few requests
    as the service allows. Times are taken without a quota, which would make each run wait for
    those before it; what the quota leaves of a setting's throughput is reckoned.

    Parameters
    ----------
    document : path, optional
        By default the order of 15 pages in ``test_invoices``.
    workers, chunk_pages : sequence of int
        Values of both axes: requests at a time, pages of each.
    latency, fail, seed
        Of the stand-in; see :class:`perfkit.emulator.Options`. By default a page takes 20 ms
        (quick) or 200 ms (full) in the middle, and one attempt of ten fails.
    quota : int
        Requests a minute that throughput is reckoned with; 0 for no limit.
    price : str
        Line of the price table.
    rounds : int
        0 for 3 (quick) or 5 (full).
    profile : {"quick", "full"}
    record : path, optional
        JSON-lines file that all runs are kept in.
    endpoint : str
        A service that is there already, with the environment's processor; then no stand-in is
        started. At Google every run of every round is paid for.
    progress : bool

    Raises
    ------
    As :func:`perfkit.bench.sweep.sweep`; EmulatorError if no stand-in can be started.
    """
    latency = chosen(profile, latency, quick="lognormal:20ms,0.5", full="lognormal:200ms,0.5")
    axes = {
        "workers": chosen(profile, list(workers), quick=[2, 8], full=[2, 4, 8, 16]),
        "chunk_pages": chosen(profile, list(chunk_pages), quick=[1, 5], full=[1, 3, 5, 15]),
    }
    with _service(endpoint, latency, fail, seed) as where:
        found = sweep(
            Recipe(
                engine="documentai",
                cache="none",
                docai_endpoint=where,
                # A stand-in without a quota needs no gate.
                docai_quota=quota if endpoint else 0,
                docai_price=price,
            ),
            axes,
            document or _DOCUMENT,
            rounds=chosen(profile, rounds, quick=3, full=5),
            baseline={"workers": 1, "chunk_pages": MOST_PAGES},
            record=record or None,
            memory=False,
            progress=progress,
        )
    service = Service(endpoint or f"a stand-in with {latency} a page", quota)
    return DocumentAiSweep(
        found.session, found.baseline, correction=found.correction, service=service
    )


@contextlib.contextmanager
def _service(endpoint: str, latency: str, fail: str, seed: int) -> Iterator[str]:
    if endpoint:
        yield endpoint
        return
    with running(latency=latency, fail=fail, seed=seed) as emulator:
        yield emulator.address
