"""Producer chromium: a browser's own table layout, printed (Skia's PDF backend)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from perfkit.corpus.html import page_html
from perfkit.corpus.plan import Plan
from perfkit.errors import CorpusError

__all__ = ["FONTS", "write"]

FONTS = ("helvetica", "times", "courier", "vera")
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-pdf-header-footer",
)  # fmt: skip
_TIMEOUT_SECONDS = 180


def write(plan: Plan) -> bytes:
    """Draw the plan; see :class:`perfkit.corpus.producers.Producer`."""
    found = filter(None, map(shutil.which, _PROGRAMS))
    program = os.environ.get("PERFKIT_CHROMIUM") or next(found, "")
    if not program:
        raise CorpusError(
            "The producer chromium needs Chromium or Chrome, and none is on the PATH. "
            "Install it (Debian: apt install chromium), or name it in PERFKIT_CHROMIUM."
        )
    with tempfile.TemporaryDirectory(prefix="perfkit-", ignore_cleanup_errors=True) as name:
        source, out = Path(name) / "document.html", Path(name) / "document.pdf"
        source.write_text(page_html(plan), encoding="utf-8")
        command = [program, *_SWITCHES, f"--user-data-dir={name}/profile", f"--print-to-pdf={out}"]
        try:
            ran = subprocess.run(
                [*command, source.as_uri()],
                capture_output=True,
                timeout=_TIMEOUT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CorpusError(f"{program} could not print the document: {error}") from error
        if not out.is_file():
            said = ran.stderr.decode(errors="replace").strip().splitlines()
            raise CorpusError(f"{program} printed nothing; it said: {said[-1:] or 'nothing'}")
        return _checked(_dated(out.read_bytes(), plan), plan, program)


def _dated(data: bytes, plan: Plan) -> bytes:
    """Put the document's date in place of the clock's; same length, so offsets still hold."""
    stamp = f"{plan.head.dated:%Y%m%d}000000".encode()
    return re.sub(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}", rb"\g<1>" + stamp, data)


def _checked(data: bytes, plan: Plan, program: str) -> bytes:
    import io

    from pypdf import PdfReader

    pages = len(PdfReader(io.BytesIO(data)).pages)
    if pages != len(plan.sheets):
        raise CorpusError(
            f"{program} made {pages} pages of {len(plan.sheets)}: its fonts are larger here. "
            "Use a smaller Style.font_size."
        )
    return data
