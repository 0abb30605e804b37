"""Engines are compared on real documents, and a time stands only beside proof of its output."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest

from perfkit.bench.documents import CALLER, find_document
from perfkit.bench.engine_comparison import EngineComparison
from perfkit.bench.engines import compare_engines
from perfkit.bench.environment import collect
from perfkit.bench.progress import Progress
from perfkit.bench.records import Check, Peak, Record, Run, Session
from perfkit.errors import DocumentNotFoundError, MeasurementError, ParameterError, RecipeError

DOCUMENT = "order_one_page.pdf"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[EngineComparison, Path]:
    record = tmp_path_factory.mktemp("bench") / "runs.jsonl"
    broken = tmp_path_factory.mktemp("documents") / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing of use\n%%EOF\n")
    found = compare_engines([DOCUMENT, broken], rounds=3, record=record, progress=False)
    return found, record


def session(
    candidate_ms: float,
    *,
    same: bool = True,
    accuracy: float | None = 1.0,
    kind: str = "truth",
    placebo: float = 1.0,
    busy: bool = False,
) -> Session:
    """Records as they might be: 10 ms for the baseline, with a wobble that pairs cancel."""
    records: list[Record] = [
        Check("pypdf", "a.pdf", 2, 9, accuracy, kind, True, 0),
        Check("pdfium", "a.pdf", 2, 9, accuracy, kind, same, 0 if same else 4),
    ]
    for number in range(1, 8):
        for arm, base in (("pypdf", 10.0), ("pdfium", candidate_ms), ("placebo", 10.0 * placebo)):
            wall = base * (1 + 0.01 * number) * (1 + 0.0005 * (number % 3)) / 1000
            cpu = wall * (0.6 if busy else 1)
            records.append(Run("l", arm, "a.pdf", number, 0, 0.0, 2 * wall, 2 * cpu, 2, 1))
    records += [Peak("pypdf", "a.pdf", 12.0, 50.0), Peak("pdfium", "a.pdf", 12.0, 26.0)]
    return Session(collect(), tuple(records))


def test_real_comparison_proves_the_output_and_gives_every_figure(real) -> None:
    found, _ = real
    frame = found.frame()
    read = frame[frame.document == DOCUMENT]
    assert list(read.engine) == ["pypdf", "pdfium"]
    assert (read.accuracy > 0.9).all()
    assert (read.accuracy_kind == "truth").all()
    assert (read.time_per_page_ms > 0).all()
    assert (read.memory_peak_mb > 1).all()
    ratio = found.ratio("pdfium")
    assert ratio is not None
    assert ratio.value < 1
    assert found.placebo is not None


def test_document_that_no_engine_reads_is_named_and_the_others_go_on(real) -> None:
    found, _ = real
    broken = [result for result in found.results if result.document == "broken.pdf"]
    assert len(broken) == 2
    assert all(result.error and result.page_ms is None for result in broken)
    assert any("broken.pdf" in note for note in found.notes())


def test_comparison_can_be_had_again_from_its_records(real) -> None:
    found, record = real
    again = EngineComparison.from_records(record)
    assert again.results == found.results
    assert str(again) == str(found)


def test_runs_are_recorded_one_by_one_with_their_order(real) -> None:
    found, _ = real
    runs = [record for record in found.session.records if isinstance(record, Run)]
    assert len(runs) == 3 * 3  # rounds x (two engines and the placebo)
    assert {run.order for run in runs} == {0, 1, 2}


def test_frame_has_the_columns_that_its_docstring_names(real) -> None:
    found, _ = real
    documented = EngineComparison.frame.__doc__ or ""
    assert all(column in documented for column in found.frame().columns)


@pytest.mark.parametrize(
    ("candidate_ms", "verdict", "words"),
    [
        (1.0, "faster", "pdfium reads 1 document (2 pages) 10.0 times as fast as pypdf"),
        (20.0, "slower", "No engine beats pypdf"),
        (10.0, "same", "take the same time"),
    ],
)
def test_sentence_says_what_the_interval_proves(candidate_ms, verdict, words) -> None:
    found = EngineComparison(session(candidate_ms))
    assert found.verdict("pdfium") == verdict
    assert words in found.sentence()
    assert "99 % interval" in found.sentence()
    assert "7 rounds" in found.sentence()


def test_time_a_page_is_that_of_one_call_on_one_page() -> None:
    found = EngineComparison(session(1.0))
    page_ms = found.of("pypdf")[0].page_ms
    assert page_ms is not None
    assert page_ms.value == pytest.approx(5.2, rel=0.01)
    assert found.of("pdfium")[0].memory_peak_mb == 14.0


def test_no_time_is_shown_for_another_output_of_unknown_accuracy() -> None:
    found = EngineComparison(session(1.0, same=False, accuracy=None))
    assert found.of("pdfium")[0].page_ms is None
    assert found.frame().time_per_page_ms.isna().tolist() == [False, True]
    assert found.ranking() == []
    assert "no other engine was timed" in found.sentence()


def test_another_output_of_known_accuracy_is_stated() -> None:
    found = EngineComparison(session(1.0, same=False))
    assert "with differing output (accuracy at least 1.000 against 1.000)" in found.sentence()
    assert any("4 rows" in note for note in found.notes())


def test_self_check_is_called_so() -> None:
    found = EngineComparison(session(1.0, kind="self-check"))
    assert "self-check" in found.sentence()
    assert any("truth" in note for note in found.notes())


def test_noise_that_the_placebo_finds_is_told() -> None:
    assert not EngineComparison(session(1.0)).notes()
    noisy = EngineComparison(session(1.0, placebo=1.2))
    assert any("placebo" in note for note in noisy.notes())
    assert "does not hold" in noisy._repr_html_()


def test_a_wide_interval_asks_for_more_rounds() -> None:
    plain = session(1.0)
    records = tuple(
        dataclasses.replace(record, wall_seconds=record.wall_seconds * (1 + record.round % 3))
        if isinstance(record, Run) and record.arm == "pdfium"
        else record
        for record in plain.records
    )
    notes = EngineComparison(Session(plain.environment, records)).notes()
    assert any("More rounds" in note for note in notes)


def test_waiting_is_told_from_slowness() -> None:
    assert any("contention" in note for note in EngineComparison(session(1.0, busy=True)).notes())


def test_markup_in_a_name_is_shown_and_not_obeyed() -> None:
    plain = session(1.0)
    evil = "<script>alert(1)</script>.pdf"
    records = tuple(
        dataclasses.replace(record, document=evil)
        for record in plain.records
        if isinstance(record, Run | Check | Peak)
    )
    shown = EngineComparison(Session(plain.environment, records))._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_sentence_is_shown_as_an_escaped_paragraph() -> None:
    assert EngineComparison(session(1.0)).sentence()._repr_html_().startswith("<p ")


def test_misspelt_engine_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match="pdfium"):
        compare_engines([DOCUMENT], engines=["pdfum"], progress=False)


@pytest.mark.parametrize(
    "arguments", [{"documents": []}, {"documents": DOCUMENT, "rounds": 2}], ids=str
)
def test_comparison_that_could_not_conclude_is_refused(arguments) -> None:
    with pytest.raises(ParameterError):
        compare_engines(progress=False, **arguments)


def test_records_without_a_comparison_are_refused() -> None:
    with pytest.raises(MeasurementError):
        _ = EngineComparison(Session(collect(), ())).results


def test_missing_document_names_the_nearest(monkeypatch, repository: Path) -> None:
    monkeypatch.chdir(repository)
    with pytest.raises(DocumentNotFoundError, match=r"did you mean 'order_one_page\.pdf'"):
        find_document("order_onepage.pdf")


@pytest.mark.parametrize("name", [DOCUMENT, f"test_invoices/{DOCUMENT}"])
@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_document_is_found_from_the_root_and_from_the_notebooks(
    monkeypatch, repository: Path, folder: str, name: str
) -> None:
    monkeypatch.chdir(repository / folder)
    assert find_document(name).is_file()


def test_document_is_found_from_anywhere_by_the_notebooks_folder(
    monkeypatch, tmp_path: Path, repository: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DocumentNotFoundError):
        find_document(DOCUMENT)
    monkeypatch.setenv(CALLER, str(repository / "notebooks"))
    assert find_document(DOCUMENT).is_file()


def test_progress_writes_over_its_line_and_leaves_nothing() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, log = Terminal(), io.StringIO()
    for stream in (terminal, log):
        with Progress(stream=stream) as show:
            show("timing", 1.0)
            show.line("kept")
    assert "100% timing" in terminal.getvalue()
    assert terminal.getvalue().split("\r")[-2].strip() == ""
    assert log.getvalue() == "kept\n"
