"""Random uses of axioms: terms of the right sorts in place of some metavariables, and values in place of the others."""

from __future__ import annotations

from random import Random

from kernel.drawing import VECTORS, Terms, n
from kernel.fuzz import Proposal, Rules
from theory.kernel.axioms import Axiom
from theory.kernel.binding import substitute
from theory.kernel.nodes import FORM, N, Node, R, Z, make, num

# What is assumed of all vectors of a space is taken from the samples of the oracle, which tell for small sizes and small entries.
BY_SAMPLES = {"is_psd": 2, "operator_norm_least": 1, "nuclear_norm_least": 1}


def propose_axiom(name: str, schema: Axiom, rules: Rules, rng: Random) -> Proposal:
    """Premises that are assumed, and a substitution."""
    values = substitution(schema, rng) if name not in BY_SAMPLES and rng.random() < 0.6 else {}
    if name in ON_KINK:
        values = on_kink(schema, values, rng)
    if name in ORIENTED and rng.random() < 0.9:
        values = {v: num(ORIENTED[name][v.args[0]]) for v in schema.variables if v.args[0] in ORIENTED[name]}
    if rng.random() < 0.02:
        values |= {rng.choice((num(0), num(1), n)): num(2)}               # no metavariable of every axiom: refused, or harmless
    given = [rules["assume"]([], [substitute(premise, values)]) for premise in schema.premises]
    return given, [node for pair in values.items() for node in pair]


# A random point lies on no kink: the kink is drawn through the point, a vertical one also with a point on the sphere.
ON_KINK = frozenset({"clear_point_ball", "clear_point_sphere"})


# Hyperplanes in oriented form are rare among many in a space of many dimensions.
ORIENTED = {"oriented_meets": {"k": 1, "d": 2, "i": 1}, "oriented_distinct": {"k": 2, "d": 2, "i": 1, "j": 2}}


def on_kink(schema: Axiom, values: dict[Node, Node], rng: Random) -> dict[Node, Node]:
    """A kink u·x + t = 0 through x, and a point x of length 1 where the axiom wants one."""
    by_name = {v.args[0]: v for v in schema.variables}
    at_sizes = {key: value for key, value in values.items() if key.sort is N}
    u, x = (substitute(values.get(by_name[name], by_name[name]), at_sizes) for name in "ux")
    if any(premise.head == "eq" and premise.args[0].head == "norm" for premise in schema.premises) and rng.random() < 0.9:
        x = make("dir", x)
    return {**values, by_name["x"]: x, by_name["t"]: num(-1) * make("dot", u, x)}


def substitution(schema: Axiom, rng: Random) -> dict[Node, Node]:
    """Terms for some metavariables; the sizes of a vector stay variables, or become numerals before anything else is drawn."""
    terms = Terms(rng)
    sizes = frozenset[Node]().union(*(v.sort.free for v in schema.variables if v.sort is not None))
    values = {v: rng.choice((n, num(2), num(0), num(1))) for v in sorted(sizes, key=lambda v: v.args[0]) if rng.random() < 0.3}
    for v in sorted(schema.variables - sizes, key=lambda v: v.args[0]):
        value = term_for(v, substitute(v, values).sort, terms) if rng.random() < 0.6 else None
        if value is not None:
            values[v] = value
    return values


def term_for(v: Node, sort: Node | None, terms: Terms) -> Node | None:
    """A small term of the sort of a metavariable; None where none is drawn."""
    if sort is R:
        return terms.known(lambda t: t.sort in (N, Z, R)) or terms.kept(terms.number(1))
    if sort in (N, Z):
        return terms.natural(1) if sort is N else terms.integer(1)
    if sort is FORM:
        return terms.formula(1)
    if sort is not None and sort.head == "vec":
        return terms.vector(sort.args[0], 1) if sort.args[0] in VECTORS else None
    if sort is make("fn", N, R):
        return terms.binding("lam", N, N, lambda: terms.number(1))
    return None


