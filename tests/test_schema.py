"""What perfkit writes is as docs/extraction.schema.json says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import perfkit
from perfkit.model import ITEM_FIELDS, SCHEMA_VERSION
from perfkit.recipe import Recipe
from tests.command import perfkit as command
from tests.test_batch import lines
from tests.vendor_documents import PENS, kestrel

ROOT = Path(__file__).parent.parent
HANDED = ROOT / "tests" / "data" / "handed" / "documents"
SCHEMA = json.loads((ROOT / "docs" / "extraction.schema.json").read_text(encoding="utf-8"))
VENDORS = ROOT / "tests" / "data" / "vendors"
DOCUMENT = Draft202012Validator(SCHEMA)
#: Among them each kind of doubt that these files give.
FILES = (
    "actualtext.pdf", "page_1_of_2_only.pdf", "tounicode_lies.pdf", "layer_off_row.pdf",
    "minus_as_en_dash.pdf",
)  # fmt: skip


def test_the_schema_is_one_and_of_this_version():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["document"]["properties"]["schema_version"] == {"const": SCHEMA_VERSION}
    names = set(SCHEMA["$defs"]["line_item"]["properties"])
    assert names == {*ITEM_FIELDS, "extra"}


@pytest.mark.parametrize("name", FILES)
def test_a_result_is_as_the_schema_says(name):
    DOCUMENT.validate(perfkit.extract(HANDED / name).as_dict())


def test_fields_of_one_vendor_are_as_the_schema_says():
    pen = next(iter(PENS.values()))
    document = kestrel(pen(), rows=5, seed=1)
    found = perfkit.extract(document.data, Recipe(layout=str(VENDORS / "kestrel.toml")))
    assert found.line_items[0].extra
    DOCUMENT.validate(found.as_dict())


def test_what_the_commands_write_is_as_the_schema_says(tmp_path):
    files = [HANDED / name for name in FILES]
    done = command("extract", "--format", "json", *files, tmp_path / "no.pdf")
    file = Draft202012Validator(SCHEMA | {"$ref": "#/$defs/file"})
    written = json.loads(done.out)
    assert len(written["documents"]) == len(FILES)
    file.validate(written)
    command("batch", *files, "--out", tmp_path / "out")
    for line in lines(tmp_path / "out" / "results.jsonl"):
        DOCUMENT.validate(line)


def test_the_docs_explain_every_kind_of_doubt():
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (*(ROOT / "perfkit" / "reading").glob("*.py"), ROOT / "perfkit" / "pipeline.py")
    )
    kinds = set(re.findall(r'Doubt\(\s*"(\w+)"', code))
    assert len(kinds) >= 8
    told = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
    section = told[told.index("## The ledger") :]
    assert {kind for kind in kinds if f"| `{kind}` |" not in section} == set()
    assert kinds == set(SCHEMA["$defs"]["doubt"]["properties"]["kind"]["examples"])
