"""Every error that perfkit raises on purpose, as one tree.

::

    PerfkitError
    ├── RecipeError               a recipe names what does not exist, or values that cannot be
    ├── ParameterError            a notebook or command was given a parameter it does not have
    ├── MissingExtraError         an optional package is needed and not installed
    ├── TruthError                a truth or result file cannot be read as one
    ├── CorpusError               a test document cannot be made as asked
    ├── MeasurementError          a figure was asked for that this platform cannot measure
    │   └── OutputsDifferError        two works differ in their outputs: their times say nothing
    ├── WorkersError              worker processes cannot be had here
    │   └── WorkerLostError           ... or one died over its call
    │       ├── WorkerHungError           ... or took longer than its deadline
    │       └── WorkerMemoryError         ... or took more memory than it may have
    ├── PerformanceError          an optimizer failed, or passed its limit of time or memory
    │   └── MemoryOptimizationError   ... while it saved memory
    ├── BatchError                a batch cannot begin or go on: its output folder, a full disk
    ├── CacheError                a result cache is not private, or cannot work as asked
    ├── ServiceError              a service cannot be asked: no processor, credentials or permission
    ├── EmulatorError             the stand-in for a service does not start or answer
    ├── ReportError               a notebook failed while a report was made
    └── DocumentError             something about one document; names file, page and remedy
        ├── DocumentNotFoundError     there is no such file
        ├── NotAFileError             a folder, pipe or device where a file is needed
        ├── EmptyFileError            a file of no bytes
        ├── DocumentTooLargeError     beyond the configured limit of size
        │   └── TooManyPagesError         ... or of pages
        ├── NotAPdfError              the bytes are no PDF
        ├── DamagedPdfError           a PDF whose structure cannot be read
        │   └── TruncatedPdfError     ... because its end is missing
        ├── EncryptedPdfError         a password is needed, or the one given is wrong
        ├── PageLostError             reading it ended its worker process, twice
        │   ├── OutOfMemoryError          ... or took more memory than a worker may have
        │   └── TimedOutError             ... or longer than its deadline
        ├── PagesFailedError          a service gave no answer for some pages
        ├── NoTextLayerError          a page is a picture; it needs OCR
        ├── UndecodableTextError      a font does not say which letters it draws; it needs OCR
        ├── UnknownVendorError        no layout knows this document
        ├── NoTableError              a page holds product rows but no readable table heading
        ├── SeveralDocumentsError     the file holds several invoices where one is asked for
        └── NoLineItemsError          it holds no row that can be read
            ├── AttachmentsOnlyError      ... but PDFs are attached to it
            └── DynamicFormError          ... as only Adobe's programs draw its pages
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AttachmentsOnlyError", "BatchError", "CacheError", "CorpusError", "DamagedPdfError",
    "DocumentError", "DocumentNotFoundError", "DocumentTooLargeError", "DynamicFormError",
    "EmptyFileError", "EmulatorError",
    "EncryptedPdfError", "MeasurementError", "MemoryOptimizationError", "MissingExtraError",
    "NoLineItemsError", "NoTableError", "NoTextLayerError", "NotAFileError", "NotAPdfError",
    "OutOfMemoryError", "OutputsDifferError", "PageLostError", "PagesFailedError", "ParameterError",
    "PerfkitError", "PerformanceError", "RecipeError", "ReportError", "ServiceError",
    "SeveralDocumentsError", "TimedOutError", "TooManyPagesError", "TruncatedPdfError",
    "TruthError", "UndecodableTextError", "UnknownVendorError",
    "WorkerHungError", "WorkerLostError", "WorkerMemoryError", "WorkersError",
]  # fmt: skip


class PerfkitError(Exception):
    """Base of every error that perfkit raises on purpose."""


class RecipeError(PerfkitError, ValueError):
    """A recipe names a plugin that does not exist, or holds a value that cannot be."""


class ParameterError(PerfkitError, ValueError):
    """A notebook or command was given a parameter it does not have, or of the wrong type."""


class MissingExtraError(PerfkitError, ImportError):
    """An optional package is needed; the message says which extra installs it."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        self.package, self.extra, self.purpose = package, extra, purpose
        super().__init__(
            f"{purpose} needs the package {package}, which is not installed. "
            f'Install it with: pip install "perfkit[{extra}]"'
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.package, self.extra, self.purpose), vars(self))


