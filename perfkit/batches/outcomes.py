"""What a file of a batch can end in: its items, or one named error."""

from __future__ import annotations

from perfkit import errors
from perfkit.errors import DocumentError

__all__ = ["ITEMS", "OUTCOMES", "outcome_of"]

ITEMS = "items"

#: By class of error; the nearest class above counts.
_BY_ERROR: dict[type[Exception], str] = {
    errors.DocumentNotFoundError: "not a file",
    errors.NotAFileError: "not a file",
    errors.DocumentTooLargeError: "too large",
    errors.TooManyPagesError: "too many pages",
    errors.EmptyFileError: "not a PDF",
    errors.NotAPdfError: "not a PDF",
    errors.EncryptedPdfError: "encrypted",
    errors.DamagedPdfError: "damaged",
    errors.NoTextLayerError: "no text layer",
    errors.UnknownVendorError: "unknown vendor",
    errors.NoTableError: "no items",
    errors.NoLineItemsError: "no items",
    errors.OutOfMemoryError: "out of memory",
    errors.TimedOutError: "timed out",
    errors.PageLostError: "worker died",
}

#: All of them, in the order of summaries.
OUTCOMES = (ITEMS, *dict.fromkeys(_BY_ERROR.values()))


def outcome_of(error: Exception) -> str:
    """The name of an error's kind.

    What no class stands for was raised by a library over bytes that it did not expect: the file
    is damaged, or cannot be told from one that is. The manifest has the error's own class.
    """
    for kind in type(error).__mro__:
        if kind in _BY_ERROR:
            return _BY_ERROR[kind]
        if kind is DocumentError:
            break
    return "damaged"
