"""What is installed, where, and how much of it an import loads."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import perfkit

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
BASE = [Requirement(text) for text in PROJECT["dependencies"]]
OPTIONAL = [Requirement(text) for name in EXTRAS if name != "all" for text in EXTRAS[name]]

#: The packages that users were promised, whatever else changes.
FIXED = """jupyterlab pandas matplotlib memory-profiler line-profiler pypdf
google-cloud-documentai papermill""".split()

#: What a service that only extracts does not want to load, or to have installed.
HEAVY = "cryptography grpc IPython jinja2 matplotlib numpy pandas PIL psutil rich scipy typer"


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def pinned() -> dict[str, list[str]]:
    """Names in the lock, with the versions pinned for one Python or another."""
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


@pytest.mark.parametrize("requirement", [*BASE, *OPTIONAL], ids=lambda each: each.name)
def test_the_lock_covers_every_requirement(requirement):
    versions = pinned()[canonicalize_name(requirement.name)]
    assert all(requirement.specifier.contains(version) for version in versions), versions


def test_every_line_of_the_lock_is_a_pin_with_hashes():
    joined = re.sub(r" \\\n\s*", " ", LOCK)
    for line in joined.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            assert re.fullmatch(r"[\w.-]+(\[\w+\])?==\S+( ; [^#]+?)?( --hash=sha256:\w{64})+", line)


def test_the_lock_names_no_place():
    assert not re.search(r"://|^\s*-|file:|@ |\.\./", re.sub(r"--hash=\S+", "", LOCK), re.MULTILINE)


def test_all_means_all_extras():
    (text,) = EXTRAS["all"]
    assert Requirement(text).extras == set(EXTRAS) - {"all"}
    assert {"workbench", "docai", "scale", "dev", "all"} <= set(EXTRAS)


def test_the_promised_packages_are_there():
    names = {each.name for each in [*BASE, *OPTIONAL]}
    assert set(FIXED) <= names


def test_every_package_that_is_imported_is_declared():
    belongs = packages_distributions()
    # pypdf[crypto] and the wheel of pypdfium2 bring these along.
    declared = {canonicalize_name(each.name) for each in [*BASE, *OPTIONAL]} | {"cryptography"}
    for path in [*(ROOT / "perfkit").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in {each.split(".")[0] for each in names} - sys.stdlib_module_names:
                if name not in {"perfkit", "tests", "benchmarks"} and name in belongs:
                    found = {canonicalize_name(each) for each in belongs[name]}
                    assert found & declared, f"{path.name} imports {name}"


def conda_requirements() -> dict[str, Requirement]:
    """What environment.yml lists, from conda and from pip."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    lines = re.findall(
        r"^\s+- ([A-Za-z][\w.-]*(?:>=[\d.]+(?:,<[\d.]+)?)?)(?:\s+#.*)?$", text, re.MULTILINE
    )
    found = map(Requirement, lines)
    return {canonicalize_name(each.name): each for each in found if each.name != "conda-forge"}


def test_the_conda_environment_has_the_same_packages_and_bounds():
    conda = {name: str(each.specifier) for name, each in conda_requirements().items()}
    wanted = {canonicalize_name(each.name): str(each.specifier) for each in [*BASE, *OPTIONAL]}
    # conda knows no extras: the package behind pypdf[crypto] is named itself.
    extra = {"cryptography": "", "pip": "", "python": PROJECT["requires-python"]}
    assert conda == wanted | extra


def test_import_perfkit_loads_nothing_heavy():
    done = python("import sys, perfkit; print(*sys.modules)")
    assert not set(HEAVY.split()) & set(done.stdout.split())
    assert "perfkit.pipeline" not in done.stdout.split()


def test_extraction_needs_no_optional_package():
    blocked = sorted({each.name.replace("-", "_") for each in OPTIONAL} | {"numpy", "PIL", "grpc"})
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({blocked!r}))\n"
        "import perfkit\n"
        "found = perfkit.extract('test_invoices/CI004848705.pdf')\n"
        "print(len(found.line_items))"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_every_name_of_the_front_door_can_be_had():
    for name in perfkit.__all__:
        assert getattr(perfkit, name) is not None
    assert set(perfkit.__all__) <= set(dir(perfkit))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'extrct'"):
        perfkit.extrct  # noqa: B018 -- the access is the test


@pytest.mark.parametrize(
    "start", [["-m", "perfkit"], [str(Path(sys.executable).with_name("perfkit"))]]
)
def test_the_command_starts_as_a_script_and_as_a_module(start):
    call = [sys.executable, *start] if start[0] == "-m" else start
    done = subprocess.run([*call, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "extract" in done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", folder], cwd=ROOT, capture_output=True, check=True)
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def test_the_wheel_holds_all_that_git_holds_of_the_package(wheel):
    held = {name for name in wheel.namelist() if name.startswith("perfkit/")}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "perfkit").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == wanted
    assert "perfkit/py.typed" in held


def test_the_wheel_needs_only_the_light_packages(wheel):
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    text = wheel.read(metadata).decode()
    required = [
        Requirement(line) for line in re.findall(r"^Requires-Dist: (.*)$", text, re.MULTILINE)
    ]
    always = {each.name for each in required if not each.marker}
    assert always == {each.name for each in BASE}
    assert f"Version: {perfkit.__version__}" in text
