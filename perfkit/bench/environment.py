"""Where a measurement was taken: without it a time means nothing to another reader."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["PACKAGES", "Environment", "collect", "usable_cores"]

#: Packages whose version can change a measured figure.
PACKAGES = ("numpy", "pandas", "perfkit", "pypdf", "pypdfium2", "scipy")

_MIB = 1 << 20
_UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True, slots=True)
class Environment:
    """The machine, the interpreter and the code that a record was made with.

    Attributes
    ----------
    cpu : str
        Model name as the system gives it, or ``unknown``.
    cores : float
        Cores usable by this process: affinity and the cgroup's quota applied.
    memory_mb : int or None
        Physical memory, MiB; None where the platform does not tell.
    system, kernel : str
        Operating system and its kernel's release.
    python : str
        Implementation and version.
    packages : tuple of (str, str)
        Names and versions, those of :data:`PACKAGES` that are installed.
    revision : str or None
        Git revision of perfkit's checkout, ``+changes`` behind it where files differ; None
        for an installed package.
    load : float or None
        Load average of the last minute as the record was begun; None on Windows.
    """

    cpu: str
    cores: float
    memory_mb: int | None
    system: str
    kernel: str
    python: str
    packages: tuple[tuple[str, str], ...]
    revision: str | None
    load: float | None

    @property
    def machine(self) -> str:
        """Identifies machine and interpreter: times of unlike machines are never pooled."""
        return _digest(
            [self.cpu, self.cores, self.memory_mb, self.system, self.kernel, self.python]
        )

    @property
    def id(self) -> str:
        """Identifies all but the load, which belongs to the moment."""
        return _digest({**self.as_dict(), "load": None})

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values."""
        return {**dataclasses.asdict(self), "packages": dict(self.packages)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Environment:
        """The inverse of :meth:`as_dict`."""
        packages = tuple(sorted(values["packages"].items()))
        return cls(**{**values, "packages": packages})

    def rows(self) -> list[tuple[str, str]]:
        """Names and values as a reader wants to see them, units included."""
        memory = _UNKNOWN if self.memory_mb is None else f"{self.memory_mb:,} MiB"
        return [
            ("CPU", self.cpu),
            ("usable cores", f"{self.cores:g}"),
            ("memory", memory),
            ("system", f"{self.system}, kernel {self.kernel}"),
            ("Python", self.python),
            ("packages", ", ".join(f"{name} {version}" for name, version in self.packages)),
            ("code revision", self.revision or "an installed package, no checkout"),
            ("load at start", _UNKNOWN if self.load is None else f"{self.load:.2f} (1 min)"),
        ]


def collect() -> Environment:
    """The environment of this process, now."""
    return Environment(
        cpu=_cpu_model(),
        cores=usable_cores(),
        memory_mb=_memory_mb(),
        system=platform.system(),
        kernel=platform.release(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages=tuple((name, version) for name in PACKAGES if (version := _version(name))),
        revision=_revision(Path(__file__).resolve().parents[1]),
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    )


def usable_cores() -> float:
    """Cores that this process may use: its affinity, capped by its cgroup's CPU quota."""
    if hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1
    quota = _cgroup_quota(Path("/sys/fs/cgroup"))
    return float(allowed) if quota is None else min(float(allowed), quota)


def _cgroup_quota(root: Path) -> float | None:
    """Cores by the quota: version 2 (cpu.max), else version 1; None where there is none."""
    try:
        limit, period = (root / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            limit = (root / "cpu" / "cpu.cfs_quota_us").read_text().strip()
            period = (root / "cpu" / "cpu.cfs_period_us").read_text().strip()
        except OSError:
            return None
    if limit in ("max", "-1"):
        return None
    return int(limit) / int(period)


def _cpu_model() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith(("model name", "Hardware", "uarch")):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    if sys.platform == "darwin":
        return _said(["sysctl", "-n", "machdep.cpu.brand_string"]) or _UNKNOWN
    return platform.processor() or platform.machine() or _UNKNOWN


def _memory_mb() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
    except (AttributeError, OSError, ValueError):
        return None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _revision(package: Path) -> str | None:
    git = ["git", "-C", str(package)]
    # An installed package may lie inside some other project's checkout: only a file that
    # git tracks makes the revision ours.
    if not _said([*git, "ls-files", "__init__.py"]):
        return None
    revision = _said([*git, "rev-parse", "--short=12", "HEAD"])
    if not revision:
        return None
    return f"{revision}+changes" if _said([*git, "status", "--porcelain", "."]) else revision


def _said(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
