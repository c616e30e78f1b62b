"""The fuzz finds what is wrong: each of these faults, planted into a copy of the kernel's rules, is caught by the default draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

import pytest
from flint import fmpq

from kernel.axiom_draws import propose_axiom
from kernel.fuzz import Proposal, Tally, fuzz, fuzz_normal_form
from kernel.proposals import propose
from kernel.test_oracle_fuzz import DRAWS
from theory.kernel import RULES, axioms, binders, binding, forms, logic, numbers, polynomials, sums, vectors
from theory.kernel.arithmetic import box_variables, quantified
from theory.kernel.axioms import AXIOMS, Axiom
from theory.kernel.binding import closed, opened
from theory.kernel.calculus import rising
from theory.kernel.enclosures import decided
from theory.kernel.heads import eq, le, lt, member
from theory.kernel.nodes import N, Node, R, make, need, num, value_of, var
from theory.kernel.polynomials import Polynomial, atom, constant, ordered
from theory.kernel.theorem import Theorem, follows, theorem

Given, Args = Sequence[Theorem], Sequence[Node]


@pytest.fixture(autouse=True)
def fresh_normal_forms() -> Iterator[None]:
    """No normal form that was computed with a fault is remembered, nor one that was computed without."""
    def forget() -> None:
        for remembered in (forms.normal, forms.canonical, forms.combination, forms._gap, numbers._reduction, binding.opened):
            remembered.cache_clear()
    forget()
    yield
    forget()


def caught(tally: Tally) -> None:
    """The fuzz has found an instance on which the fault shows."""
    assert tally.wrong is not None, f"nothing wrong is found in {tally.draws} draws, of which {tally.decided} are decided"


# --- normal forms -------------------------------------------------------------------------------------------------------------------

def _root_of_square_is_its_root(node: Node, exponent: int) -> Polynomial:
    return atom(node, exponent // 2) if exponent % 2 == 0 else numbers.normal(make("norm", node.args[0]))


def _cancelling(p: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for monomial, c in REDUCED(p).items():
        powers = dict(monomial)
        for node in list(powers):
            if node.head == "inv" and node.args[0] in powers:
                del powers[node.args[0]], powers[node]
        result = polynomials.plus(result, {ordered(powers.items()): c})
    return result


def _one_level(outside: object, sort: Node, taken: int = 0) -> Node:
    return make("level", taken, sort)


def _split_root(p: Polynomial) -> Polynomial:
    if len(p) == 1:
        (monomial, c), = p.items()
        if c == 1 and len(monomial) > 1:
            return numbers.product(*(numbers.root(atom(node, e)) for node, e in monomial))
    return ROOT(p)


def _unsigned_root(p: Polynomial) -> Polynomial:
    return ROOT({m: abs(c) for m, c in p.items()}) if len(p) == 1 else ROOT(p)


def _length_of_any_range(limits: sums.Limits, factors: list[Node]) -> Polynomial:
    return numbers.normal(limits[0][1].args[0]) if not factors else CONNECTED(limits, factors)


def _scaled_by_its_sign(node: Node) -> Node:
    if forms.is_linear(node.args[0].sort):
        return RELATION(node)
    p = forms.gap(node)
    p = forms.scaled(p, 1 / p[min(p, key=forms.order_of)]) if p else p
    return {"le": le, "lt": lt, "eq": eq}[node.head](0, forms.number(p))


ROOT, CONNECTED, RELATION, REDUCED = numbers.root, sums._connected, forms._relation, numbers.reduced
FORMS = {
    "√t² = t": (numbers, "_square_root", _root_of_square_is_its_root, "number"),
    "t/t = 1": (numbers, "reduced", _cancelling, "number"),
    "a captured index: factors enter a sum unshifted": (vectors, "shift", lambda node, by: node, "beneath"),
    "a captured index: bounds of inner sums unshifted": (sums, "shift", lambda node, by: node, "beneath"),
    "a captured index: values put under binders unshifted": (binding, "shift", lambda node, by, depth=0: node, "beneath"),
    "a forged fresh name: nested sums use one variable": (sums, "level", _one_level, "number"),
    "an identity that holds generically: √st = √s √t": (numbers, "root", _split_root, "number"),
    "√(−t²) = |t|": (numbers, "root", _unsigned_root, "number"),
    "the sum of 1 over {1, …, a} is a": (sums, "_connected", _length_of_any_range, "number"),
    "what is scaled by a negative number keeps its order": (forms, "_relation", _scaled_by_its_sign, "formula"),
    "|t| is t": (numbers, "never_negative", lambda node: True, "number"),
    "e^s e^t = e^(s−t)": (numbers, "_exponential",
                          lambda nodes: numbers._exp(numbers.normal(nodes[0].args[0] - nodes[1].args[0])), "number"),
    "i² = 2i for indicators": (numbers, "square", lambda node: polynomials.scaled(atom(node), fmpq(2)) if node.head == "ind"
                               else SQUARE(node), "number"),
    "0^p = 0 for natural p": (numbers, "_natural_power", lambda base, exponent: NATURAL_POWER(base, exponent) if base else constant(0),
                              "number"),
}
SQUARE, NATURAL_POWER = numbers.square, numbers._natural_power


@pytest.mark.parametrize("fault", FORMS)
def test_fault_of_a_normal_form(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, wrong, kind = FORMS[fault]
    monkeypatch.setattr(module, name, wrong)
    caught(fuzz_normal_form(kind, DRAWS, seed=7))


def test_restated_with_a_negative_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_relation", _scaled_by_its_sign)
    caught(fuzz(lambda rng: propose("restate", RULES, rng), RULES["restate"], DRAWS, seed=1))


# --- axioms -------------------------------------------------------------------------------------------------------------------------

def _without(name: str, *places: int) -> Axiom:
    """An axiom that has lost some premises."""
    known = AXIOMS[name]
    premises = tuple(premise for place, premise in enumerate(known.premises) if place not in places)
    return Axiom(premises, known.conclusion)


def _schema(*formulas: Node) -> Axiom:
    return Axiom(formulas[:-1], formulas[-1])


s, t, q, r = (var(name, R) for name in "stqr")
u = axioms.u
n, d, i = (var(name, N) for name in "ndi")
X = var("X", make("mat", n, d))
LOG_PRODUCT = eq(make("log", s * t), make("log", s) + make("log", t))
WRONG_AXIOMS = {
    "lip_bound without lipschitz": _without("lip_bound", 0),
    "log of a product without signs": _schema(LOG_PRODUCT),
    "log of a product with one sign": _schema(lt(0, s), LOG_PRODUCT),
    "pow_add at 0": _schema(le(0, t), eq(make("pow", t, q + r), make("pow", t, q) * make("pow", t, r))),
    "whole_step of real numbers": _schema(lt(s, t), le(s + 1, t)),
    "max and min swapped": _schema(le(s, t), eq(make("max", s, t), s)),
    "direction_unit at d = 0": _without("direction_unit", 0),
    "entries of a table out of range": _without("table_entry", 0),
    "1/t · t = 1 at 0": _schema(le(0, t), eq(t * make("inv", t), 1)),
    "(√t)² = t for all t": _without("root_squared", 0),
    "pow_power for t < 0": _without("pow_power", 0),
    "rows on the sphere for d = 0": _schema(member(X, make("sphererows", n, d)), member(i, make("range", n)), eq(make("norm", X[i]), 1)),
    "operator norms below negative bounds": _without("lip_least", 0),
    "0^q = 0 at q = 0": _schema(le(0, q), eq(make("pow", num(0), q), 0)),
    "range_low of anything": _without("range_low", 0),
    "Σ F ≤ Σ G without F ≤ G": _without("sum_below", 0),
}


@pytest.mark.parametrize("fault", WRONG_AXIOMS)
def test_fault_of_an_axiom(fault: str) -> None:
    schema = WRONG_AXIOMS[fault]

    def rule(given: Given, args: Args) -> Theorem:
        return schema.at(given, logic.pairs(args))

    caught(fuzz(lambda rng: propose_axiom(fault, schema, RULES, rng), rule, DRAWS, seed=2))


def _replaced(node: Node, values: dict[Node, Node]) -> Node:
    """Every occurrence of a key replaced, whether it is a variable or not."""
    if node in values:
        return values[node]
    args = tuple(_replaced(a, values) if isinstance(a, Node) else a for a in node.args)
    return node if args == node.args else make(node.head, *args)


def test_schema_key_that_is_no_metavariable() -> None:
    schema = AXIOMS["exp_positive"]

    def rule(given: Given, args: Args) -> Theorem:
        return follows(_replaced(schema.conclusion, logic.pairs(args)), given)

    caught(fuzz(lambda rng: propose_axiom("exp_positive", schema, RULES, rng), rule, DRAWS, seed=2))


# --- inferences ---------------------------------------------------------------------------------------------------------------------

def _generalise(given: Given, args: Args) -> Theorem:
    v, domain = args
    return follows(make("all", domain, closed(given[0].conclusion, [v])), given, [member(v, domain)])


def _induction(given: Given, args: Args) -> Theorem:
    _, claim = args
    at = [opened(claim.args[1], (m,)) for m in (num(0), args[0], args[0] + 1)]
    need(given[0].conclusion is at[0] and given[1].conclusion is at[2], "")
    return theorem(given[0].hypotheses | (given[1].hypotheses - {at[1]}), claim)


def _sup_above(given: Given, args: Args) -> Theorem:
    own = given[1:] if given and given[0].conclusion.head == "bounded" else given
    need([p.conclusion for p in own] == binders._inside(args[0], args[1:]), "")
    return follows(le(opened(args[0].args[-1], tuple(args[1:])), args[0]), given)


def _prob_and(given: Given, args: Args) -> Theorem:
    joint = make("prob", *args[0].args[:-1], make("and", args[0].args[-1], args[1].args[-1]))
    return theorem([], le(joint, args[0] + args[1] - 1))


def _termwise(given: Given, args: Args) -> Theorem:
    left, right = args
    need(given[0].conclusion.args[-1] is quantified(left.args[:-1], eq(left.args[-1], right.args[-1])).args[-1], "")
    return follows(eq(left, right), given)


def _specialise(given: Given, args: Args) -> Theorem:
    return follows(opened(given[0].conclusion.args[1], (args[0],)), given)


def _choose(given: Given, args: Args) -> Theorem:
    claim, v = given[0].conclusion, args[0]
    assumed = {opened(claim.args[1], (v,)), member(v, claim.args[0])}
    return theorem(given[0].hypotheses | (given[1].hypotheses - assumed), given[1].conclusion)


def _sum_next(given: Given, args: Args) -> Theorem:
    size, body = args[0].args[0].args[0], args[0].args[1]
    longer = make("sum", make("range", size + 1), body)
    return theorem([], eq(longer, args[0] + opened(body, (size,))))


def _cases(given: Given, args: Args) -> Theorem:
    return theorem(given[0].hypotheses, args[0])


def _prob_forall(given: Given, args: Args) -> Theorem:
    low, _ = given[0].conclusion.args[1].args
    need(given[0].conclusion.head == "all", "")
    return follows(le(make("sum", given[0].conclusion.args[0], low), args[0]), given)


def _sup_least_over(given: Given, args: Args) -> Theorem:
    need(given[0].conclusion is binders._below(args[0], args[1]), "")
    return follows(le(args[0], args[1]), given)


def _multiply(given: Given, args: Args) -> Theorem:
    value = num(1)
    for p in given:
        value = value * (p.conclusion.args[1] - p.conclusion.args[0])
    return follows(lt(0, value), given)


def _bounded(given: Given, args: Args) -> Theorem:
    need(args[0].head == "bounded", "")
    return theorem([], args[0])


def _rises_backwards(given: Given, args: Args) -> Theorem:
    premises, conclusion = rising(*args)
    return follows(conclusion, [p for p in given if p.conclusion is not premises[0]])


def _rises_across_a_pole(given: Given, args: Args) -> Theorem:
    _, conclusion = rising(*args)
    return follows(conclusion, [given[0], given[-1]])


def _rises_by_a_wrong_slope(given: Given, args: Args) -> Theorem:
    _, conclusion = rising(*args)
    return follows(conclusion, given[:-1])


def _enclosed_at_a_corner(given: Given, args: Args) -> Theorem:
    relation, *ends = args
    box = {v: (value_of(ends[2 * place]), value_of(ends[2 * place])) for place, v in enumerate(box_variables(relation))}
    need(decided(relation, box), "the corner does not decide it")
    return follows(relation, given)


def _mean_of_first_term(given: Given, args: Args) -> Theorem:
    laws, total = args[0].args
    need(total.head == "sum" and all(index > 0 for index, _ in total.args[0].indices), "a mean of a sum")
    return follows(eq(args[0], make("expect", laws, opened(total.args[1], (num(1),)))), given)


WRONG_RULES: dict[str, tuple[str, Callable[[Given, Args], Theorem]]] = {
    "generalise over a variable of a hypothesis": ("generalise", _generalise),
    "induction with its variable in a hypothesis": ("induction", _induction),
    "sup_above without bounded": ("sup_above", _sup_above),
    "probabilities add the other way round": ("prob_and", _prob_and),
    "termwise for a whole domain from a part": ("termwise", _termwise),
    "specialise without membership": ("specialise", _specialise),
    "choose lets its variable escape": ("choose", _choose),
    "the last term is at n and not at n + 1": ("sum_next", _sum_next),
    "cases forget what each assumes": ("cases", _cases),
    "the union bound adds what it should subtract": ("prob_forall", _prob_forall),
    "a supremum over nothing below a negative bound": ("sup_least_over", _sup_least_over),
    "products of nonnegative facts are positive": ("multiply", _multiply),
    "all values are bounded": ("bounded_finite", _bounded),
    "a function rises from b to a": ("rises", _rises_backwards),
    "a function rises across a pole": ("rises", _rises_across_a_pole),
    "a function rises whatever its slope": ("rises", _rises_by_a_wrong_slope),
    "a box is its lower corner": ("enclose", _enclosed_at_a_corner),
    "the mean of a sum is that of its first term": ("mean_of_sum", _mean_of_first_term),
}


@pytest.mark.parametrize("fault", WRONG_RULES)
def test_fault_of_an_inference(fault: str) -> None:
    name, wrong = WRONG_RULES[fault]

    def draw(rng: Random) -> Proposal:
        return propose(name, RULES, rng)

    caught(fuzz(draw, wrong, DRAWS, seed=1, by_samples=name in ("induction", "rises")))


