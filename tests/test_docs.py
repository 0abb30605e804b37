"""Documentation is true: each command and each example in it is tried.

Examples of one document run in order, in one copy of the repository. A block headed
``python file=PATH`` is written there; every other ``python`` block is run, and so is every
command of a ``console`` block (lines that begin with ``$``), whose printed lines, where
the block shows any, have to come out the same. In a block headed ``console measured`` what hangs
on the machine (times, ratios, memory, verdicts) may be another figure, and nothing else; a line
``…`` stands for any lines. A block headed ``text printed`` shows what the example before it prints.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
LIMIT_SECONDS = 120
NUMBER = r"[+-]?\d[\d,]*(?:\.\d+)?"
#: What is another on every machine, and at every moment.
MEASURED = re.compile(
    rf"{NUMBER}x? \[{NUMBER}, {NUMBER}\]"
    rf"|{NUMBER} to {NUMBER}"
    rf"|{NUMBER}\s?(?=(?:ms|s|MiB|times|rounds|pairs|samples|h|min)\b|%|x\b)"
    r"|(?:\b\d+ )?\b(?:faster|slower|same|undecided)\b"
    r"|\b\d+\.\d\b"  # memory: accuracies have more places
)


class Example(NamedTuple):
    """A fenced block, and where it stands."""

    line: int
    kind: str
    about: str
    text: str


def examples(document: Path) -> list[Example]:
    """The blocks of a document, in order."""
    text = document.read_text(encoding="utf-8")
    return [
        Example(text.count("\n", 0, found.start()) + 1, found[1], found[2].strip(), found[3])
        for found in BLOCK.finditer(text)
    ]


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """What a user has after a clone, as far as an example may need it."""
    for name in ("notebooks", "perfkit", "test_invoices", "tests", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    yield tmp_path
    if (tmp_path / "state/perfkit/emulators").exists():
        run([sys.executable, "-m", "perfkit", "emulator", "stop", "--all"], tmp_path)


def run(call: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run in the copy, which is imported in place of what is installed."""
    # Lines of a copy count for nobody's coverage.
    outside = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    return subprocess.run(
        call,
        cwd=folder,
        # What the examples start and keep is theirs, and not the user's.
        env=outside
        | {"PYTHONPATH": str(folder), "COLUMNS": "100", "NO_COLOR": "1"}
        | {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CACHE", "STATE")},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )


def attempt(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Try one command as far as a test can."""
    words = [each for word in shlex.split(command) for each in globbed(word, folder)]
    program = words[0].removeprefix(".venv/bin/")
    if program == "perfkit" and words[1] in {"calibrate", "gate", "history"}:
        return known(words, folder)
    if program == "perfkit":
        return run([sys.executable, "-m", "perfkit", *words[1:]], folder)
    if program == "make":
        return run(["make", "--dry-run", *words[1:]], folder)
    if program in {"cp", "mkdir"}:
        return run(words, folder)
    if program == "pip":
        return installable(words)
    pytest.fail(f"no test knows how to try: {command}")


def globbed(word: str, folder: Path) -> list[str]:
    """The files that a pattern stands for, as a shell has it; any other word as it is."""
    found = (
        sorted(str(path.relative_to(folder)) for path in folder.glob(word)) if "*" in word else []
    )
    return found or [word]


def known(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Whether a command has these options; it takes minutes, or a git history, to run."""
    helped = run([sys.executable, "-m", "perfkit", words[1], "--help"], folder)
    unknown = [word for word in words if word.startswith("--") and word not in helped.stdout]
    return subprocess.CompletedProcess(words, len(unknown), "", f"unknown options: {unknown}")


def installable(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Whether ``pip install '.[extra]'`` names an extra that exists; nothing is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = re.findall(r"\[(.*)\]", " ".join(words))
    wanted = {name.strip() for each in listed for name in each.split(",")}
    unknown = wanted - set(project["optional-dependencies"])
    known = words[1] == "install" and not unknown
    return subprocess.CompletedProcess(words, int(not known), "", f"unknown extras: {unknown}")


def alike(printed: str, shown: str) -> bool:
    """Whether what was printed is what is shown, but for what is measured."""
    lines = (r"(?:.*\n)*" if line == "…" else f"{re.escape(line)}\n" for line in told(shown))
    return re.fullmatch("".join(lines), "\n".join([*told(printed), ""])) is not None


def told(text: str) -> list[str]:
    """Lines without what is measured, doubts about it, and the width of columns."""
    said = [line for line in text.strip().splitlines() if not line.startswith("note: ")]
    lines = (MEASURED.sub("#", line) for line in said)
    return [re.sub(r"[\s-]{2,}", " ", line).strip() for line in lines]


def try_console(text: str, folder: Path, *, measured: bool) -> None:
    """Run the commands of a block and compare what it shows of their output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", " ").partition("\n")
        done = attempt(command, folder)
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        if shown.strip() and measured:
            printed = done.stdout or done.stderr
            assert alike(printed, shown), f"$ {command}\n{printed}"
        elif shown.strip():
            assert done.stdout.rstrip() == shown.rstrip(), f"$ {command}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_and_example_works(document, copy):
    printed = ""
    for example in examples(document):
        where = f"{document.name}:{example.line}"
        if example.about.startswith("file="):
            target = copy / example.about.removeprefix("file=")
            assert not target.exists(), f"{where}: an example replaces {target.name}"
            target.write_text(example.text, encoding="utf-8")
            checked = run([str(Path(sys.executable).with_name("ruff")), "check", str(target)], copy)
            assert checked.returncode == 0, checked.stdout
        elif example.kind == "python":
            done = run([sys.executable, "-c", example.text], copy)
            assert done.returncode == 0, f"{where}\n{done.stdout}{done.stderr}"
            printed = done.stdout
        elif example.kind == "console":
            try_console(example.text, copy, measured=example.about == "measured")
        elif example.about == "printed":
            assert printed == example.text, where
        else:
            assert example.kind in {"mermaid", "text", "toml"}, f"{where}: nobody tries this"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document):
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_readme_fits_one_screen():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 50


def test_the_architecture_page_names_every_module():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "perfkit").iterdir()):
        if path.suffix == ".py" and not path.name.startswith("__"):
            assert f"`{path.name}`" in text, path.name
        elif path.is_dir() and path.name != "__pycache__":
            assert f"`{path.name}/`" in text, path.name
