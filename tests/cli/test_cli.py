"""The command line as a user or a script meets it: exit codes, one JSON object, one sentence for an error, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

import verify.cli.check
from theory.errors import BadData
from theory.registry import claims
from verify.cli.app import run
from verify.objects.networks import Network, save_network

MY_CLAIMS = """
from theory.claim import Claim, NormDomain, Reading
from theory.proof import proof, step
from theory.source import Source
from theory.terms import MatrixSymbol, d, fro_norm, k, le, op_norm

print("loading")
W = MatrixSymbol("W", k, d)
mine = Claim(
    id="my.rank", title="Frobenius by operator norm", source=Source("me"), reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(), conclusion=le(fro_norm(W), {factor}op_norm(W)),
    proofs=(proof(
        step("rank", le(fro_norm(W), {factor}op_norm(W)), by={by}),
    ),),
)
"""
POINTS = "1,0,1\n0,1,-1\n-1,0,1\n0,-1,-1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")                     # nothing may wrap
    (tmp_path / "points.csv").write_text(POINTS)
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = run(argv)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def ask(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, object]]:
    code, out, _ = call(capsys, *argv, "--json")
    assert out.count("\n") == 1 and "\x1b" not in out      # one object, in one line, uncoloured
    return code, json.loads(out)


# --- the program as a whole ---------------------------------------------------------------------------------------------

def test_help_is_quick_and_names_the_commands() -> None:
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "verify.cli.app", "--help"], capture_output=True, text=True, check=True)
    assert time.perf_counter() - started < 2               # a third of a second when the machine is idle
    for command in ("check", "show", "bounds", "lipschitz", "audit", "constants", "verify"):
        assert f"\n  {command}" in done.stdout


def test_start_up_imports_nothing_heavy() -> None:
    code = "import sys, verify.cli.app; print([m for m in ('sympy', 'numpy', 'z3', 'cvxpy', 'sklearn', 'hypothesis') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("argv", [
    ("bounds", "points.csv"), ("bounds", "points.csv", "--width", "0"), ("bounds", "points.csv", "--width", "two"),
    ("chekc",), ("show",), ("check", "--instances", "0"), ("check", "--nonsense"), ("verify",), ("check", "--seed", "-1"),
    ("show", "bln.thm5.sharpe"), ("show", ""), ("check", "nowhere.py"), ("bounds", "nowhere.csv", "--width", "1"),
    ("audit", "nowhere.npz", "points.csv"), ("audit", "points.csv", "points.csv"), ("verify", "points.csv"),
    ("verify", "nowhere.json"), ("bounds", "points.csv", "--width", "1", "--out", "no/such/folder/x.json"),
    ("bounds", "points.csv", "--width", "1", "--label", "class"),
])
def test_bad_input_is_one_sentence_and_exit_2(folder: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]) -> None:
    code, out, err = call(capsys, *argv)
    assert (code, out) == (2, "")
    assert err.startswith("lawbook: ") and err.count("\n") == 1 and "Traceback" not in err
    code, document = ask(capsys, *argv)
    assert code == 2 and document == {"error": err.removeprefix("lawbook: ").rstrip("\n")}


def test_near_miss_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = call(capsys, "show", "bln.thm5.sharpe")
    assert "did you mean bln.thm5.sharp" in err


def test_without_arguments_it_says_in_six_lines_what_to_try_first(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys)
    assert (code, err) == (0, "") and len(out.splitlines()) == 6 and all(line.startswith("lawbook ") for line in out.splitlines())
    assert "Commands:" in call(capsys, "--help")[1]


def test_interrupt_is_exit_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **options: object) -> int:
        raise KeyboardInterrupt
    monkeypatch.setattr(verify.cli.check, "run_show", interrupted)
    code, out, err = call(capsys, "show", "bln.thm5.sharp")
    assert (code, out) == (130, "") and "interrupted" in err and "Traceback" not in err


def test_a_closed_pipe_is_no_error() -> None:
    code = "from verify.cli.app import main; import sys; sys.argv = ['lawbook', 'show', 'bln.thm5.path', '--no-tests']; main()"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    err = process.stderr.read().decode()
    process.stderr.close()
    process.wait()
    assert "Traceback" not in err


def test_no_color_is_respected(folder: Path) -> None:
    code = "from verify.cli.console import output; output().print('x', style='red')"
    environment = {**os.environ, "NO_COLOR": "1", "FORCE_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert "\x1b[31m" not in done.stdout


# --- check and show ---------------------------------------------------------------------------------------------------------

def test_check_prints_the_ledger(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "check", "bln.thm5.path", "--no-tests")
    assert code == 0 and err == ""
    assert "PROVED         bln.thm5.path  Theorem 5, path norm  [sharp; proxy of Lip]" in out
    assert "n ≤ R Σ_ℓ |a_ℓ| ‖w_ℓ‖\n" in out
    summary, trust = out.splitlines()[-2:]
    assert summary.startswith("1 claim: 1 PROVED") and trust.startswith("kernel ") and trust.endswith(" · no lemma cited")


def test_check_takes_patterns_and_keeps_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = ask(capsys, "check", "mcshane.*", "bln.thm5.path", "--no-tests")
    found = [claim["id"] for claim in document["claims"]]  # type: ignore[index, attr-defined]
    assert code == 0 and found[-1] == "bln.thm5.path" and {"mcshane.floor", "mcshane.attained"} == set(found[:-1])


def test_check_measures(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = ask(capsys, "check", "bln.thm5.sharp", "--instances", "5", "--seed", "3")
    claim = document["claims"][0]  # type: ignore[index]
    assert code == 0 and document["seed"] == 3 and document["passes"] is True
    assert claim["status"] == "PROVED" and claim["rests_on"] == []     # the kernel derives Cauchy–Schwarz and ‖W‖_F ≤ √min(k, d) ‖W‖_op
    assert claim["tests"]["instances"] >= 5 and claim["tests"]["violations"] == 0 and claim["tests"]["min_margin"] >= -1e-9
    assert claim["steps"][0]["name"] == "pairing" and all(s["seconds"] >= 0 for s in claim["steps"])


def test_same_seed_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (ask(capsys, "check", "bln.thm5.path", "--instances", "4", "--no-cache")[1]["claims"][0] for _ in range(2))  # type: ignore[index]
    assert first["tests"] == second["tests"] and first["facts"] == second["facts"]


def test_a_users_step_that_does_not_follow(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(MY_CLAIMS.format(factor="", by='"linear"'))
    code, out, err = call(capsys, "check", "mine.py")
    assert code == 1
    assert 'mine.py:13  step "rank" does not follow.' in out
    assert "did you mean  ‖W‖_F ≤" in out and "lemma.fro_op" in out
    assert err == "loading\n"                              # what the file prints does not mix with the ledger
    code, document = ask(capsys, "check", "mine.py")
    assert code == 1 and document["claims"][0]["status"] == "FAILED"  # type: ignore[index]


def test_a_users_claim_that_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cited, derived = ("sqrt(rank(W)) * ", "fro_rank"), ("sqrt(Min(k, d)) * ", "fro_op")
    for (factor, lemma), said in {cited: "PROVED MODULO  my.rank", derived: "PROVED         my.rank"}.items():
        Path("mine.py").write_text(MY_CLAIMS.format(factor=factor, by=lemma).replace(
            "import MatrixSymbol", "import Min, rank, sqrt, MatrixSymbol").replace(
            "from theory.proof", f"from theory.lemmas.spectra import {lemma}\nfrom theory.proof"))
        code, out, _ = call(capsys, "check", "mine.py")
        assert code == 0 and said in out and (f"rests on lemma.{lemma}" in out) == (said.startswith("PROVED MODULO"))


@pytest.mark.parametrize(("source", "said"), [
    ("x = (\n", "mine.py:1"),
    ("a = 1\nb = a / 0\n", "mine.py:2  ZeroDivisionError"),
    ("import sys\n\nsys.exit(0)\n", "mine.py:3  SystemExit"),
    ("def f():\n    raise ValueError('no')\n\nf()\n", "mine.py:2  ValueError: no"),
    ("import nothing_of_that_name\n", "mine.py:1  ModuleNotFoundError"),
    ("x = 1\n", "mine.py defines no claim at module level"),
    ("from theory.laws.two_layers.spectral_norm import path\n", "mine.py defines no claim"),
    (MY_CLAIMS.format(factor="", by='"linear"') + "import dataclasses\nother = dataclasses.replace(mine, title='again')\n",
     "mine.py defines two claims with the id my.rank"),
])
def test_errors_in_a_users_file(folder: Path, capsys: pytest.CaptureFixture[str], source: str, said: str) -> None:
    Path("mine.py").write_text(source)
    code, _, err = call(capsys, "check", "mine.py")
    assert code == 2 and said in err.replace("SyntaxError: ", "").replace(" '(' was", "") and "Traceback" not in err
    assert err.replace("loading\n", "").count("\n") == 1


def test_a_file_may_import_its_neighbour_and_leaves_no_trace(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("shared_constant.py").write_text("C = 2\n")
    Path("mine.py").write_text("import shared_constant\n" + MY_CLAIMS.format(factor="shared_constant.C * ", by='"linear"'))
    before = list(sys.path)
    code, out, _ = call(capsys, "check", "mine.py")
    assert code == 1 and "mine.py:14" in out and sys.path == before


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "show", "bln.thm5.sharp", "--no-tests")
    lines = out.splitlines()
    assert code == 0 and lines[0].startswith("Theorem 5, spectral-norm law") and lines[0].endswith("   PROVED")
    assert "  then  n ≤ R √min(k, d) ‖a‖ ‖W‖_op" in lines
    assert "  where R = sup_{‖u‖=1} |Σᵢ yᵢ ψ(u·xᵢ)|" in lines
    assert any(line.split()[:2] == ["11", "law"] and "chain" in line for line in lines)
    code, document = ask(capsys, "show", "bln.thm5.sharp", "--no-tests", "--latex")
    assert document["latex"]["conclusion"] == r"n \le R \, \sqrt{\min(k, d)} \, \|a\| \, \|W\|_{\mathrm{op}}"  # type: ignore[index]


# --- bounds and verify --------------------------------------------------------------------------------------------------------

def test_bounds_write_certificates_that_verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "bounds", "points.csv", "--width", "1")
    read, best, *_ = out.splitlines()
    assert code == 0 and read == "read points.csv: 4 points in dimension 2; labels in column 3"
    assert best.startswith("Any 1-neuron network that fits these 4 points in dimension 2 has Lip ≥ 2  (certified")
    assert sorted(os.listdir()) == ["points.csv", "points.width1.json"]
    code, document = ask(capsys, "bounds", "points.csv", "--width", "1", "--out", "c.json")
    assert code == 0 and document["best"] == 2.0 and document["mcshane"] == pytest.approx(2**0.5) and document["mcshane"] < 2**0.5  # type: ignore[operator]
    assert all(b["certified"] and b["certificate"] == "c.json" for b in document["bounds"])  # type: ignore[attr-defined]
    _, out, _ = call(capsys, "verify", "c.json")
    assert "bln.r0                   Lip ≥ 2 on the ball through the data for every ReLU fit of width 1 (n = 4, d = 2)" in out
    assert "bln.thm6.fantope         Lip ≥ 2 on R^d for every fit of width 1 (n = 4, d = 2)" in out
    code, result = ask(capsys, "verify", "points.width1.json", "c.json")
    assert code == 0 and result["failed"] == 0 and result["checked"] == 2 * len(document["bounds"])  # type: ignore[arg-type]


def test_tampered_certificates_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "bounds", "points.csv", "--width", "1", "--out", "good.json")
    document = json.loads(Path("good.json").read_text())
    fantope = next(c for c in document["certificates"] if c["claim"] == "bln.thm6.fantope")
    fantope["value"] = "2000001/1000000"
    Path("bad.json").write_text(json.dumps(document))
    code, out, _ = call(capsys, "verify", "bad.json")
    assert code == 1 and "FAILED     bln.thm6.fantope " in out
    assert f"{len(document['certificates']) - 1} of {len(document['certificates'])} hold" in out
    code, result = ask(capsys, "verify", "good.json", "bad.json")
    assert code == 1 and result["failed"] == 1


def test_other_data_under_the_same_certificates_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "bounds", "points.csv", "--width", "1", "--out", "good.json")
    document = json.loads(Path("good.json").read_text())
    document["data"]["X"][0] = ["2", "0"]
    Path("bad.json").write_text(json.dumps(document))
    code, result = ask(capsys, "verify", "bad.json")
    assert code == 1 and result["failed"] == result["checked"]


@pytest.mark.parametrize("change", [
    {"version": 2}, {"certificates": []}, {"certificates": [{"data": {}}]}, {"certificates": "all"}, {"extra": 1}])
def test_malformed_bundles_are_bad_input(folder: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object]) -> None:
    call(capsys, "bounds", "points.csv", "--width", "1", "--out", "good.json")
    document = json.loads(Path("good.json").read_text()) | change
    Path("bad.json").write_text(json.dumps(document))
    assert call(capsys, "verify", "bad.json")[0] == 2


def test_equal_labels_have_no_bound(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("same.csv").write_text("1,0,1\n0,1,1\n")
    code, out, _ = call(capsys, "bounds", "same.csv", "--width", "2")
    assert code == 0 and "Lip ≥ 0" in out and "all 2 labels are equal" in out and not Path("same.width2.json").exists()


# --- audit ------------------------------------------------------------------------------------------------------------------

def test_audit_of_a_network_that_fits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez("data.npz", X=np.array([[1.0, 0.0], [0.0, 1.0]]), y=np.array([1.0, -1.0]))
    save_network(Network([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [1.0, -1.0], "relu"), "net.npz")
    code, document = ask(capsys, "audit", "net.npz", "data.npz")
    assert code == 0 and document["fits"] is True
    margins = {m["claim"]: m for m in document["margins"]}  # type: ignore[attr-defined]
    sharp = margins["bln.thm5.sharp"]                       # n = 2; R = sup |u₁⁺ − u₂⁺| = 1, √2·‖a‖·‖W‖_op = 2: an equality
    assert sharp["applies"] and sharp["holds"] and sharp["margin"] == pytest.approx(0, abs=1e-6)
    code, out, _ = call(capsys, "audit", "net.npz", "data.npz")
    assert code == 0 and out.splitlines()[1].startswith("The network fits the data") and "bln.thm5.sharp" in out


def test_audit_says_which_hypothesis_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez("data.npz", X=np.array([[1.0, 0.0], [0.0, 1.0]]), y=np.array([1.0, -1.0]))
    save_network(Network([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [1.0, 1.0], "relu"), "net.npz")
    code, document = ask(capsys, "audit", "net.npz", "data.npz")
    assert code == 0 and document["fits"] is False and document["residual"] == 2.0
    about_fits = {id for id, claim in claims().items() if any(h.name == "fits" for h in claim.hypotheses)}
    margins = [m for m in document["margins"] if m["claim"] in about_fits]  # type: ignore[attr-defined]
    assert margins and not any(m["applies"] for m in margins) and all(m["reason"] for m in margins)


def test_audit_of_a_network_in_another_dimension(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_network(Network([[1.0]], [0.0], [1.0], "relu"), "net.npz")
    code, _, err = call(capsys, "audit", "net.npz", "points.csv")
    assert code == 2 and err.startswith("lawbook: ")


def test_errors_are_typed() -> None:
    from verify.laws.claimfile import load_claim_file
    with pytest.raises(BadData):
        load_claim_file("nowhere.py")


def test_line_numbers_follow_the_claim(tmp_path: Path) -> None:
    from verify.laws.claimfile import load_claim_file
    body = textwrap.dedent(MY_CLAIMS.format(factor="", by='"linear"'))
    second = body.replace("mine", "other").replace("my.rank", "my.other").split("W = MatrixSymbol")[1].split("\n", 1)[1]
    path = tmp_path / "two.py"
    path.write_text(body + second)
    file = load_claim_file(path)
    assert [c.id for c in file.claims] == ["my.rank", "my.other"]
    assert file.line_of("my.rank", "rank") == 13 and file.line_of("my.other", "rank") == 20
    assert file.line_of("my.rank", "no such step") is None
