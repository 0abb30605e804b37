"""An error says which file, which page and what to do, and travels between processes."""

from __future__ import annotations

import copy
import pickle

import pytest

from perfkit import errors

KINDS = [getattr(errors, name) for name in errors.__all__]
DOCUMENT_KINDS = [kind for kind in KINDS if issubclass(kind, errors.DocumentError)]


def made(kind: type[errors.PerfkitError]) -> errors.PerfkitError:
    """An error as it is raised."""
    if kind is errors.MissingExtraError:
        return errors.MissingExtraError("pandas", "workbench", "A table")
    if issubclass(kind, errors.DocumentError):
        return kind("a b.pdf", 3, problem="it is odd", remedy="Do this.")
    return kind("what is wrong, and what to do")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "travel", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))]
)
def test_an_error_survives_pickling_and_copying(kind, travel):
    error = made(kind)
    error.add_note("seen by a worker")
    arrived = travel(error)
    assert type(arrived) is kind
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_a_document_error_names_file_page_and_remedy(kind):
    error = kind("orders/a b.pdf", 3)
    assert (error.file, error.page) == ("orders/a b.pdf", 3)
    assert str(error) == f"orders/a b.pdf, page 3: {error.problem}. {error.remedy}"
    assert str(kind("a.pdf")) == f"a.pdf: {error.problem}. {error.remedy}"


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_a_problem_continues_the_sentence_and_a_remedy_is_one_of_its_own(kind):
    assert kind.problem[:1].islower()
    assert not kind.problem.endswith(".")
    assert kind.remedy[:1].isupper()
    assert kind.remedy.endswith((".", ")."))


def test_no_two_kinds_tell_the_same_problem():
    problems = [kind.problem for kind in DOCUMENT_KINDS]
    assert len(set(problems)) == len(problems)


def test_a_raised_error_may_say_more_exactly_what_is_wrong():
    error = errors.DamagedPdfError("a.pdf", problem="no page", remedy="Look.")
    assert str(error) == "a.pdf: no page. Look."


def test_errors_are_also_what_python_calls_them():
    assert issubclass(errors.DocumentNotFoundError, FileNotFoundError)
    assert issubclass(errors.MissingExtraError, ImportError)
    assert issubclass(errors.RecipeError, ValueError)


def test_a_missing_package_names_the_extra_that_installs_it():
    error = errors.MissingExtraError("pandas", "workbench", "Extraction.to_frame()")
    assert 'pip install "perfkit[workbench]"' in str(error)
    assert (error.package, error.extra) == ("pandas", "workbench")
