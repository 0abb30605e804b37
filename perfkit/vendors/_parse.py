"""A vendor's TOML file to a :class:`~perfkit.vendors.Vendor`; a mistake is told with its line."""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean
from perfkit.vendors import Check, Vendor

__all__ = ["KINDS", "TOTALS", "parse_vendor"]

#: Kinds of the fields that a line item has of its own; a vendor's further fields say theirs.
KINDS = {
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
TOTALS = ("subtotal", "freight", "surcharges", "total")
#: Section -> its keys, and whether they must be there.
_KEYS: dict[str, dict[str, bool]] = {
    "": {"vendor": True, "decimal": False},
    "document": {
        "name": True, "title": True, "other_titles": False, "upc_prefix": False,
        "number_labels": True, "date_labels": False, "day_first": False,
    },
    "row": {
        "code": True, "fields": True, "optional": False, "typical": False, "extra": False,
    },
    "words": {"units": False, "charges": False, "sections": False, "pages": False},
    "totals": {},
    "checks": {"row": False, "weak": False, "document": False},
}  # fmt: skip
_PRODUCT = re.compile(r"(\w+) \* (\w+) = (\w+)")
_ORDER = re.compile(r"(\w+) <= (\w+)")
_SUM = re.compile(r"(\w+) = (\w+(?: \+ \w+)+)")
_TOTAL = re.compile(r"(\w+(?: \+ \w+)+) = (\w+)")
_COLUMN = re.compile(r"sum (\w+) = (\w+)")
_HEADER = re.compile(r"\s*\[([A-Za-z_]+)\]\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"\s*('[^']*'|\"[^\"]*\"|[A-Za-z0-9_.-]+)\s*=")
#: What stands in a regular expression for itself: its letters, but not those of ``\\b``.
_ESCAPE, _LETTERS = re.compile(r"\\."), re.compile(r"[^\W\d_]{2,}")


def parse_vendor(path: Path, text: str | None = None) -> Vendor:
    """The vendor that a TOML file declares; ``text`` is what it holds, where it is known.

    Raises
    ------
    RecipeError
        If the file is not right; the message names line and key, and what to write.
    OSError
        If it cannot be read.
    """
    return _Declaration(path, text).vendor()


@functools.cache
def _english() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("_english.toml").read_text(encoding="utf-8"))


def _line_of(text: str, section: str, key: str, value: str = "") -> int:
    """The line, from 1, of a key in its table, or of a value of that key.

    Where it is not there: the line of its table, or else 0.
    """
    table, best, reached = "", 0, False
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            if reached:
                break
            table = header[1]
            if table == (section or key):
                best = number
        elif assigned := _ASSIGNMENT.match(line):
            if reached:
                break
            name = assigned[1].strip("\"'")
            inside = table == section and name == key
            if inside or (not table and name in (f"{section}.{key}", section)):
                best, reached = number, inside or name != section
        if value and (reached or table == key) and value in line:
            return number
    return best


class _Declaration:
    """One TOML file while it is checked; every error names the file, the line and the key."""

    def __init__(self, path: Path, text: str | None) -> None:
        self._path = path
        try:
            self._text = path.read_text(encoding="utf-8") if text is None else text
            self._values = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise RecipeError(f"{path}: this is not TOML: {error}. Correct it there.") from error
        except UnicodeDecodeError as error:
            raise RecipeError(f"{path}: this is not UTF-8 text. Save it as UTF-8.") from error

    def fail(self, key: str, problem: str, value: str = "") -> RecipeError:
        """An error about a key, such as ``"row.code"``; ``value`` is one of its list or table."""
        section, _, name = key.rpartition(".")
        at = _line_of(self._text, section, name, value)
        where = f"line {at}, " if at else ""
        return RecipeError(f"{self._path}, {where}{key}: {problem}")

    def vendor(self) -> Vendor:
        self._check_keys()
        document, row = self._values["document"], self._values["row"]
        words = _english()["words"] | self._values.get("words", {})
        totals = _english()["totals"] | self._values.get("totals", {})
        units = self._text_of("words.units", words["units"])
        fields = self._texts("row.fields", row["fields"])
        kinds = self._kinds(fields, row.get("extra", {}))
        known = {*fields, *TOTALS, *totals}
        checks = self._values.get("checks", {})
        of_rows = self._texts("checks.row", checks.get("row", []))
        weak = self._texts("checks.weak", checks.get("weak", []), of_rows, "checks.row")
        of_document = self._texts("checks.document", checks.get("document", []))
        document_checks = tuple(
            self._check("checks.document", text, known, weak=False) for text in of_document
        )
        self._check_totals(document_checks)
        return Vendor(
            layout=self._path.stem,
            vendor=self._text_of("vendor", self._values["vendor"]),
            name=self._pattern("document.name", document["name"]),
            title=self._text_of("document.title", document["title"]).lower(),
            other_titles=self._texts("document.other_titles", document.get("other_titles", [])),
            upc_prefix=self._text_of("document.upc_prefix", document.get("upc_prefix", "")),
            number_labels=self._labels("document.number_labels", document["number_labels"]),
            date_labels=self._labels("document.date_labels", document.get("date_labels", [])),
            day_first=self._flag("document.day_first", document.get("day_first", False)),
            code=self._pattern("row.code", row["code"], re.ASCII),
            decimal=self._decimal(),
            fields=fields,
            optional=self._texts("row.optional", row.get("optional", []), fields),
            extra=tuple(field for field in fields if field not in KINDS),
            kinds=kinds,
            typical=self._texts("row.typical", row.get("typical", []), fields),
            headings=self._headings(kinds, fields),
            units=frozenset(units.lower().split() if "unit" in fields else ()),
            charges=self._pattern("words.charges", words["charges"]),
            sections=self._pattern("words.sections", words["sections"]),
            pages=self._pages(words["pages"]),
            totals={name: self._pattern(f"totals.{name}", text) for name, text in totals.items()},
            total_words=self._total_words(words["totals"]),
            row_checks=tuple(
                self._check("checks.row", text, known, weak=text in weak) for text in of_rows
            ),
            document_checks=document_checks,
            digest=hashlib.sha256(self._text.encode()).hexdigest(),
        )

    def _check_totals(self, checks: tuple[Check, ...]) -> None:
        """Whether a check needs each total that is none of the usual ones: else it is misspelt."""
        needed = {name for check in checks for name in check.fields}
        for name in self._values.get("totals", {}):
            if name not in TOTALS and name not in needed:
                near = did_you_mean(name, TOTALS)
                raise self.fail(
                    f"totals.{name}",
                    f"no check has it{near} A total of another name is one that checks.document "
                    "uses.",
                )

    def _check_keys(self) -> None:
        known = [*_KEYS[""], *(name for name in _KEYS if name), "headings"]
        for name, value in self._values.items():
            if name not in known:
                raise self.fail(name, f"there is no such key{did_you_mean(name, known)}")
            if name in _KEYS and isinstance(value, dict):
                for key in value:
                    if key not in _KEYS[name] and name != "totals":
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
        self,
        key: str,
        value: object,
        among: tuple[str, ...] | None = None,
        list_name: str = "row.fields",
    ) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.fail(key, "this must be a list of texts in quotes.")
        for each in value:
            if among is not None and each not in among:
                near = did_you_mean(each, among)
                raise self.fail(key, f"{each!r} is not one of {list_name}{near}", each)
        return tuple(value)

    def _pattern(
        self, key: str, value: object, flags: int = re.IGNORECASE, *, of: str = ""
    ) -> re.Pattern[str]:
        text = self._text_of(key, value)
        try:
            return re.compile(text, flags)
        except re.error as error:
            problem = f"{text!r} is not a regular expression: {error}. Correct it there."
            raise self.fail(key, problem, of) from error

    def _pages(self, value: object) -> re.Pattern[str]:
        pattern = self._pattern("words.pages", value)
        if not {"page", "pages"} <= pattern.groupindex.keys():
            raise self.fail(
                "words.pages", "it must have the groups (?P<page>...) and (?P<pages>...)."
            )
        return pattern

    def _labels(self, key: str, value: object) -> tuple[str, ...]:
        """Regular expressions of labels, as texts: the reader puts more around them."""
        found = self._texts(key, value)
        for each in found:
            self._pattern(key, each, of=each)
        return found

    def _flag(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.fail(key, f"this must be true or false, not {value!r}.")
        return value

    def _total_words(self, usual: str) -> re.Pattern[str]:
        """What finds the lines of totals: the usual words, and those of the file's own labels."""
        own = {
            word
            for text in self._values.get("totals", {}).values()
            for word in _LETTERS.findall(_ESCAPE.sub(" ", text))
        }
        return re.compile("|".join((usual, *map(re.escape, sorted(own)))), re.IGNORECASE)

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
                raise self.fail(
                    "row.extra", f'{name} must be "quantity", "money", "number" or "text".'
                )
            if name in KINDS or name not in fields:
                wrong = "has a kind of its own" if name in KINDS else "is missing in row.fields"
                raise self.fail("row.extra", f"{name!r} {wrong}. Correct it there.")
        kinds = KINDS | extra
        for field in fields:
            if field not in kinds:
                near = did_you_mean(field, list(kinds))
                raise self.fail(
                    "row.fields",
                    f"there is no field {field!r}{near} A field that only this vendor has is "
                    f'named in row.extra, too: extra = {{ {field} = "number" }}.',
                    field,
                )
        for needed in ("product_code", "description"):
            if needed not in fields:
                raise self.fail("row.fields", f"{needed!r} is missing. Every row has one.")
        return kinds

    def _headings(
        self, kinds: Mapping[str, str], fields: tuple[str, ...]
    ) -> tuple[tuple[re.Pattern[str], Mapping[str, float]], ...]:
        own = self._values.get("headings", {})
        for pattern, weights in own.items():
            if not isinstance(weights, dict):
                problem = f"{pattern!r}: give weights: {{ qty_shipped = 4 }}."
                raise self.fail("headings", problem, pattern)
            for field, weight in weights.items():
                if field not in kinds and field != "other":
                    near = did_you_mean(field, [*kinds, "other"])
                    problem = f"{pattern!r}: there is no field {field!r}{near}"
                    raise self.fail("headings", problem, pattern)
                if not isinstance(weight, (int, float)) or isinstance(weight, bool):
                    problem = f"{pattern!r}: a weight is a number: {{ {field} = 4 }}."
                    raise self.fail("headings", problem, pattern)
        # A vendor's own come first: of several that fit a word the first one counts.
        both = own | {key: value for key, value in _english()["headings"].items() if key not in own}
        return tuple(
            (self._pattern("headings", key, of=key), _of_fields(value, fields))
            for key, value in both.items()
        )

    def _check(self, key: str, text: str, known: set[str], *, weak: bool) -> Check:
        names: tuple[str, ...]
        if text == "upc":
            return Check("upc", ("upc",), text, weak)
        for kind, pattern in (("product", _PRODUCT), ("order", _ORDER), ("column", _COLUMN)):
            if found := pattern.fullmatch(text):
                return Check(kind, self._known(key, found.groups(), known, text), text, weak)
        if found := _SUM.fullmatch(text):
            names = (found[1], *found[2].split(" + "))
        elif found := _TOTAL.fullmatch(text):
            names = (found[2], *found[1].split(" + "))
        else:
            raise self.fail(
                key,
                f"{text!r} is none of: a * b = c, a <= b, a = b + c, a + b = c, sum a = b, upc.",
                text,
            )
        return Check("sum", self._known(key, names, known, text), text, weak)

    def _known(
        self, key: str, names: tuple[str, ...], known: set[str], text: str
    ) -> tuple[str, ...]:
        for name in names:
            if name not in known:
                near = did_you_mean(name, known)
                problem = f"{text!r}: there is no field or total {name!r}{near}"
                raise self.fail(key, problem, text)
        return names


def _of_fields(weights: Mapping[str, float], fields: tuple[str, ...]) -> Mapping[str, float]:
    """What a heading says of the fields that a vendor has; all where it says nothing of them.

    A column of units or UPCs that a vendor does not declare is none of its fields.
    """
    of_fields = {name: weight for name, weight in weights.items() if name in (*fields, "other")}
    if not of_fields and weights.keys() <= {"unit", "upc"}:
        return {"other": max(weights.values())}
    return of_fields or weights
