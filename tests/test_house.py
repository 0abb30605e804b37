"""The house keeps its own rules: names, layers, length, and nothing of one machine in git."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from perfkit import errors
from perfkit.version import __version__

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "perfkit").rglob("*.py"))
PLUGIN_FOLDERS = (
    "caches",
    "charts",
    "corpus/producers",
    "engines",
    "executors",
    "layouts",
    "magics",
)
MOST_LINES = 500

# Written in two halves, so that this file does not offend against itself.
FOREIGN = re.compile(
    "|".join(
        (
            r"(?<![\w.])/" + r"(home|Users|root|opt|work|srv|mnt)/\w",
            r"[A-Z]:\\" + r"Users\\",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "conda" + r"\.anaconda\.org",
            r"(extra-)?index" + r"-url\s*[= ]\s*\S*[:/]",
            "find" + "-links",
            "BEGIN [A-Z ]*PRIVATE" + " KEY",
        )
    )
)


def name_of(path: Path) -> str:
    """A path as pytest shows it."""
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    """A file of the package as a module's name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def kind_and_name(name: str) -> tuple[int, str]:
    """ruff's order of `__all__` (RUF022): constants, classes, then the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_offers_in_a_sorted_all(path):
    if path.name == "__main__.py" or not path.read_text(encoding="utf-8").strip():
        pytest.skip("runs, or marks a folder, and offers nothing")
    module = importlib.import_module(module_name(path))
    if path.name == "__init__.py" and not hasattr(module, "__all__"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert all(isinstance(node, ast.Expr) for node in tree.body), "code needs an __all__"
        return
    assert module.__all__ == sorted(set(module.__all__), key=kind_and_name)
    for name in module.__all__:
        assert getattr(module, name, None) is not None, f"{name} does not exist"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_stays_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_in_the_package_imports_its_front_door(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if path == ROOT / "perfkit/__init__.py":
            break  # its own imports for type checkers
        if isinstance(node, ast.Import):
            assert "perfkit" not in [name.name for name in node.names], f"line {node.lineno}"
        if isinstance(node, ast.ImportFrom) and node.module == "perfkit":
            # Its modules may be taken by this way, its names may not.
            taken = {name.name for name in node.names}
            assert taken <= {each.stem for each in (ROOT / "perfkit").iterdir()}


def drawn_tree(docstring: str) -> dict[str, str | None]:
    """The classes drawn in a docstring, each with its parent."""
    parents: dict[str, str | None] = {}
    path: list[str] = []
    for line in docstring.splitlines():
        found = re.match(r"([\s│├└─]*)(\w+Error)\b", line)
        if found:
            depth = (len(found[1]) - 4) // 4
            path[depth:] = [found[2]]
            parents[found[2]] = path[depth - 1] if depth else None
    return parents


def test_the_tree_drawn_in_errors_is_the_real_one():
    def below(kind: type[Exception]) -> dict[str, str | None]:
        tree: dict[str, str | None] = {}
        for child in kind.__subclasses__():
            if child.__module__ == errors.__name__:
                tree |= {child.__name__: kind.__name__, **below(child)}
        return tree

    real = {"PerfkitError": None, **below(errors.PerfkitError)}
    assert drawn_tree(errors.__doc__ or "") == real
    assert sorted(real) == errors.__all__


def test_every_error_that_is_raised_on_purpose_is_on_the_front_door():
    perfkit = importlib.import_module("perfkit")
    assert set(errors.__all__) <= set(perfkit.__all__)


@pytest.mark.parametrize("folder", PLUGIN_FOLDERS)
def test_the_init_of_a_plugin_folder_holds_the_protocol_and_nothing_else(folder):
    path = ROOT / "perfkit" / folder / "__init__.py"
    if not path.exists():
        pytest.skip("planned")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            assert "Protocol" in [ast.unparse(base) for base in node.bases], node.name
        else:
            assert isinstance(node, ast.Expr | ast.Import | ast.ImportFrom | ast.Assign | ast.If)


def test_layers_and_plugins_import_only_what_they_may():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def files_for_git() -> list[Path]:
    """All files that git holds or would take in."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_file_in_git_names_a_machine_a_package_index_or_a_key():
    offenders = []
    for path in files_for_git():
        if path.suffix == ".pdf":
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if FOREIGN.search(line):
                offenders.append(f"{name_of(path)}:{number}: {line.strip()[:80]}")
    assert not offenders


def test_the_changelog_tells_of_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d[^\]]*)\]", text, re.MULTILINE)
    assert versions[0] == __version__


def test_make_help_lists_every_target():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    listed = re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE)
    assert sorted(phony[1].split()) == sorted(listed)


def test_ci_runs_what_the_readme_promises():
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111, ".ci/run must be executable"
    promised = set(re.findall(r"make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    run = set(re.findall(r"^step (\w+)", script.read_text(encoding="utf-8"), re.MULTILINE))
    assert {"lint", "report", "test"} <= run
    assert {"report", "test"} <= promised
