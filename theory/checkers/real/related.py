"""What equations and facts say of functions at different arguments: √s = √t for s = t, √s ≤ √t for s ≤ t."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations

from theory.checkers.real.monomials import atoms_of
from theory.checkers.real.problem import RealProblem
from theory.checkers.roots import taken_apart
from theory.checkers.script import Line
from theory.kernel.heads import bind, eq, le
from theory.kernel.nodes import N, Node, R, is_numeric, make, num, var
from theory.kernel.normal import gap, normal, number
from theory.kernel.polynomials import plus

FUNCTIONS = ("abs", "sqrt", "inv", "max", "min", "exp", "log", "pow", "floor")
INCREASING = {"sqrt": "root_increases", "exp": "exp_increases"}
MANY = 5         # atoms of one head that are compared with one another


def related(problem: RealProblem, prover: Callable[[RealProblem, Node], Line | None]) -> Iterator[Line]:
    """Lines about atoms whose arguments are equal, or ordered, by what is known."""
    polys = [*(f.poly for f in problem.facts), *(r.poly for r in problem.rules.rules), problem.rules.reduce(gap(problem.goal))[0]]
    atoms = list(dict.fromkeys(a for p in polys for a in atoms_of(p)))
    for atom in atoms:
        if atom.head in FUNCTIONS:
            yield from _rewritten(problem, atom)
    yield from _powers(problem, atoms)
    yield from _below_roots(problem, atoms)
    for head in INCREASING:
        own = [a for a in atoms if a.head == head and a.free]
        if len(own) <= MANY:
            yield from _ordered(problem, own, prover)


def _rewritten(problem: RealProblem, atom: Node) -> Iterator[Line]:
    for place, argument in enumerate(atom.args):
        if not is_numeric(argument.sort):
            continue
        after, used = problem.rules.reduce(normal(argument))
        key = (atom, place, number(after))
        if not used or key in problem.related:
            continue
        problem.related.add(key)
        equal = problem.script.combine(eq(argument, number(after)), problem.rules.parts(used, -1))
        z = var("z'", R)
        context = make(atom.head, *(z if other == place else a for other, a in enumerate(atom.args)))
        if atom.head == "pow" and place == 1:
            continue
        yield problem.script.do("congruence", (equal,), bind("lam", [(z, R)], context))


def _ordered(problem: RealProblem, atoms: list[Node], prover: Callable[[RealProblem, Node], Line | None]) -> Iterator[Line]:
    for low, high in permutations(atoms, 2):
        if (low, high) in problem.related:
            continue
        s, t = low.args[0], high.args[0]
        line = prover(problem, le(s, t))
        if line is not None:
            problem.related.update({(low, high), (high, low)})
            yield problem.script.axiom(INCREASING[low.head], [line], s=s, t=t)


def _below_roots(problem: RealProblem, atoms: list[Node]) -> Iterator[Line]:
    """√s ≤ √q for a fact s ≤ q, q one product."""
    for root in (a for a in atoms if a.head == "sqrt"):
        s = normal(root.args[0])
        for fact in problem.facts:
            above = plus(fact.poly, s)
            if len(above) != 1 or not next(iter(above)) or any(m in above for m in s) or (root, fact.line) in problem.related:
                continue
            problem.related.add((root, fact.line))
            q = number(above)
            line = problem.script.combine(le(root.args[0], q), [(problem.line_of(fact), 1)])
            yield problem.script.axiom("root_increases", [line], s=root.args[0], t=q)
            apart = taken_apart(problem.script, make("sqrt", q), lambda t: _signed(problem, t))
            if apart is not None:
                yield apart


def _signed(problem: RealProblem, claim: Node) -> Line | None:
    """0 ≤ t or 0 < t, where the signs of its terms show it."""
    known = problem.sign(claim.args[1])
    if known is None or known[1] not in (">≥" if claim.head == "le" else ">"):
        return None
    return problem.script.combine(claim, [(known[0], 1)])


def _powers(problem: RealProblem, atoms: list[Node]) -> Iterator[Line]:
    """t^q = e^(q log t) for t > 0, for all powers of a base of which one is neither natural nor a root: products then add exponents."""
    bases = dict.fromkeys(a.args[0] for a in atoms if a.head == "pow" and a.args[1].sort is not N)
    for base in bases:
        known = problem.sign(base)
        if known is None or known[1] != ">":
            continue
        exponents = [a.args[1] for a in atoms if a.head == "pow" and a.args[0] is base]
        exponents += [q for q in (num(1), num("1/2"), num(-1)) if normal(make("pow", base, q)).keys() & {((a, 1),) for a in atoms}]
        for q in exponents:
            if (base, q) not in problem.related:
                problem.related.add((base, q))
                yield problem.script.axiom("pow_as_exp", [known[0]], t=base, q=q)
