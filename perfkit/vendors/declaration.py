"""A vendor's TOML file to a :class:`~perfkit.vendors.Vendor`, checked."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean
from perfkit.vendors import Check, Vendor

__all__ = ["load_vendor", "vendor_names", "vendors_for"]

_FOLDER = Path(__file__).parent
#: Kinds of the fields that a line item has of its own; a vendor's further fields say theirs.
_KINDS = {
    "product_code": "text",
    "upc": "text",
    "description": "text",
    "unit": "text",
    "qty_ordered": "quantity",
    "qty_allocated": "quantity",
    "qty_shipped": "quantity",
    "qty_backordered": "quantity",
    "list_price": "money",
    "your_price": "money",
    "extended_price": "money",
}
_TOTALS = ("subtotal", "freight", "surcharges", "total")
#: Section -> its keys, and whether they must be there.
_KEYS: dict[str, dict[str, bool]] = {
    "": {"vendor": True, "decimal": False},
    "document": {
        "name": True, "title": True, "other_titles": False, "upc_prefix": False,
        "number_labels": True,
    },
    "row": {
        "code": True, "fields": True, "optional": False, "typical": False, "extra": False,
    },
    "words": {"units": False, "charges": False, "sections": False, "pages": False},
    "totals": dict.fromkeys(_TOTALS, False),
    "checks": {"row": False, "weak": False, "document": False},
}  # fmt: skip
_PRODUCT = re.compile(r"(\w+) \* (\w+) = (\w+)")
_ORDER = re.compile(r"(\w+) <= (\w+)")
_SUM = re.compile(r"(\w+) = (\w+(?: \+ \w+)+)")
_TOTAL = re.compile(r"(\w+(?: \+ \w+)+) = (\w+)")
_COLUMN = re.compile(r"sum (\w+) = (\w+)")


def vendor_names() -> list[str]:
    """Names of the layouts that perfkit ships, sorted."""
    return sorted(file.stem for file in _FOLDER.glob("[!_]*.toml"))


def vendors_for(layout: str) -> list[Vendor]:
    """The layouts that a recipe's ``layout`` allows: all for ``"auto"``, else the one.

    Raises
    ------
    RecipeError
        If there is no such layout, or its file is not right; the message names line and key.
    """
    if layout == "auto":
        return [load_vendor(name) for name in vendor_names()]
    return [load_vendor(layout)]


@functools.lru_cache(maxsize=64)
def _load(path: str, changed: int) -> Vendor:  # noqa: ARG001 - a changed file is read again
    return _Declaration(Path(path)).vendor()


def load_vendor(layout: str) -> Vendor:
    """A layout by its name, or by the path of a TOML file (which ends in ``.toml``).

    Raises
    ------
    RecipeError
        See :func:`vendors_for`.
    """
    if layout.endswith(".toml"):
        path = Path(layout)
    elif layout in vendor_names():
        path = _FOLDER / f"{layout}.toml"
    else:
        raise RecipeError(
            f"There is no layout {layout!r}{did_you_mean(layout, vendor_names())} "
            "For a vendor of your own, give the path of its TOML file."
        )
    try:
        return _load(str(path), path.stat().st_mtime_ns)
    except OSError as error:
        raise RecipeError(
            f"{layout}: the layout's file cannot be read ({error.strerror}). Check its path."
        ) from error


@functools.cache
def _english() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "_english.toml").read_text(encoding="utf-8"))


class _Declaration:
    """One TOML file while it is checked; every error names the file, the line and the key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._text = path.read_text(encoding="utf-8")
            self._values = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise RecipeError(f"{path}: this is not TOML: {error}. Correct it there.") from error
        except UnicodeDecodeError as error:
            raise RecipeError(f"{path}: this is not UTF-8 text. Save it as UTF-8.") from error

    def fail(self, key: str, problem: str) -> RecipeError:
        last = key.rpartition(".")[2]
        lines = self._text.splitlines()
        at = next(
            (n for n, line in enumerate(lines, 1) if re.match(rf"\W*{re.escape(last)}\b", line)),
            0,
        )
        where = f"line {at}, " if at else ""
        return RecipeError(f"{self._path}, {where}{key}: {problem}")

    def vendor(self) -> Vendor:
        self._check_keys()
        document, row = self._values["document"], self._values["row"]
        words = _english()["words"] | self._values.get("words", {})
        totals = _english()["totals"] | self._values.get("totals", {})
        fields = self._texts("row.fields", row["fields"])
        kinds = self._kinds(fields, row.get("extra", {}))
        checks = self._values.get("checks", {})
        weak = self._texts("checks.weak", checks.get("weak", []))
        return Vendor(
            layout=self._path.stem,
            vendor=self._text_of("vendor", self._values["vendor"]),
            name=self._pattern("document.name", document["name"]),
            title=self._text_of("document.title", document["title"]).lower(),
            other_titles=self._texts("document.other_titles", document.get("other_titles", [])),
            upc_prefix=self._text_of("document.upc_prefix", document.get("upc_prefix", "")),
            number_labels=self._texts("document.number_labels", document["number_labels"]),
            code=self._pattern("row.code", row["code"], 0),
            decimal=self._decimal(),
            fields=fields,
            optional=self._texts("row.optional", row.get("optional", []), fields),
            extra=tuple(field for field in fields if field not in _KINDS),
            kinds=kinds,
            typical=self._texts("row.typical", row.get("typical", []), fields),
            headings=self._headings(kinds),
            units=frozenset(self._text_of("words.units", words["units"]).lower().split()),
            charges=self._pattern("words.charges", words["charges"]),
            sections=self._pattern("words.sections", words["sections"]),
            pages=self._pattern("words.pages", words["pages"]),
            totals={name: self._pattern(f"totals.{name}", text) for name, text in totals.items()},
            row_checks=tuple(
                self._check("checks.row", text, kinds, text in weak)
                for text in self._texts("checks.row", checks.get("row", []))
            ),
            document_checks=tuple(
                self._check("checks.document", text, kinds, False)
                for text in self._texts("checks.document", checks.get("document", []))
            ),
        )

    def _check_keys(self) -> None:
        known = [*_KEYS[""], *(name for name in _KEYS if name), "headings"]
        for name, value in self._values.items():
            if name not in known:
                raise self.fail(name, f"there is no such key{did_you_mean(name, known)}")
            if name in _KEYS and isinstance(value, dict):
                for key in value:
                    if key not in _KEYS[name]:
                        near = did_you_mean(key, list(_KEYS[name]))
                        raise self.fail(f"{name}.{key}", f"there is no such key{near}")
            elif (name in _KEYS or name == "headings") and not isinstance(value, dict):
                raise self.fail(name, f"this is a table: write [{name}].")
        for section, keys in _KEYS.items():
            inside = self._values.get(section, {}) if section else self._values
            for key, needed in keys.items():
                if needed and key not in inside:
                    raise self.fail(f"{section}.{key}".strip("."), "this key is missing. Add it.")

    def _text_of(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.fail(key, f"this must be a text in quotes, not {value!r}.")
        return value

    def _texts(
        self, key: str, value: object, among: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.fail(key, "this must be a list of texts in quotes.")
        for each in value:
            if among is not None and each not in among:
                raise self.fail(key, f"{each!r} is not one of row.fields.")
        return tuple(value)

    def _pattern(self, key: str, value: object, flags: int = re.IGNORECASE) -> re.Pattern[str]:
        try:
            return re.compile(self._text_of(key, value), flags | re.ASCII)
        except re.error as error:
            raise self.fail(key, f"this is not a regular expression: {error}.") from error

    def _decimal(self) -> str:
        value = self._values.get("decimal", ".")
        if value not in (".", ","):
            raise self.fail("decimal", f'this must be "." or ",", not {value!r}.')
        return str(value)

    def _kinds(self, fields: tuple[str, ...], extra: object) -> dict[str, str]:
        if not isinstance(extra, dict):
            raise self.fail(
                "row.extra", 'this is a table of names and kinds: { discount = "number" }.'
            )
        for name, kind in extra.items():
            if kind not in ("quantity", "money", "number", "text"):
                raise self.fail("row.extra", f"{name} must be quantity, money, number or text.")
        kinds = _KINDS | extra
        for field in fields:
            if field not in kinds:
                near = did_you_mean(field, list(kinds))
                raise self.fail("row.fields", f"there is no field {field!r}{near}")
        for needed in ("product_code", "description"):
            if needed not in fields:
                raise self.fail("row.fields", f"{needed!r} is missing. Every row has one.")
        return kinds

    def _headings(
        self, kinds: Mapping[str, str]
    ) -> tuple[tuple[re.Pattern[str], Mapping[str, float]], ...]:
        own = self._values.get("headings", {})
        for pattern, weights in own.items():
            if not isinstance(weights, dict):
                raise self.fail("headings", f"{pattern!r}: give weights: {{ qty_shipped = 4 }}.")
            for field, weight in weights.items():
                if field not in kinds and field != "other":
                    near = did_you_mean(field, [*kinds, "other"])
                    raise self.fail("headings", f"{pattern!r}: there is no field {field!r}{near}")
                if not isinstance(weight, (int, float)) or isinstance(weight, bool):
                    raise self.fail("headings", f"{pattern!r}: a weight is a number.")
        # A vendor's own come first: of several that fit a word the first one counts.
        both = own | {key: value for key, value in _english()["headings"].items() if key not in own}
        return tuple((self._pattern("headings", key), value) for key, value in both.items())

    def _check(self, key: str, text: str, kinds: Mapping[str, str], weak: bool) -> Check:
        names: tuple[str, ...]
        if text == "upc":
            return Check("upc", ("upc",), text, weak)
        for kind, pattern in (("product", _PRODUCT), ("order", _ORDER), ("column", _COLUMN)):
            if found := pattern.fullmatch(text):
                return Check(kind, self._known(key, found.groups(), kinds, text), text, weak)
        if found := _SUM.fullmatch(text):
            names = (found[1], *found[2].split(" + "))
        elif found := _TOTAL.fullmatch(text):
            names = (found[2], *found[1].split(" + "))
        else:
            raise self.fail(
                key,
                f"{text!r} is none of: a * b = c, a <= b, a = b + c, a + b = c, sum a = b, upc.",
            )
        return Check("sum", self._known(key, names, kinds, text), text, weak)

    def _known(
        self, key: str, names: tuple[str, ...], kinds: Mapping[str, str], text: str
    ) -> tuple[str, ...]:
        for name in names:
            if name not in kinds and name not in _TOTALS:
                near = did_you_mean(name, [*kinds, *_TOTALS])
                raise self.fail(key, f"{text!r}: there is no field or total {name!r}{near}")
        return names
