"""The workflow for CI is one that GitHub would take, and asks for what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import perfkit

ROOT = Path(__file__).parent.parent
WORKFLOW = ROOT / ".github/workflows/perfkit.yml"


def checked(path: Path) -> subprocess.CompletedProcess[str]:
    """By the schema that check-jsonschema carries with it: nothing is fetched."""
    call = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    return subprocess.run(
        [*call, "vendor.github-workflows", str(path)], capture_output=True, text=True, check=False
    )


def test_the_workflow_is_as_githubs_schema_says():
    done = checked(WORKFLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_workflow_that_is_none_is_found_out(tmp_path):
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOW.read_text().replace("runs-on", "runs-at"))
    assert checked(broken).returncode == 1


def test_it_runs_what_the_makefile_has():
    targets = re.findall(r"run: make (\w+)", WORKFLOW.read_text())
    assert {"lint", "report", "setup", "test"} <= set(targets)
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=True)


def test_it_names_options_and_documents_that_exist(repository, monkeypatch):
    monkeypatch.chdir(repository)
    text = WORKFLOW.read_text()
    command = text[text.index("perfkit gate") : text.index("|| code")]
    known = perfkit("gate", "--help").out
    for option in re.findall(r"--[a-z-]+", command):
        assert option in known
    for document in re.findall(r"\S+\.pdf", command):
        assert (ROOT / "test_invoices" / document).is_file()


@pytest.mark.parametrize("word", ["secrets", "pull_request_target", "github.event.pull_request"])
def test_it_trusts_nothing_that_a_pull_request_brings(word):
    assert word not in WORKFLOW.read_text()
