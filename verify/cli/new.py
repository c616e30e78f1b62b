"""`lawbook new`: a file of claims to begin with."""

from __future__ import annotations

import re
from pathlib import Path

from theory.errors import BadData
from theory.writing import whole_file
from verify.cli.exits import DONE, emit, output_line
from verify.cli.files import check_files

BEGINNING = '''\
"""A claim of mine.

    lawbook check {file}        proves every step, measures every bound
    lawbook show {file}         the claim on a page, step by step
    lawbook hunt {file}         looks for a counterexample
    lawbook mutate {file}       changes the steps; what is false must be refused

What a proof is made of: `lawbook terms`, `lawbook checkers`, `lawbook lemmas WORD`.
"""

from lawbook import (
    Claim, Hypothesis, NormDomain, Reading, Source, Symbol, VectorSymbol, d, dot, eq, le, norm, ours, proof, rule, step,
)

# Symbols.  d, n, k, r are positive integers; what is declared of a symbol is a hypothesis.
u, v = VectorSymbol("u", d), VectorSymbol("v", d)
t = Symbol("t", nonnegative=True)

# Hypotheses, by name: a step uses them by these names.
short_u = Hypothesis("u is short", le(norm(u), 1))
short_v = Hypothesis("v is short", le(norm(v), 1))

# A lemma of my own: for all values of its symbols, h1, h2, … imply the conclusion.  It has a proof like that of a claim.
square_below_one = ours(
    "{name}.square", "the square of a number of [0, 1] is at most 1", le(t**2, 1), [le(t, 1)],
    proof(step("square", le(t**2, 1), by="polynomial", using="h1")))

# A lemma from a book is cited instead: what rests on it is PROVED MODULO it.  Say exactly what the book says, hypotheses included.
#
#   from lawbook import textbook
#   cauchy = textbook("{name}.cauchy", "Cauchy–Schwarz", Source("Horn, Johnson, Matrix Analysis, 2nd ed. 2013", "Theorem 5.1.4"),
#                     le(dot(u, v), norm(u) * norm(v)))

# The statement, and its proof: each step names how it follows, and all that it uses.  The last step is the conclusion.
LAW = le(norm(u + v) ** 2, 2 + 2 * norm(u) * norm(v))
claim = Claim(
    id="{name}.sum", title="The sum of two short vectors", source=Source("a blackboard"), reading=Reading.OURS, domain=NormDomain.DATA,
    hypotheses=(short_u, short_v), conclusion=LAW,
    proofs=(proof(
        step("expand", eq(norm(u + v) ** 2, norm(u) ** 2 + 2 * dot(u, v) + norm(v) ** 2), by="algebra"),
        step("angle", le(dot(u, v), norm(u) * norm(v)), by=rule.cauchy),
        step("first", le(norm(u) ** 2, 1), by=square_below_one, using="u is short"),
        step("second", le(norm(v) ** 2, 1), by=square_below_one, using="v is short"),
        step("law", LAW, by="linear", using=("expand", "angle", "first", "second")),
    ),))

# False twins: copies with one flaw.  The checker must refuse their proofs, and instances contradict them.
claim = claim.with_twins(
    claim.dropping("u is short", "for u = 2e and v = 0 it says 4 ≤ 2"),
    claim.claiming("without the product", le(norm(u + v) ** 2, 2), "for unit vectors u = v it says 4 ≤ 2"),
)

# `lawbook hunt` draws instances by the hypotheses alone; `lawbook check` measures a claim with hypotheses on those of a measurement
# of yours.  They must meet the hypotheses; those of a twin must contradict it.
#
#   from lawbook import Instance, Measurement
#
#   def draw(rng, radius=1.0):
#       directions = rng.standard_normal((2, int(rng.integers(1, 6))))
#       u, v = radius * directions / (1 + (directions**2).sum(axis=1, keepdims=True)) ** 0.5
#       return Instance({{"d": len(u), "u": u, "v": v}})
#
#   def same(rng, length=1.0):
#       return Instance({{"d": 1, "u": [length], "v": [1.0 if length == 1 else 0.0]}})
#
#   measured = Measurement("{name}.sum", draw, twin_draws={{
#       "without u is short": lambda rng: same(rng, 2.0), "without the product": same}})
'''


def run_new(file: Path, *, as_json: bool) -> int:
    """Write the file; nothing that is there is touched."""
    if file.suffix != ".py" or not file.stem:
        raise BadData(f"{file} is no name of a Python file; give one that ends in .py, such as mine.py")
    name = re.sub(r"\W", "_", file.stem)
    check_files({"the file": file})
    try:
        with whole_file(file, new=True) as stream:
            stream.write(BEGINNING.format(file=file.name, name=name).encode())
    except FileExistsError:
        raise BadData(f"{file} is there already, and is left as it is; give another name") from None
    if as_json:
        emit({"file": str(file), "claims": [f"{name}.sum"]})
    else:
        output_line(f"{file} is written; `lawbook check {file}` proves it as it stands")
    return DONE
