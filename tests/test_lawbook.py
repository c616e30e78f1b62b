"""The face of the program: every name is there, none is imported before it is used, and the pages that users read go no deeper."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lawbook
import theory.terms

PROJECT = Path(__file__).parent.parent
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
FOR_DEVELOPERS = ("contributing.md",)
INNER = re.compile(r"^\s*(?:from|import) (?:theory|verify)\b.*", re.MULTILINE)


@pytest.mark.parametrize("name", lawbook.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(lawbook, name) is not None
    assert name in dir(lawbook)


def test_the_language_is_there_as_a_whole() -> None:
    assert set(theory.terms.__all__) <= set(lawbook.__all__)


def test_its_example_is_true() -> None:
    """Not collected as a file: that would load the plugin which it names."""
    found = doctest.testmod(lawbook)
    assert found.attempted == 2 and not found.failed


def test_a_wrong_name_is_said() -> None:
    with pytest.raises(AttributeError, match="lawbook has no attribute 'bound'; it has"):
        lawbook.bound  # noqa: B018


def modules_after(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", f"{code}\nimport sys; print(' '.join(sys.modules))"], capture_output=True, text=True,
                          check=True, cwd=PROJECT)
    return set(done.stdout.split())


def test_to_import_it_imports_nothing_else() -> None:
    heavy = {"numpy", "scipy", "sympy", "cvxpy", "clarabel", "z3", "flint", "sklearn", "hypothesis", "typer", "rich", "theory", "verify"}
    assert not heavy & modules_after("import lawbook; dir(lawbook)")


def test_a_data_set_needs_no_solver() -> None:
    assert not {"sympy", "z3", "cvxpy", "clarabel", "hypothesis"} & modules_after("from lawbook import Dataset, Network, mcshane_bound")


def python_of(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")
    return "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))


@pytest.mark.parametrize("page", [*PAGES, *sorted((PROJECT / "notebooks").glob("*.ipynb"))], ids=lambda page: page.name)
def test_what_users_read_imports_nothing_deeper(page: Path) -> None:
    assert page.name in FOR_DEVELOPERS or INNER.findall(python_of(page)) == []


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "lawbook", "--help"], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert "Usage: lawbook" in done.stdout
