"""The version of the pipeline: what has to be the same for a kept result to be the same."""

from __future__ import annotations

import hashlib
import os
import sys

from perfkit.model import SCHEMA_VERSION
from perfkit.version import __version__

__all__ = ["PIPELINE_VERSION", "code_files", "pipeline_version"]

#: Folders whose code has no part in turning a document into line items. All others count,
#: those to come too: a needless miss costs time, a wrong hit is a wrong result.
_APART = frozenset("bench caches charts cli corpus emulator profiling report trackers".split())


def code_files(root: str) -> list[str]:
    """The package's files that can change a result, sorted: code and vendors' layouts."""
    found = []
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if name != "__pycache__"]
        if folder == root:
            below[:] = [name for name in below if name not in _APART]
        found += [os.path.join(folder, name) for name in files if name.endswith((".py", ".toml"))]
    return sorted(found)


def pipeline_version(root: str, search_path: list[str]) -> str:
    """Digest of the code and of the names and versions of all installed packages.

    The version number alone would serve yesterday's results to whoever edits the code in
    place, and would show two revisions that are compared as equal. An upgraded engine
    library, or a plugin that is installed, can change a result too.
    """
    state = hashlib.sha256(f"{__version__} {SCHEMA_VERSION} {sys.version_info[:2]}".encode())
    for path in code_files(root):
        with open(path, "rb", buffering=0) as file:
            content = file.read()
        state.update(f"\n{os.path.relpath(path, root)} {len(content)}\n".encode())
        state.update(content)
    installed = {
        name
        for folder in search_path
        if os.path.isdir(folder)
        for name in os.listdir(folder)
        if name.endswith((".dist-info", ".egg-info"))
    }
    state.update("\n".join(sorted(installed)).encode())
    return state.hexdigest()[:32]


#: Taken when this is imported, not when it is asked for: what counts is the code that runs,
#: and not what an editor has written since.
PIPELINE_VERSION = pipeline_version(os.path.dirname(os.path.dirname(__file__)), sys.path)
