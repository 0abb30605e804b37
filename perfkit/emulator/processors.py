"""The processors that a stand-in has: any name will do, and its id says what kind it is."""

from __future__ import annotations

import re
from typing import Any

from perfkit.emulator.refusal import Refused

__all__ = ["KINDS", "check_name", "fill_processor", "kind_of"]

#: Ids that are listed, with the type and the version of each.
KINDS = {
    "invoice": ("INVOICE_PROCESSOR", "pretrained-invoice-v2.0-2023-12-06"),
    "ocr": ("OCR_PROCESSOR", "pretrained-ocr-v2.0-2023-06-02"),
    "form": ("FORM_PARSER_PROCESSOR", "pretrained-form-parser-v2.0-2022-11-10"),
}
_NAME = re.compile(
    r"(?P<parent>projects/[^/]+/locations/[^/]+)/processors/(?P<id>[^/]+)"
    r"(?:/processorVersions/(?P<version>[^/]+))?"
)
_ENABLED = 1


def check_name(name: str) -> None:
    """Refuse what is no processor's name."""
    if _NAME.fullmatch(name) is None:
        raise Refused(
            "INVALID_ARGUMENT",
            f"Invalid resource name {name!r}: give "
            "projects/PROJECT/locations/LOCATION/processors/PROCESSOR.",
        )


def kind_of(name: str) -> str:
    """``invoice``, ``ocr`` or ``form``: the one that the processor's id holds, else invoice."""
    found = _NAME.fullmatch(name)
    own = found["id"].lower() if found else ""
    return next((kind for kind in ("ocr", "form") if kind in own), "invoice")


def fill_processor(processor: Any, name: str) -> None:
    """Say of a processor what the service says of one."""
    check_name(name)
    name = name.partition("/processorVersions/")[0]
    kind = kind_of(name)
    processor.name = name
    processor.type_, version = KINDS[kind]
    processor.display_name = f"perfkit {kind}"
    processor.state = _ENABLED
    processor.default_processor_version = f"{name}/processorVersions/{version}"
