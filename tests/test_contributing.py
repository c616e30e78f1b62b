"""docs/contributing.md is true: its files make a family whose claim is proved and measured, and what it names exists."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import laws
import pytest
from laws import common

import theory.laws
import verify.laws
from theory import registry
from theory.check import check
from theory.verdict import Status
from verify.laws.registry import measurements

PROJECT = Path(__file__).parent.parent
PAGE = (PROJECT / "docs" / "contributing.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python\n# (\S+\.py)\n(.*?)```", PAGE, re.DOTALL))
DEMO = "demo.parallelogram"


def forget() -> None:
    for function in (registry.claims, registry.twins, measurements):
        function.cache_clear()
    for name in [name for name in sys.modules if re.match(r"(theory\.|verify\.|)laws\.demo\b", name)]:
        del sys.modules[name]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The files of the page, in a place that is searched beside the library and its tests."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")
    for package, place in ((theory.laws, "theory/laws"), (verify.laws, "verify/laws"), (laws, "tests/laws")):
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / place)])
    forget()
    yield
    forget()


def test_the_claim_is_proved_and_measured(written: None) -> None:
    claim = registry.claims()[DEMO]
    assert registry.families()[-1] == "demo"
    assert check(claim).status is Status.PROVED
    expected = importlib.import_module("laws.demo.test_parallelogram").EXPECTED[DEMO]
    common.assert_hypotheses_hold(DEMO, expected.hypotheses)
    common.assert_never_violated(DEMO, expected.draws, decided=0.0)
    common.assert_steps_hold(DEMO, expected.steps)
    common.assert_twins_are_caught(DEMO)


def test_its_own_test_passes(written: None) -> None:
    importlib.import_module("laws.demo.test_parallelogram").test_equal_vectors_by_hand()


def test_what_the_page_names_exists() -> None:
    text = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    named = {name for name in re.findall(r"`((?:theory|verify|tests|docs)/[\w/.]*)`", text) if "NAME" not in name and "demo" not in name}
    named -= {"theory/laws/x", "verify/laws/x", "tests/laws/test_x"}
    assert len(named) > 15
    assert [name for name in sorted(named) if not (PROJECT / name).exists()] == []


def test_every_room_is_in_the_page() -> None:
    for package in ("theory", "verify"):
        rooms = {path.parent.name for path in (PROJECT / package).glob("*/__init__.py")}
        assert [room for room in sorted(rooms) if f"`{room}/`" not in PAGE] == []


def test_every_room_says_what_is_in_it() -> None:
    """The first line of each `__init__` is a sentence, or the beginning of one."""
    for package in ("theory", "verify", "tests"):
        for path in (PROJECT / package).rglob("__init__.py"):
            assert re.match(r'"""\S.{15,}', path.read_text(encoding="utf-8")), path
