"""Files of claims: what is wrong with one claim is said of that claim; rules, taken ids and clashing names are refused with a sentence."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from theory.errors import BadData
from theory.terms import Sum, VectorSymbol, index, n
from theory.terms.printing.latex import latex
from theory.terms.printing.text import text
from verify.cli.app import run
from verify.cli.exits import BAD_INPUT, DOES_NOT_HOLD
from verify.laws.claimfile import load_claim_file

HEAD = """

from theory.terms import Symbol
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.proof import Lemma, LemmaKind, proof, step
from theory.source import OURS, Source
from theory.lemmas import rules, spectra
from theory.terms import MatrixSymbol, Property, fro_norm, op_norm, k, d, le, lt, norm
W = MatrixSymbol("W", k, d)
s = Symbol("s", positive=True)
law = le(fro_norm(W), op_norm(W))
def claim(id, law, by="linear", using=(), hypotheses=()):
    return Claim(id, id, Source("me"), Reading.OURS, NormDomain.DATA, hypotheses, law, (proof(step("law", law, by=by, using=using)),))
good = claim("my.good", lt(0, s))
"""


def written(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(HEAD + textwrap.dedent(body), encoding="utf-8")
    return path


@pytest.mark.parametrize("body", [
    'mine = Lemma("rule.cauchy", "Cauchy", OURS, LemmaKind.RULE, law)',
    'mine = Lemma("my.rule", "new logic", OURS, LemmaKind.RULE, law)',
    'bad = claim("my.bad", law, by=Lemma("my.rule", "new logic", OURS, LemmaKind.RULE, law))',
    'bad = claim("my.bad", law, by=Lemma("my.rule", "new logic", OURS, LemmaKind.RULE, law).at())',
    """
    hidden = Lemma("my.rule", "new logic", OURS, LemmaKind.RULE, law)
    bad = claim("my.bad", law, by=Lemma("my.lemma", "ours", OURS, LemmaKind.OURS, law, (), proof(step("law", law, by=hidden))))
    del hidden
    """,
    """
    from theory.lemmas.build import derived
    bad = claim("my.bad", law, by=derived("rule.mine", "logic", law, (), lambda writing: writing.assume(law)))
    """,
    """
    false = claim("my.twin", law, by=Lemma("my.rule", "new logic", OURS, LemmaKind.RULE, law))
    from theory.claim import Twin
    bad = claim("my.bad", lt(0, s)).with_twins(Twin("t", "flaw", false))
    del false
    """,
])
def test_rules_are_the_librarys_alone(tmp_path: Path, body: str) -> None:
    with pytest.raises(BadData, match=r"RULE.*make it TEXTBOOK with a source, or OURS with a proof"):
        load_claim_file(written(tmp_path, body))


@pytest.mark.parametrize("id", ["lemma.cauchy", "lemma.fro_op", "bln.thm5.upper", "rule.lip"])
@pytest.mark.parametrize("kind", ["TEXTBOOK", "OURS"])
def test_ids_of_the_library_are_taken(tmp_path: Path, id: str, kind: str) -> None:
    with pytest.raises(BadData, match="give it an id of its own"):
        load_claim_file(written(tmp_path, f'bad = claim("my.bad", law, by=Lemma("{id}", "x", Source("me"), LemmaKind.{kind}, law))'))


def test_claims_of_the_library_are_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="give it an id of its own"):
        load_claim_file(written(tmp_path, 'bad = claim("mcshane.floor", lt(0, s))'))


@pytest.mark.parametrize("body", [
    'fine = claim("my.fine", law, by=Lemma("my.lemma", "cited", Source("Horn"), LemmaKind.TEXTBOOK, law))',
    'fine = claim("my.fine", le(op_norm(W), fro_norm(W)), by=spectra.op_fro) if hasattr(spectra, "op_fro") else good',
    """
    from theory import find_claim
    floor = find_claim("mcshane.floor")
    from theory.laws.two_layers.printed import upper
    used = claim("my.used", upper.conclusion, by=upper.as_lemma, using=("network", "psi Lipschitz"), hypotheses=upper.hypotheses)
    """,
])
def test_cited_lemmas_and_those_of_the_library_are_fine(tmp_path: Path, body: str) -> None:
    assert "my.good" in [c.id for c in load_claim_file(written(tmp_path, body)).claims]


@pytest.mark.parametrize("body", [
    'bad = claim("my.bad", le(0, Symbol("s", positive=True) + Symbol("s", real=True)**2))',
    'bad = claim("my.bad", le(0, s), hypotheses=(Hypothesis("small", le(Symbol("s", real=True), -1)),))',
    'bad = Lemma("my.lemma", "x", Source("me"), LemmaKind.TEXTBOOK, le(0, s), (le(Symbol("s", real=True), -1),))',
    'from theory.terms import VectorSymbol\nbad = claim("my.bad", le(s, norm(VectorSymbol("s", d))))',
])
def test_one_name_is_one_symbol(tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str) -> None:
    code = run(["check", str(written(tmp_path, body)), "--no-cache"])
    out, err = capsys.readouterr()
    assert code == BAD_INPUT and out == "" and "two symbols are named s" in err and "Traceback" not in err


@pytest.mark.parametrize("body, said", [
    ("""
     from verify.laws.measure import Measurement
     bad = claim("my.bad", lt(0, Symbol("q", negative=True)**2), by="polynomial")
     def draw(rng): raise ValueError("no draw")
     measured = Measurement("my.bad", draw)
     """, "no draw"),
    ("""
     from verify.objects.instance import Instance
     from verify.laws.measure import Measurement
     bad = claim("my.bad", le(Symbol("q", negative=True), 0))
     measured = Measurement("my.bad", lambda rng: Instance({"q": 1}))
     """, "q stands for a negative number"),
])
def test_one_claims_trouble_is_not_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str, said: str) -> None:
    code = run(["check", str(written(tmp_path, body)), "--no-cache", "--instances", "5"])
    out, err = capsys.readouterr()
    assert code == DOES_NOT_HOLD and "Traceback" not in err and "SOUNDNESS" not in out
    assert "PROVED         my.good" in out and said in out and "These must hold and do not: my.bad" in out


def test_declared_signs_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, 'hidden = claim("my.sign", le(Symbol("t", negative=True), 0))')
    assert run(["check", str(path), "--no-cache", "--instances", "5"]) == 0
    assert "if t < 0" in capsys.readouterr().out
    assert run(["check", str(path), "--no-cache", "--instances", "5", "--json"]) == 0
    assert '"declared": ["t < 0"]' in " ".join(capsys.readouterr().out.split())


LETTERS = """
from theory.terms import Abs, Ball, Expect, LINE, Range, Signs, Sphere, Sum, Sup, VectorSymbol, dot, forall, index, n
X, eps, x, v, y = MatrixSymbol("X", n, d), VectorSymbol("eps", n), VectorSymbol("x", d), VectorSymbol("v", d), VectorSymbol("y", n)
i, j, l, t = index("i"), index("j"), index("l"), Symbol("t", real=True)
B, lam = Symbol("B", positive=True), Symbol("lam", positive=True)
inside = Sup(Sum(eps[i] * dot(x, X[i]), (i, n)), (x, Ball(d, B)))
letters = claim("my.letters", {formula})
"""


@pytest.mark.parametrize(("formula", "shown"), [
    ("le(Expect(inside, (eps, Signs(n))), lam)", "E_{ε∈{±1}^n}[sup_{‖x‖≤B} Σᵢ εᵢ x·xᵢ] ≤ λ"),
    ("le(dot(eps, y) + Expect(inside, (eps, Signs(n))), lam)", "y·ε + E_{ε′∈{±1}^n}[sup_{‖x‖≤B} Σᵢ ε′ᵢ x·xᵢ] ≤ λ"),  # one more is free
    ("forall(le(Sum(y[j] ** 2, (j, n)), t), (t, LINE))", "Σⱼ yⱼ² ≤ t   for all t ∈ R"),
    ("forall(le(y[l], Sum(Abs(y[i]), (i, n))), (l, Range(n)))", "y_ℓ ≤ Σᵢ |yᵢ|   for all ℓ"),
    ("le(Sup(dot(v, x), (v, Sphere(d))), Sup(dot(x, v), (x, Sphere(d))))",
     "sup_{‖v′‖=1} v′·x ≤ sup_{‖x′‖=1} v·x′"),                                                                  # both are free, too
    ("le(Sum(y[i], (i, n)), Sum(y[j], (j, n)))", "Σᵢ yᵢ ≤ Σᵢ yᵢ"),                                         # one term: the first name
])
def test_bound_variables_have_the_authors_names(tmp_path: Path, formula: str, shown: str) -> None:
    claims = {c.id: c for c in load_claim_file(written(tmp_path, LETTERS.replace("{formula}", formula))).claims}
    claim = claims["my.letters"]
    assert text(claim.conclusion, claim.where) == shown
    assert "\\" in latex(claim.conclusion, claim.where)


def test_names_of_one_file_are_not_those_of_another(tmp_path: Path) -> None:
    load_claim_file(written(tmp_path, LETTERS.replace("{formula}", "le(Sum(y[j], (j, n)), lam)")))
    y, i = VectorSymbol("y", n), index("i")
    assert text(Sum(y[i], (i, n))) == "Σᵢ yᵢ"
