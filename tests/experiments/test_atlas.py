"""The atlas: built, gone on from, printed, and the one that is shipped with the project."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest

from theory.certificates.files import check_file
from theory.certificates.fits.kink_lower import INFEASIBLE
from theory.errors import BadData
from verify.cli.app import run
from verify.cli.exits import BAD_INPUT, DONE
from verify.experiments.atlas.build import TABLE, Entry, answered, build, questions, read_atlas
from verify.experiments.atlas.families import cases
from verify.report.atlas import smallest, tally
from verify.report.figures.atlas import write_atlas_figure

SHIPPED = Path(__file__).parents[2] / "atlas"
FAMILIES = {"circle", "collinear", "sphere", "gaussian", "antipodal", "simplex", "cube"}
SMALL = "simplex"


def test_every_family_has_cases_with_distinct_names() -> None:
    assert {case.family for case in cases()} == FAMILIES
    names = [question.name for question in questions()]
    assert len(names) == len(set(names))


def test_built_and_gone_on_from(tmp_path: Path) -> None:
    first = list(build(tmp_path, 5.0, family=SMALL))
    assert all(entry.is_closed for entry in first)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert list(build(tmp_path, 5.0, family=SMALL)) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == stamps
    gone = tmp_path / first[0].certificate
    gone.unlink()
    assert next(build(tmp_path, 5.0, family=SMALL)).certificate == first[0].certificate and gone.is_file()


def test_an_interruption_keeps_finished_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verify.experiments.atlas import build as module
    answered, calls = module.answered, []

    def interrupted(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return answered(*args)

    monkeypatch.setattr(module, "answered", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(build(tmp_path, 5.0, family=SMALL))
    assert len(read_atlas(tmp_path)) == 1


@pytest.mark.parametrize("name, kinks, value", [("xor", 1, math.sqrt(2)), ("xor", 2, 1.0), ("corner-d2", 1, 1.0)])
def test_known_optima(name: str, kinks: int, value: float, tmp_path: Path) -> None:
    """XOR on the square: √2 with one kink, 1 with two; a corner of the square with one: McShane's 1."""
    question = next(q for q in questions("cube") if (q.case.name, q.kinks) == (name, kinks))
    found = answered(question, tmp_path, 5.0, 0)
    assert found.lower is not None and found.upper is not None
    assert found.lower <= value <= found.upper * (1 + 1e-12) and found.is_closed


@pytest.mark.parametrize("arguments, words", [
    (["nowhere"], "there is no folder nowhere"),
    ([".", "--family", "torus"], "there is no family 'torus'; choose one of circle"),
])
def test_bad_calls(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["atlas", *arguments]) == BAD_INPUT
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("content", ['{"format": "lawbook-atlas", "version": 1, "entries": [{"case": "x"}]}', "[]", "{"])
def test_a_table_that_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / TABLE).write_text(content)
    with pytest.raises(BadData):
        list(build(tmp_path, 1.0, family=SMALL))
    assert (tmp_path / TABLE).read_text() == content


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["atlas", str(tmp_path), "--family", SMALL, "--budget", "5", "--json", "--figure", str(tmp_path / "a.png")]) == DONE
    document = json.loads(capsys.readouterr().out)
    assert document["closed"] == len(document["entries"]) == 4 and (tmp_path / "a.png").stat().st_size > 1000
    assert run(["atlas", str(tmp_path), "--family", SMALL]) == DONE
    assert "4 entries: 4 closed to 5%" in capsys.readouterr().out
    assert run(["verify", *map(str, sorted(tmp_path.glob("*.json.gz")))]) == DONE


# --- the shipped atlas ------------------------------------------------------------------------------------------------------------------

def shipped() -> list[Entry]:
    return read_atlas(SHIPPED)


def test_the_shipped_atlas_is_complete() -> None:
    entries = shipped()
    assert {entry.certificate for entry in entries} == {f"{question.name}.json.gz" for question in questions()}
    assert tally(entries)["closed"] >= 60
    assert all((SHIPPED / entry.certificate).is_file() for entry in entries)


@pytest.mark.parametrize("place", range(0, 170, 17))
def test_shipped_certificates_hold(place: int) -> None:
    """Every seventeenth here, all of them in the slow run; the ends in the table are those that are certified."""
    _recheck(shipped()[place])


@pytest.mark.slow
def test_all_shipped_certificates_hold() -> None:
    for entry in shipped():
        _recheck(entry)


def _recheck(entry: Entry) -> None:
    (_, verdict), = check_file(SHIPPED / entry.certificate)
    assert verdict.status.value == "CERTIFIED", verdict.reason
    found = verdict.evidence
    assert (found["kinks"], found["affine"]) == (entry.kinks, entry.affine)
    if entry.is_infeasible:
        assert found["lower"] == INFEASIBLE
    else:
        assert entry.lower is not None and entry.lower <= Fraction(found["lower"])
    assert (found["upper"] is None) is (entry.upper is None)
    if entry.upper is not None:
        assert entry.upper >= Fraction(found["upper"])


def test_smallest_ratio_is_certified() -> None:
    for value, entry in smallest(shipped()).values():
        assert entry is not None and value is not None and value > 0
        _recheck(entry)


def test_figure(tmp_path: Path) -> None:
    write_atlas_figure(shipped(), tmp_path / "atlas.png")
    with pytest.raises(BadData, match="cannot be written"):
        write_atlas_figure(shipped(), tmp_path / "no" / "atlas.png")