class TruthError(PerfkitError, ValueError):
    """A truth or result file cannot be read as one."""


class CorpusError(PerfkitError, ValueError):
    """A test document cannot be made as asked."""


class MeasurementError(PerfkitError, RuntimeError):
    """A figure was asked for that cannot be measured here; none is invented."""


class OutputsDifferError(MeasurementError):
    """Two pieces of work give different outputs, so that their times are worth nothing."""


class WorkersError(PerfkitError, RuntimeError):
    """Worker processes cannot be had here."""


class WorkerLostError(WorkersError):
    """A worker process died over its call; the message says how."""


class WorkerHungError(WorkerLostError):
    """A worker process took longer over its call than its deadline, and was ended."""


class WorkerMemoryError(WorkerLostError):
    """A worker process took more memory over its call than it may have."""


class PerformanceError(PerfkitError, RuntimeError):
    """An optimizer failed, or passed its limit of time or memory.

    Attributes
    ----------
    partial : dict or None
        What was read before: ``line_items`` and ``pages_processed``.
    """

    partial: dict[str, Any] | None = None


class MemoryOptimizationError(PerformanceError):
    """The memory optimizer failed, or passed its limit."""


class BatchError(PerfkitError, RuntimeError):
    """A batch cannot begin or go on; what is done is kept, and a second run does the rest."""


class CacheError(PerfkitError, RuntimeError):
    """A result cache is not private, cannot work here, or was given what it cannot keep."""


class ServiceError(PerfkitError, RuntimeError):
    """A service cannot be asked as configured; nothing about any one document."""


class EmulatorError(PerfkitError, RuntimeError):
    """The stand-in for a service does not start, or does not answer."""


class ReportError(PerfkitError, RuntimeError):
    """A notebook failed while a report was made; the message names notebook and cell."""


