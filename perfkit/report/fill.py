"""Fill one of the report's own templates; what is put into it is escaped."""

from __future__ import annotations

from perfkit.errors import MissingExtraError
from perfkit.report.page import TEMPLATES, stylesheet

__all__ = ["filled"]


def filled(template: str, **values: object) -> str:
    """A page of the report.

    Raises
    ------
    MissingExtraError
        If jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError("jinja2", "workbench", "A report") from error
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    return templates.get_template(template).render(css=stylesheet(), **values)
