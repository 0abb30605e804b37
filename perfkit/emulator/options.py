"""How the stand-in behaves: latency, failures, quota and limits, as plain values."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import statistics
from typing import Any

from perfkit.errors import ParameterError

__all__ = ["CODES", "Failure", "Latency", "Options", "parse_failures", "parse_latency"]

#: What a request may be made to fail with; names as gRPC has them.
CODES = ("DEADLINE_EXCEEDED", "INTERNAL", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "UNAVAILABLE")
_TIME = re.compile(r"([0-9]*\.?[0-9]+)\s*(ms|s)", re.ASCII)
_SECONDS = {"ms": 1e-3, "s": 1.0}
_NORMAL = statistics.NormalDist()


@dataclasses.dataclass(frozen=True, slots=True)
class Latency:
    """Seconds a page takes, as a distribution.

    ``constant``: always ``first``. ``uniform``: between ``first`` and ``second``.
    ``lognormal``: median ``first``, and ``second`` is the standard deviation of its logarithm.
    """

    kind: str = "constant"
    first: float = 0.0
    second: float = 0.0

    def at(self, share: float) -> float:
        """The quantile at a share above 0 and below 1, seconds."""
        if self.kind == "uniform":
            return self.first + share * (self.second - self.first)
        if self.kind == "lognormal":
            return self.first * math.exp(self.second * _NORMAL.inv_cdf(share))
        return self.first


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """A code, and the share of attempts that end with it, 0 to 1."""

    code: str
    share: float


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """Everything that a stand-in can be told; printed, compared and sent as JSON.

    Attributes
    ----------
    port : int
        On loopback; 0 for a free one.
    latency : str
        Of each page: ``200ms``, ``uniform:100ms,300ms`` or ``lognormal:200ms,0.5`` (median, and
        standard deviation of the logarithm). A request takes the sum over its pages.
    fail : str
        Injected failures, such as ``UNAVAILABLE:0.1,RESOURCE_EXHAUSTED:0.05``.
    quota : int
        Requests within any minute; 0 for no limit.
    seed : int
        Of latencies and failures: with the same seed a run repeats exactly, whatever the
        number of workers.
    drop_pages : tuple of int
        Pages that every answer leaves out, as a service that loses some.
    max_mb : float
        Largest document, MiB.
    max_pages, max_pages_imageless : int
        Most pages of a request.
    ocr : bool
        Read pages without a text layer, if the extra ``ocr`` is installed: seconds a page.
    recordings : str
        Folder of recorded answers that are served in place of made ones; empty for none.
    """

    port: int = 0
    latency: str = "0ms"
    fail: str = ""
    quota: int = 0
    seed: int = 0
    drop_pages: tuple[int, ...] = ()
    max_mb: float = 40.0
    max_pages: int = 15
    max_pages_imageless: int = 30
    ocr: bool = True
    recordings: str = ""

    def __post_init__(self) -> None:
        parse_latency(self.latency)
        parse_failures(self.fail)
        if not 0 <= self.port < 1 << 16:
            raise ParameterError(f"A port is a number from 0 to 65535, not {self.port!r}.")
        for name in ("quota", "max_mb", "max_pages", "max_pages_imageless"):
            if not getattr(self, name) >= 0:
                raise ParameterError(f"{name} must not be below 0, but is {getattr(self, name)!r}.")

    def as_json(self) -> str:
        """All options in one line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Options:
        """What :meth:`as_json` gave."""
        values: dict[str, Any] = json.loads(text)
        return cls(**{**values, "drop_pages": tuple(values["drop_pages"])})


def parse_latency(text: str) -> Latency:
    """A distribution from its text; see :class:`Options`.

    Raises
    ------
    ParameterError
        If it is none.
    """
    kind, colon, rest = text.strip().partition(":")
    values = [part.strip() for part in (rest if colon else text).split(",")]
    if not colon and len(values) == 1:
        return Latency("constant", _seconds(values[0], text))
    wanted = 2
    if kind == "constant" and len(values) == 1:
        return Latency("constant", _seconds(values[0], text))
    if kind == "uniform" and len(values) == wanted:
        low, high = (_seconds(value, text) for value in values)
        if low <= high:
            return Latency("uniform", low, high)
    if kind == "lognormal" and len(values) == wanted:
        return Latency("lognormal", _seconds(values[0], text), _number(values[1], text))
    raise _no_latency(text)


def parse_failures(text: str) -> tuple[Failure, ...]:
    """Failures from their text; see :class:`Options`.

    Raises
    ------
    ParameterError
        If a code is not known, or the shares are no shares.
    """
    found = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        code, _, share = part.partition(":")
        try:
            value = float(share)
        except ValueError:
            value = -1.0
        if code.strip().upper() not in CODES or not 0 <= value <= 1:
            raise ParameterError(
                f"{part!r} is no failure: give CODE:SHARE with a share from 0 to 1 and a code of "
                f"{', '.join(CODES)}, such as UNAVAILABLE:0.1."
            )
        found.append(Failure(code.strip().upper(), value))
    if sum(each.share for each in found) > 1:
        raise ParameterError(f"The shares of {text!r} come to more than 1.")
    return tuple(found)


def _seconds(text: str, whole: str) -> float:
    found = _TIME.fullmatch(text)
    if found is None:
        raise _no_latency(whole)
    return float(found[1]) * _SECONDS[found[2]]


def _number(text: str, whole: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _no_latency(whole) from None
    if not 0 <= value < math.inf:
        raise _no_latency(whole)
    return value


def _no_latency(text: str) -> ParameterError:
    return ParameterError(
        f"{text!r} is no latency: give 200ms, uniform:100ms,300ms or lognormal:200ms,0.5."
    )