class DocumentError(PerfkitError):
    """Something is wrong with one document.

    Attributes
    ----------
    file : str
        The document's path, or a description where it has none (``<bytes>``).
    page : int or None
        The page concerned, counted from 1; None where it is the whole file.
    remedy : str
        What the user can do about it.
    partial : dict or None
        Where an optimizer broke off: the ``line_items`` of the ``pages_processed`` before.
    """

    partial: dict[str, Any] | None = None

    problem = "cannot be read"
    remedy = "Check the file."

    def __init__(
        self,
        file: str,
        page: int | None = None,
        *,
        problem: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.file, self.page = str(file), page
        self.problem = problem or type(self).problem
        self.remedy = remedy or type(self).remedy
        where = self.file if page is None else f"{self.file}, page {page}"
        super().__init__(f"{where}: {self.problem}. {self.remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        rebuilt = (type(self), self.file, self.page, self.problem, self.remedy)
        return (_rebuild, rebuilt, vars(self))


def _rebuild(
    kind: type[DocumentError], file: str, page: int | None, problem: str, remedy: str
) -> DocumentError:
    return kind(file, page, problem=problem, remedy=remedy)


class DocumentNotFoundError(DocumentError, FileNotFoundError):
    problem = "there is no such file"
    remedy = "Check the path."

    def __str__(self) -> str:
        return str(self.args[0])


class NotAFileError(DocumentError):
    problem = "this is not a regular file"
    remedy = "Give the path of a PDF file; for a folder, name the files in it (FOLDER/*.pdf)."


class EmptyFileError(DocumentError):
    problem = "the file is empty (0 bytes)"
    remedy = "Fetch or export it again."


class DocumentTooLargeError(DocumentError):
    problem = "the document is larger than the limit"
    remedy = "Split it, or raise the limit in the recipe."


class TooManyPagesError(DocumentTooLargeError):
    problem = "the document claims more pages than the limit"
    remedy = "Split it, or raise Recipe.max_pages."


class NotAPdfError(DocumentError):
    problem = "this is not a PDF (no %PDF- header)"
    remedy = "Give a PDF; other formats have to be converted first."


class DamagedPdfError(DocumentError):
    problem = "the PDF is damaged and its pages cannot be read"
    remedy = "Fetch it again, or repair it first (for example: qpdf IN.pdf OUT.pdf)."


class TruncatedPdfError(DamagedPdfError):
    problem = "the PDF is cut off: its end is missing"
    remedy = "Fetch it again in full; what is left cannot be trusted to hold every row."


class EncryptedPdfError(DocumentError):
    problem = "the PDF is encrypted and the password is missing or wrong"
    remedy = "Give the password (password=... in Python, --password-file on the command line)."


class PageLostError(DocumentError):
    problem = "reading it ended its worker process, twice"
    remedy = "Look at the file: it may be damaged on purpose. The other pages can be read."


class OutOfMemoryError(PageLostError):
    problem = "reading it takes more memory than a worker process may have"
    remedy = "If the file is honest, raise Recipe.worker_memory_mb."


class TimedOutError(PageLostError):
    problem = "reading it takes longer than its deadline"
    remedy = (
        "If the file is honest, raise the deadline: Recipe.deadline_page_seconds and "
        "Recipe.max_seconds in a batch, Recipe.stall_seconds where pages are read by workers."
    )


class PagesFailedError(DocumentError):
    """Its ``partial`` holds ``line_items`` of all other pages, and ``pages_failed``."""

    problem = "the service gave no answer for it"
    remedy = "Try again; what was answered is in the error's partial result."
    #: Numbers of the pages.
    pages: tuple[int, ...] = ()


class NoTextLayerError(DocumentError):
    problem = "there is no text layer (a scan, a picture, or text that is drawn as shapes)"
    remedy = 'A text engine finds nothing. For OCR: engine="auto" (pip install "perfkit[ocr]").'


class UndecodableTextError(DocumentError):
    problem = "text cannot be decoded: its font does not say which letters it draws"
    remedy = 'Read it as a picture, with OCR: engine="auto" (pip install "perfkit[ocr]").'


class UnknownVendorError(DocumentError):
    problem = "no layout recognises this document: it names no vendor that is known"
    remedy = (
        "Check that it is the right file. For a new vendor: perfkit vendor new FILE --out "
        "NAME.toml proposes a layout, and --layout NAME.toml reads with it (CONTRIBUTING.md)."
    )


class NoTableError(DocumentError):
    problem = "no table of line items can be found: its column headings are missing or unreadable"
    remedy = (
        "Look at the page; if its headings use other words, add them to the layout's vocabulary."
    )


class SeveralDocumentsError(DocumentError):
    problem = "the file holds more than one document"
    remedy = "Read all of them: perfkit.extract_all(...) in Python, --all on the command line."


class NoLineItemsError(DocumentError):
    problem = "the table holds no line item"
    remedy = "Look at the document: if it has rows, please report it as a fault of the layout."


class AttachmentsOnlyError(NoLineItemsError):
    problem = "its own pages hold no order or invoice, and PDFs are attached to it"
    remedy = (
        "Read the attached ones: perfkit.extract_all(..., attachments=True) in Python, "
        "--attachments on the command line."
    )


class DynamicFormError(NoLineItemsError):
    problem = "this is an XFA form: its pages are made by Adobe's programs when they open it"
    remedy = "Open it in Adobe Acrobat Reader, print it to a PDF, and read that."
