"""A local stand-in for Google Document AI: its protocol, limits and answers, and no bill.

``with running(latency="lognormal:200ms,0.5") as emulator`` starts one as a process of its
own; ``docs/document-ai.md`` says what it does not imitate.
"""

from __future__ import annotations

from perfkit.emulator.options import Options
from perfkit.emulator.process import Emulator, running
from perfkit.emulator.registry import address

__all__ = ["Emulator", "Options", "address", "running"]
