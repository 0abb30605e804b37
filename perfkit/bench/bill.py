"""What a service takes for documents: requests and money, for records and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfkit.bench.formatting import count, money

__all__ = ["DOCUMENTS", "bill_of", "costs_told"]

#: Costs are told for so many documents.
DOCUMENTS = 1000


def bill_of(outputs: object) -> dict[str, Any] | None:
    """Requests, retries and cost of what a service read; None where none was asked.

    Returns
    -------
    dict
        ``requests`` and ``retries`` of a document on average; ``cost_usd`` and
        ``cost_high_usd``, US dollars for 1,000 documents like these, at least and at most.
    """
    if not isinstance(outputs, Sequence):
        return None
    uses = [use for of in outputs if (use := getattr(of, "service", None)) is not None]
    if not uses:
        return None
    share = 1 / len(uses)
    return {
        "requests": share * sum(use.requests for use in uses),
        "retries": share * sum(use.attempts - use.requests for use in uses),
        "cost_usd": DOCUMENTS * share * float(sum(use.cost_usd for use in uses)),
        "cost_high_usd": DOCUMENTS * share * float(sum(use.cost_high_usd for use in uses)),
    }


def costs_told(candidate: object, baseline: object) -> str:
    """Both costs in words; empty where no service was asked."""
    told = [bill_of(outputs) for outputs in (candidate, baseline)]
    if told == [None, None]:
        return ""
    ours, theirs = (
        "nothing" if of is None else money(of["cost_usd"], of["cost_high_usd"]) for of in told
    )
    return f"the service takes {ours} against {theirs} for {count(DOCUMENTS, 'document')}"
