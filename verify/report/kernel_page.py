"""The kernel as a page: its terms, inferences and axioms, read off the kernel itself, and what is trusted.

Run as a script to write the page: ``python -m verify.report.kernel_page``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from inspect import getdoc
from pathlib import Path

from theory.kernel import RULES
from theory.kernel.axioms import AXIOMS
from theory.kernel.nodes import HEADS, Node
from theory.kernel.printing import text
from theory.writing import whole_file

PAGE = Path(__file__).parents[2] / "docs" / "kernel.md"
HEAD = """# The kernel

A claim is proved when `theory/kernel` has replayed a derivation of every step of its proof.  The kernel is small, imports nothing of
lawbook beside it, and of other people's work python-flint alone (exact rationals, polynomials, enclosures of constants).  Everything
else (searches, sympy, z3, linear programs) proposes derivations; none of it is believed.

A **term** is a head with arguments, of a sort: natural, whole or real numbers, vectors, matrices, functions, sets, formulas.  Bound
variables have no names, and nothing simplifies itself.  Every head is a total function: √t = 0 for t < 0, 1/0 = 0, a Lipschitz constant
is 0 where there is none, a supremum is 0 where the values are unbounded.  So nothing can be undefined, and what a statement says off the
usual domains is said below, head by head.

A **theorem** Γ ⊢ φ says that φ holds for all values of its free variables for which the formulas Γ hold.  Only an inference makes one.
It carries the lemmas that were cited on the way, by what they say.

A **derivation** is data: a table of terms, and lines; each line is an inference, earlier lines as premises, and terms.  `lawbook check
--json` writes those of all claims into the ledger, and `lawbook verify LEDGER.json` replays them without any search, solver or
simplifier, and prints what they prove in the kernel's own words: the names, formulas and statuses that stand beside them in the file
are labels, which it does not repeat.

**Trusted** are: the inferences and axioms below, and the normal form that *restate*, *combine* and others compare terms by (the laws of
rings, of 1/t, |t|, ‖v‖, powers with natural exponents and exponentials, bilinear products, finite sums; `theory/kernel/normal.py`);
python-flint and Python; the lemmas that a proof is said to rest on ([lemmas.md](lemmas.md)); and that the statement which is printed
says what you mean: its translation into terms is `theory/terms/elaborate.py`, and `lawbook verify` prints the result.

This page is written by `python -m verify.report.kernel_page`.
"""


def outline(rule: object) -> str:
    """What an inference says: its docstring, in one line."""
    return " ".join((getdoc(rule) or "").split())


def sequent(premises: Sequence[Node], conclusion: Node) -> str:
    """Premises and conclusion of an axiom.

    >>> sequent(AXIOMS["antisymmetry"].premises, AXIOMS["antisymmetry"].conclusion)
    's ≤ t; t ≤ s ⊢ s = t'
    """
    return f"{'; '.join(map(text, premises))} ⊢ {text(conclusion)}".strip()


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of Markdown."""
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def page() -> str:
    """The page as Markdown."""
    inferences = {name: rule for name, rule in RULES.items() if name not in AXIOMS}
    lines = [HEAD, f"## {len(HEADS)} heads\n", *table(("head", "what it means"), ((name, h.meaning) for name, h in HEADS.items()))]
    lines += ["", f"## {len(inferences)} inferences\n"]
    lines += table(("inference", "what it says"), ((name, outline(rule)) for name, rule in inferences.items()))
    lines += ["", f"## {len(AXIOMS)} axioms\n"]
    lines += table(("axiom", "in words", "premises ⊢ conclusion"),
                   ((name, a.words, sequent(a.premises, a.conclusion)) for name, a in AXIOMS.items()))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with whole_file(PAGE) as stream:
        stream.write(page().encode())
