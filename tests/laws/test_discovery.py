"""Families of claims are found by their folders alone: a new one is named in no list."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import theory.laws
import verify.laws
from theory import registry
from theory.errors import BadData
from verify.laws.registry import measurements

CLAIM = '''
from theory.claim import Claim, NormDomain, Reading
from theory.source import Source
from theory.terms import VectorSymbol, d, dot, ge

u = VectorSymbol("u", d)
square = Claim("demo.square", "Squares", Source("a test"), Reading.OURS, NormDomain.DATA, (), ge(dot(u, u), 0))
'''
TWINS = '''
from theory.claim import Twin
from theory.laws.demo.squares import square, u
from theory.terms import dot, ge


def twins() -> dict[str, tuple[Twin, ...]]:
    return {square.id: (square.claiming("one", ge(dot(u, u), 1), "zero has no length"),)}
'''
MEASURED = '''
import numpy as np
from verify.laws.measure import Measurement
from verify.objects.instance import Instance

MEASUREMENTS = (Measurement("demo.square", lambda rng: Instance({"u": rng.standard_normal(3), "d": 3})),)
'''


def forget() -> None:
    for function in (registry.claims, registry.twins, measurements):
        function.cache_clear()
    for name in [name for name in sys.modules if name.startswith(("theory.laws.demo", "verify.laws.demo"))]:
        del sys.modules[name]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place beside the library: theory/ and verify/ in it are searched for families as well."""
    for package, name in ((theory.laws, "theory"), (verify.laws, "verify")):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / name)])
    forget()
    yield tmp_path
    forget()


def put(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(text, encoding="utf-8")


def test_a_family_is_its_folders(folder: Path) -> None:
    put(folder / "theory" / "demo" / "squares.py", CLAIM)
    put(folder / "theory" / "demo" / "twins" / "squares.py", TWINS)
    put(folder / "verify" / "demo" / "squares.py", MEASURED)
    assert "demo" in registry.families()
    claim = registry.claims()["demo.square"]
    assert [t.name for t in claim.twins] == ["one"]
    assert measurements()["demo.square"].claim == claim.id


def test_twins_may_be_left_out(folder: Path) -> None:
    put(folder / "theory" / "demo" / "squares.py", CLAIM)
    assert registry.claims()["demo.square"].twins == ()


def test_claims_without_measurements_are_an_error(folder: Path) -> None:
    put(folder / "theory" / "demo" / "squares.py", CLAIM)
    with pytest.raises(BadData, match="add the folder verify/laws/demo"):
        measurements()


def test_a_file_without_claims_is_an_error(folder: Path) -> None:
    put(folder / "theory" / "demo" / "notes.py", "x = 1\n")
    with pytest.raises(BadData, match=r"theory\.laws\.demo\.notes registers no claim"):
        registry.claims()


def test_a_file_without_measurements_is_an_error(folder: Path) -> None:
    put(folder / "theory" / "demo" / "squares.py", CLAIM)
    put(folder / "verify" / "demo" / "squares.py", "x = 1\n")
    with pytest.raises(BadData, match="registers no measurement"):
        measurements()


def test_a_broken_import_is_not_taken_for_a_missing_folder(folder: Path) -> None:
    put(folder / "theory" / "demo" / "squares.py", "import no_such_module\n")
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        registry.claims()
