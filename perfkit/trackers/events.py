"""Structured log events, tied together by the correlation id of their document.

Fields are numbers, names and ids: never text of a document. A program sees them by setting up
logging for ``perfkit.events``; :class:`JsonLines` writes one JSON object a line.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from perfkit.correlation import correlated, correlation_id

__all__ = ["JsonLines", "correlated", "correlation_id", "emit"]

logger = logging.getLogger("perfkit.events")


def emit(event: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log an event; its fields are attributes of the log record, and in its text.

    Parameters
    ----------
    event : str
        What happened: ``document_processed``, ``target_missed``, ``pages_read``,
        ``document_failed``.
    level : int
        Of :mod:`logging`.
    **fields
        Plain values, with the unit in the name.
    """
    if not logger.isEnabledFor(level):
        return
    fields = {"correlation_id": correlation_id(), **fields}
    text = " ".join(f"{name}={value!r}" for name, value in fields.items())
    logger.log(level, "%s %s", event, text, extra={"event": event, "fields": fields})


class JsonLines(logging.Formatter):
    """One event a line, as JSON: time (UTC), level, event, and its fields.

    Any other logger's record, a cache's warning for one, gets the correlation id of the document
    over which it was written. JSON escapes control characters, so that no value can forge a
    line or colour a terminal.
    """

    def format(self, record: logging.LogRecord) -> str:
        """See :meth:`logging.Formatter.format`."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        event = getattr(record, "event", None) or record.getMessage()
        line = {"time": moment, "level": record.levelname.lower(), "event": event}
        known = correlation_id()
        fields = getattr(record, "fields", {"correlation_id": known} if known else {})
        return json.dumps(line | fields, default=str)
