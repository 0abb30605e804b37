"""Variants: what else happens to a PDF on its way; the page a reader sees stays the same.

Each takes a PDF's bytes and gives the bytes of the changed one.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.corpus.object_streams import object_streams
from perfkit.errors import CorpusError, MissingExtraError
from perfkit.nearest import did_you_mean

if TYPE_CHECKING:
    from pypdf import PageObject, PdfWriter

__all__ = ["VARIANTS", "scan", "vary"]


def vary(data: bytes, name: str) -> bytes:
    """Apply a variant of :data:`VARIANTS`.

    Raises
    ------
    CorpusError
        If there is none of that name.
    MissingExtraError
        If a package it needs is not installed.
    """
    if name not in VARIANTS:
        raise CorpusError(f"There is no variant {name!r}{did_you_mean(name, VARIANTS)}")
    try:
        return VARIANTS[name](data)
    except ImportError as error:
        raise MissingExtraError(error.name or "pypdf", "dev", f"The variant {name}") from error


def _each_page(data: bytes, change: Callable[[PageObject], None]) -> bytes:
    writer = _writer(data)
    for page in writer.pages:
        change(page)
    return _bytes(writer)


def _writer(data: bytes) -> PdfWriter:
    from pypdf import PdfWriter

    return PdfWriter(clone_from=io.BytesIO(data))


def _bytes(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _rotated(angle: int) -> Callable[[bytes], bytes]:
    """Content lies on its side and /Rotate sets it upright, as from a sideways printer driver."""

    def change(page: PageObject) -> None:
        from pypdf import Transformation
        from pypdf.generic import NameObject, NumberObject, RectangleObject

        width, height = float(page.mediabox.width), float(page.mediabox.height)
        # /Rotate turns the page clockwise, so the content is turned the other way.
        matrix: dict[int, tuple[float, float, float, float, float, float]] = {
            90: (0, 1, -1, 0, height, 0),
            180: (-1, 0, 0, -1, width, height),
            270: (0, -1, 1, 0, 0, width),
        }
        page.add_transformation(Transformation(matrix[angle]))
        size = (width, height) if angle == 180 else (height, width)
        for box in ("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
            if box in page or box == "/MediaBox":
                page[NameObject(box)] = RectangleObject((0, 0, *size))
        page[NameObject("/Rotate")] = NumberObject(angle)

    return lambda data: _each_page(data, change)


def _shifted(data: bytes) -> bytes:
    """The page's origin lies elsewhere than at 0, 0, as in a sheet cut from a larger one."""

    def change(page: PageObject) -> None:
        from pypdf import Transformation
        from pypdf.generic import NameObject, RectangleObject

        dx, dy = 113.0, -271.5
        page.add_transformation(Transformation().translate(dx, dy))
        x0, y0, x1, y1 = (float(value) for value in page.mediabox)
        for box in ("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
            if box in page or box == "/MediaBox":
                shifted = RectangleObject((x0 + dx, y0 + dy, x1 + dx, y1 + dy))
                page[NameObject(box)] = shifted

    return _each_page(data, change)


def _encrypted(algorithm: str) -> Callable[[bytes], bytes]:
    """Opens without a password; only its owner's rights are guarded. Bytes differ each time."""

    def encrypt(data: bytes) -> bytes:
        writer = _writer(data)
        if algorithm.startswith("AES"):
            import cryptography  # noqa: F401  # pypdf's own message names no extra
        writer.encrypt("", "owner", algorithm=algorithm)
        return _bytes(writer)

    return encrypt


def _broken_xref(data: bytes) -> bytes:
    """A line slipped in after the header: every offset in the file is off, nothing is lost."""
    first, rest = data.split(b"\n", 1)
    return first + b"\n% passed through a mail gateway\n" + rest


def _linearized(data: bytes) -> bytes:
    """For fast web view, first page first; only the program qpdf makes such files well."""
    program = shutil.which("qpdf")
    if not program:
        raise CorpusError(
            "The variant linearized needs the program qpdf, which is not on the PATH "
            "(Debian and Ubuntu: apt install qpdf; macOS: brew install qpdf)."
        )
    with tempfile.TemporaryDirectory(prefix="perfkit-") as name:
        source, out = Path(name) / "in.pdf", Path(name) / "out.pdf"
        source.write_bytes(data)
        command = [program, "--linearize", "--deterministic-id", str(source), str(out)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if not out.is_file():
            raise CorpusError(f"{program} made nothing of the document: {ran.stderr.strip()}")
        return out.read_bytes()


def scan(data: bytes, *, dpi: float = 120, degrees: float = 0.35, quality: int = 50) -> bytes:
    """Pages as grey pictures without a text layer, turned counter-clockwise by so many degrees.

    ``quality`` is that of JPEG, 1 to 95.
    """
    import pypdfium2
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    document = pypdfium2.PdfDocument(data)
    try:
        for page in document:
            width, height = page.get_size()
            image = page.render(scale=dpi / 72, grayscale=True).to_pil()
            jpeg = io.BytesIO()
            image.rotate(degrees, fillcolor=255).save(jpeg, "JPEG", quality=quality)
            canvas.setPageSize((width, height))
            canvas.drawImage(ImageReader(jpeg), 0, 0, width, height)
            canvas.showPage()
    finally:
        document.close()
    canvas.save()
    return out.getvalue()


VARIANTS: dict[str, Callable[[bytes], bytes]] = {
    "rotated_90": _rotated(90),
    "rotated_180": _rotated(180),
    "rotated_270": _rotated(270),
    "object_streams": object_streams,
    "encrypted_rc4": _encrypted("RC4-128"),
    "encrypted_aes256": _encrypted("AES-256"),
    "shifted_mediabox": _shifted,
    "broken_xref": _broken_xref,
    "linearized": _linearized,
    "scan": scan,
}
