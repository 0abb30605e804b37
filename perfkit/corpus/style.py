"""Style: how a document looks, apart from what it says."""

from __future__ import annotations

import dataclasses
from typing import Any

from perfkit.errors import CorpusError
from perfkit.nearest import did_you_mean

__all__ = ["Style", "parse_style"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "wording": ("printed", "plain", "spelled"),
    "font": ("", "helvetica", "times", "courier", "vera"),
    "align": ("right", "center", "left"),
    "heading_align": ("same", "center", "left"),
    "description": ("row", "under", "both"),
    "under_at": ("description", "upc", "code"),
    "block": ("stacked", "flow"),
    "picture": ("left", "under", "none"),
    "rules": ("lines", "boxes", "zebra", "none"),
    "page_number": ("header", "footer"),
    "surcharge_amount": ("inline", "column"),
    "cell_align": ("top", "middle"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Style:
    """Everything about a document's look; none of it depends on the seed.

    Parameters
    ----------
    vendor : str
        The vendor's name as it is spelled on the page (and in the truth).
    wording : {"printed", "plain", "spelled"}
        Set of column headings: as on the known documents, or two other sets.
    two_line_headings : bool
        Stack the words of a heading (``Qty`` over ``Ord``).
    description_heading : str
        Heading over the descriptions; empty as on the known order.
    columns : tuple of str
        Keys of the columns in their order; empty for the layout's own order.
    align, heading_align : str
        Alignment of numbers, and of the headings over them.
    font : {"", "helvetica", "times", "courier", "vera"}
        Empty: the producer's first.
    font_size : float
        Of the rows, in points.
    description : {"row", "under", "both"}
        Order layout: where the description stands.
    under_at : {"description", "upc", "code"}
        Order layout: column at which the lines under the row begin.
    block : {"stacked", "flow"}
        Invoice layout: code and UPC over the description, or all in one flow.
    split_rows : bool
        Let a description go on at the top of the next page.
    picture, picture_count : str, int
        Order layout: where the product image stands, and how many different ones there are.
    rules : {"lines", "boxes", "zebra", "none"}
        What separates the rows.
    page_number : {"header", "footer"}
        Where ``Page 1 of 15`` stands.
    footer : str
        A line at the bottom of every page.
    surcharge_amount : {"inline", "column"}
        Order layout: amount right after ``Tariff Surcharge``, or in the last column.
    cell_align : {"top", "middle"}
        Vertical place of a tall row's cells (producers that make real tables).
    currency : str
        Put before money, such as ``$``.
    landscape : bool
        Letter paper on its side.

    Raises
    ------
    CorpusError
        If a value is none of its choices, or two values cannot go together.
    """

    vendor: str = "Creative Co-Op"
    wording: str = "printed"
    two_line_headings: bool = True
    description_heading: str = ""
    columns: tuple[str, ...] = ()
    align: str = "right"
    heading_align: str = "same"
    font: str = ""
    font_size: float = 7.0
    description: str = "row"
    under_at: str = "description"
    block: str = "stacked"
    split_rows: bool = True
    picture: str = "left"
    picture_count: int = 24
    rules: str = "lines"
    page_number: str = "header"
    footer: str = ""
    surcharge_amount: str = "inline"
    cell_align: str = "top"
    currency: str = ""
    landscape: bool = False

    def __post_init__(self) -> None:
        for name, known in _CHOICES.items():
            value = getattr(self, name)
            if value not in known:
                raise CorpusError(
                    f"Style.{name} cannot be {value!r}{did_you_mean(str(value), known)}"
                )
        if not 5.0 <= self.font_size <= 10.0:
            raise CorpusError(f"Style.font_size is {self.font_size:g} pt; give 5 to 10.")
        if not 1 <= self.picture_count <= 500:
            raise CorpusError(f"Style.picture_count is {self.picture_count}; give 1 to 500.")
        if self.picture == "under" and self.under_at != "description":
            raise CorpusError(
                "Style.picture 'under' stands where under_at puts the description; "
                "use under_at='description' with it."
            )

    def with_(self, **changes: Any) -> Style:
        """A copy with some fields changed; a misspelt field names its nearest."""
        known = [field.name for field in dataclasses.fields(self)]
        for name in changes:
            if name not in known:
                raise CorpusError(f"Style has no field {name!r}{did_you_mean(name, known)}")
        return dataclasses.replace(self, **changes)


def parse_style(settings: list[str]) -> Style:
    """A style from settings such as ``font_size=8`` or ``columns=code,upc,...``.

    Raises
    ------
    CorpusError
        If a setting has no ``=``, names no field, or its value cannot be.
    """
    changes: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        default = getattr(Style(), name, None)
        if not equals:
            raise CorpusError(f"{setting!r} is no setting; write NAME=VALUE, such as font_size=8.")
        try:
            changes[name] = _value(default, text)
        except ValueError as error:
            raise CorpusError(f"Style.{name} cannot be {text!r}: {error}.") from error
    return Style().with_(**changes)


def _value(default: object, text: str) -> object:
    if isinstance(default, bool):
        if text not in ("true", "false"):
            raise ValueError("give true or false")
        return text == "true"
    if isinstance(default, (int, float)):
        return type(default)(text)
    return tuple(text.split(",")) if isinstance(default, tuple) else text
