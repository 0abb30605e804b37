"""What the engine is told: by the recipe, and where that is silent by the environment."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from perfkit.errors import ServiceError
from perfkit.recipe import Recipe

__all__ = ["ENDPOINT", "NEEDED_FIELDS", "PROCESSOR", "Settings", "settings_of"]

#: Variables of the environment.
PROCESSOR, ENDPOINT = "PERFKIT_DOCAI_PROCESSOR", "PERFKIT_DOCAI_ENDPOINT"
#: What the engine reads of an answer; page images are most of an answer's size, and not in it.
NEEDED_FIELDS = (
    "text", "entities", "error",
    "pages.page_number", "pages.dimension", "pages.layout", "pages.tokens",
)  # fmt: skip
#: Waiting threads cost little, and the service's usual quota lets as many through.
_USUAL_WORKERS = 8
#: Online requests a minute of a project.
_USUAL_QUOTA = 600
_NAME = re.compile(
    r"projects/[^/]+/locations/(?P<location>[^/]+)/processors/[^/]+(/processorVersions/[^/]+)?"
)
_LOCAL = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?|unix:.*")
#: A stand-in has a processor of this name.
_LOCAL_PROCESSOR = "projects/local/locations/us/processors/invoice"


class Settings(NamedTuple):
    """Where answers come from, and how they are asked for.

    ``insecure`` is for an endpoint on this machine, or one that is named with ``http://``: no
    encryption, no credentials.
    """

    processor: str
    endpoint: str
    insecure: bool
    split: bool
    imageless: bool
    fields: tuple[str, ...]
    deadline_seconds: float
    quota: int
    workers: int
    chunk_pages: int
    answers: str
    answers_seconds: float
    price: str

    @property
    def options(self) -> str:
        """What changes an answer besides content, pages and processor."""
        return f"imageless={int(self.imageless)} fields={','.join(self.fields)}"


def settings_of(recipe: Recipe) -> Settings:
    """Settings of a recipe.

    Raises
    ------
    ServiceError
        If no processor is named, or it is no processor's full name.
    """
    endpoint = recipe.docai_endpoint or os.environ.get(ENDPOINT, "")
    insecure = endpoint.startswith("http://") or bool(_LOCAL.fullmatch(endpoint))
    endpoint = re.sub(r"^https?://", "", endpoint).rstrip("/")
    processor = recipe.docai_processor or os.environ.get(PROCESSOR, "")
    if not processor and insecure:
        processor = _LOCAL_PROCESSOR
    found = _NAME.fullmatch(processor)
    if found is None:
        raise ServiceError(
            f"The engine documentai needs a processor's full name, not {processor!r}: set "
            f"Recipe.docai_processor or {PROCESSOR} to "
            "projects/PROJECT/locations/LOCATION/processors/PROCESSOR. To try it without an "
            f"account, start a stand-in (perfkit emulator start) and set {ENDPOINT}."
        )
    masked = tuple(path for path in re.split(r"[,\s]+", recipe.docai_field_mask) if path)
    return Settings(
        processor=processor,
        endpoint=endpoint or f"{found['location']}-documentai.googleapis.com",
        insecure=insecure,
        split=recipe.docai_mode == "split",
        imageless=recipe.docai_imageless,
        fields=masked or NEEDED_FIELDS,
        deadline_seconds=recipe.docai_deadline_seconds,
        quota=recipe.docai_quota or (0 if insecure else _USUAL_QUOTA),
        workers=recipe.workers or _USUAL_WORKERS,
        chunk_pages=recipe.chunk_pages,
        answers=recipe.docai_answers,
        answers_seconds=recipe.docai_answers_days * 86_400,
        price=recipe.docai_price,
    )
