"""perfkit emulator and perfkit docai, as one types them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from perfkit import emulator as stand_in
from perfkit.emulator import registry
from perfkit.emulator.options import Options
from perfkit.errors import EmulatorError
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from tests.command import perfkit

INVOICES = Path(__file__).parent.parent / "test_invoices"
SHORT, ONE_PAGE = INVOICES / "CI004848705.pdf", INVOICES / "order_one_page.pdf"


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    """The user's own stand-ins are none of a test's business."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield
    for one, _ in registry.known():
        registry.stop(one.port)


def test_a_stand_in_is_started_watched_and_stopped():
    started = perfkit("emulator", "start", "--latency", "1ms", "--quota", 600)
    assert started.code in (None, 0), started.err
    where = re.findall(r"127\.0\.0\.1:\d+", started.out)
    assert f"export PERFKIT_DOCAI_ENDPOINT={where[0]}\n" in started.out
    assert stand_in.address() == where[0]
    assert extract(ONE_PAGE, Recipe(engine="documentai", docai_endpoint=where[0])).line_items
    assert "1 requests (1 OK), 1 pages" in perfkit("emulator", "status").out
    (seen,) = json.loads(perfkit("emulator", "status", "--json").out)
    assert (seen["address"], seen["options"]["quota"]) == (where[0], 600)
    assert "begins afresh" in perfkit("emulator", "reset").out
    assert "0 requests (none yet)" in perfkit("emulator", "status").out
    assert perfkit("emulator", "stop").out == f"stopped {where[0]}\n"
    gone = perfkit("emulator", "status")
    assert gone.code == 1
    assert "perfkit emulator start" in gone.err


def test_of_several_one_has_to_be_named():
    ports = [registry.start(Options()).port for _ in range(2)]
    with pytest.raises(EmulatorError, match="give the port"):
        stand_in.address()
    with pytest.raises(EmulatorError, match="No stand-in answers on port 1;"):
        stand_in.address(1)
    assert stand_in.address(ports[1]).endswith(str(ports[1]))
    stopped = perfkit("emulator", "stop", "--all")
    assert len(stopped.out.splitlines()) == 2
    with pytest.raises(EmulatorError, match="No stand-in was started"):
        stand_in.address()


@pytest.mark.parametrize(
    "arguments",
    [
        ("emulator", "start", "--latency", "5"),
        ("emulator", "start", "--fail", "SOMETHING:0.1"),
        ("docai", "replay", str(INVOICES)),
        ("docai", "replay", str(INVOICES / "nowhere")),
    ],
    ids=" ".join,
)
def test_wrong_usage_starts_nothing(arguments):
    done = perfkit(*arguments)
    assert done.code == 2
    assert "Error" in done.err
    assert registry.known() == []


def test_answers_are_recorded_once_and_served_for_any_pages(emulator, tmp_path):
    folder = tmp_path / "recordings"
    arguments = ("--out", folder, "--endpoint", emulator.address)
    recorded = perfkit("docai", "record", SHORT, *arguments)
    assert "3 pages, 1 requests, US$ 0.10 to 0.10" in recorded.out
    assert "recorded already" in perfkit("docai", "record", SHORT, *arguments).out
    assert emulator.statistics()["requests"] == 1
    served = perfkit("docai", "replay", folder)
    assert f"{SHORT.name}: 3 pages, recorded" in served.out
    for changes in ({"chunk_pages": 1}, {"chunk_pages": 2}, {}):
        recipe = Recipe(engine="documentai", docai_endpoint=stand_in.address())
        assert extract(SHORT, recipe.with_(**changes)).line_items == extract(SHORT).line_items
    unknown = Recipe(engine="documentai", docai_endpoint=stand_in.address())
    with pytest.raises(Exception, match="No answer to this document was recorded"):
        extract(ONE_PAGE, unknown)


def test_a_document_that_cannot_be_recorded_does_not_cost_the_others(emulator, tmp_path):
    done = perfkit(
        "docai", "record", "nowhere.pdf", ONE_PAGE,
        "--out", tmp_path, "--endpoint", emulator.address,
    )  # fmt: skip
    assert done.code == 1
    assert "nowhere.pdf: there is no such file" in done.err
    assert len(list(tmp_path.glob("*.docai"))) == 1
