"""A profile in the file format of speedscope, a viewer that runs in a browser without a server."""

from __future__ import annotations

from typing import Any

from perfkit.profiling.stacks import StackProfile

__all__ = ["speedscope"]

_BYTES = 1 << 20


def speedscope(profile: StackProfile) -> dict[str, Any]:
    """A speedscope document: a sampled profile for each process, amounts of all runs together.

    Format: https://www.speedscope.app/file-format-schema.json
    """
    is_time = profile.kind == "time"
    frames = [
        {"name": each.name, "file": each.file, "line": each.first_line}
        for each in profile.functions
    ]
    profiles = []
    for number, place in enumerate(profile.places):
        stacks = [stack for stack in profile.stacks if stack.place == number]
        weights = [stack.amount if is_time else round(stack.amount * _BYTES) for stack in stacks]
        profiles.append(
            {
                "type": "sampled",
                "name": place,
                "unit": "seconds" if is_time else "bytes",
                "startValue": 0,
                "endValue": sum(weights),
                "samples": [list(stack.functions) for stack in stacks],
                "weights": weights,
            }
        )
    return {
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "exporter": "perfkit",
        "name": profile.work,
        "activeProfileIndex": 0,
        "shared": {"frames": frames},
        "profiles": profiles,
    }
