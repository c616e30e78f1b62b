"""`lawbook new` writes a file that is proved as it stands and with its comments; `show` and `mutate` take it, and one claim of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from verify.cli.app import run
from verify.cli.exits import BAD_INPUT, DONE


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "mine.py"]) == DONE
    return tmp_path / "mine.py"


def checked(capsys: pytest.CaptureFixture[str], *targets: str) -> dict:
    capsys.readouterr()
    assert run(["check", *targets, "--json"]) == DONE
    return json.loads(capsys.readouterr().out)["claims"][0]


def test_it_is_proved_as_it_stands(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claim = checked(capsys, "mine.py")
    assert claim["id"] == "mine.sum" and claim["status"] == "PROVED" and len(claim["twins"]) == 2


def test_its_comments_are_true(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lemma from a book and the measurement, which stand in comments."""
    written.write_text(re.sub(r"^#(   |$)", "", written.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
    claim = checked(capsys, "mine.py")
    assert claim["status"] == "PROVED" and claim["tests"]["instances"] == 20
    assert all(twin["violated"] for twin in claim["twins"])


def test_nothing_is_overwritten(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written.write_text("# mine\n", encoding="utf-8")
    for argv, hint in ((["new", "mine.py"], "mine.py is there already"), (["new", "mine.txt"], "give one that ends in .py"),
                       (["new", "no/mine.py"], "there is no folder")):
        capsys.readouterr()
        assert run(argv) == BAD_INPUT
        out, err = capsys.readouterr()
        assert hint in err and out == "" and err.count("\n") == 1
    assert written.read_text(encoding="utf-8") == "# mine\n"


def test_an_id_is_made_of_any_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", str(tmp_path / "my law-2.py"), "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["claims"] == ["my_law_2.sum"]
    assert run(["check", str(tmp_path / "my law-2.py"), "--no-tests"]) == DONE


def test_other_commands_take_it(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = written.read_text(encoding="utf-8").replace("mine.sum", "mine.other").split("claim = Claim(")[1].split("\n\n#")[0]
    written.write_text(written.read_text(encoding="utf-8") + f"\nother = Claim({other}\n", encoding="utf-8")
    assert checked(capsys, "mine.py:mine.other")["id"] == "mine.other"
    assert run(["show", "mine.py:mine.sum"]) == DONE
    assert "expand" in capsys.readouterr().out
    assert run(["mutate", "mine.py:mine.sum"]) == DONE
    assert "mine.sum" in capsys.readouterr().out
    assert run(["mutate", "mine.py", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["claims"].keys() == {"mine.sum", "mine.other"}
    for argv, hint in ((["show", "mine.py"], "give one of them, as in mine.py:mine.sum"),
                       (["mutate", "mine.py:mine.othr"], "and no 'mine.othr'; give one of them, as in mine.py:mine.other"),
                       (["check", "mine.py", "copy.py"], "mine.py and copy.py both define a claim with the id mine.sum")):
        Path("copy.py").write_text(written.read_text(encoding="utf-8"), encoding="utf-8")
        assert run(argv) == BAD_INPUT
        assert hint in capsys.readouterr().err
