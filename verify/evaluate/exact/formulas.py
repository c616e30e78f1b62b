"""Exact decisions on formulas: a fact is proved or refuted on an exact instance, or left undecided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq

from theory.errors import BadData, LawbookError, NotCertified
from theory.terms.formula import And, Eq, Exists, ForAll, Implies, Le, Lt, Or, Property, VectorEq
from theory.terms.sets import Ball, Range, Signs, Space, Sphere
from theory.terms.sets import Interval as RealInterval
from theory.terms.sorts import Formula
from theory.terms.tensors import TensorSymbol
from theory.verdict import Status, Verdict, unknown
from verify.evaluate.exact import germs, numbers, spectra
from verify.evaluate.exact.numbers import Number, ball, is_rational, rational
from verify.evaluate.exact.polynomials import holds_between
from verify.evaluate.exact.terms import Exact, _members, exact_kink, inner_product, is_empty, steepest_slope
from verify.evaluate.membership import membership
from verify.evaluate.scope import Run
from verify.objects.instance import Instance


class Decision(IntEnum):
    """Outcome at one place; a conjunction takes the least."""

    FALSE = 0
    OPEN = 1
    TRUE = 2
    VACUOUS = 3


@dataclass(frozen=True)
class Finding:
    """A decision with both sides and the place where it was made."""

    decision: Decision
    lhs: Any = None
    rhs: Any = None
    place: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    off_domain: tuple[str, ...] = ()  # what was read off its domain on the way to this decision


def evaluate_exact(term: Any, instance: Instance, precision: int = 200) -> arb:
    """A rigorous enclosure of a scalar term on an exact instance, as an Arb ball.

    All arrays and numbers of the instance are integers or fractions; rational parts of the term are computed exactly,
    the rest in ball arithmetic of `precision` bits, spectra through isolated roots of rational characteristic
    polynomials.

    Returns: an `arb` that contains the value.
    Raises: BadData for floats, NotCertified for terms without an exact reading (suprema and laws on continuous sets),
    ShapeError.
    Guarantee: certified, given the functions' own `lipschitz_exact`.

    >>> from theory.terms import VectorSymbol, norm, n
    >>> evaluate_exact(norm(VectorSymbol("y", n)), Instance({"y": [3, 4]})) == 5
    True
    """
    with _precision(precision):
        return ball(_at(term, instance).scalar(term))


def check_exact(formula: Formula, instance: Instance, precision: int = 200) -> Verdict:
    """A rigorous decision of a fact on an exact instance: CERTIFIED, REFUTED, or UNKNOWN.

    REFUTED: the fact is false at this instance, proved in exact and ball arithmetic; the evidence names the place and
    both sides. CERTIFIED: it is true there, every index and sign vector enumerated (also when a premise is false: see
    `evidence["vacuous"]`). UNKNOWN: the balls overlap, or the fact quantifies over a continuous set and no exact test
    point refutes it.

    Raises: BadData if the instance holds floats.

    >>> from theory.terms import VectorSymbol, dot, le, n, norm
    >>> u, v = VectorSymbol("u", n), VectorSymbol("v", n)
    >>> check_exact(le(norm(u) * norm(v), dot(u, v)), Instance({"u": [1, 2], "v": [3, 4]})).status.value
    'REFUTED'
    """
    with _precision(precision):
        try:
            found = _decide(formula, _at(formula, instance))
        except NotCertified as error:
            return unknown(str(error))
        evidence = {
            "lhs": _shown(found.lhs),
            "rhs": _shown(found.rhs),
            "place": found.place,
            "precision": precision,
            "vacuous": found.decision == Decision.VACUOUS,
        }
        if found.off_domain:
            evidence["off domain"] = list(found.off_domain)
    status = {Decision.FALSE: Status.REFUTED, Decision.OPEN: Status.UNKNOWN}.get(found.decision, Status.CERTIFIED)
    words = {
        Status.REFUTED: "the fact is false on this instance",
        Status.CERTIFIED: "the fact holds on this instance",
        Status.UNKNOWN: found.reason or "the enclosures of the two sides overlap",
    }
    return Verdict(status, words[status] + off_domain_words(found.off_domain), evidence)


def off_domain_words(readings: Iterable[str]) -> str:
    """A clause that says what was read off its domain.

    >>> off_domain_words(["1/0 = 0 in 1/t"]), off_domain_words([])
    ('; it reads 1/0 = 0 in 1/t', '')
    """
    said = ", ".join(dict.fromkeys(readings))
    return f"; it reads {said}" if said else ""


@contextmanager
def exact_scope(instance: Instance, size: Callable[[str], int | None], precision: int = 200) -> Iterator[Exact]:
    """The exact reading on an instance, with ball arithmetic of the given precision."""
    with _precision(precision):
        yield Exact(instance, size, {}, truth)


class _precision:
    """The working precision of ball arithmetic, restored afterwards."""

    def __init__(self, bits: int) -> None:
        if not 16 <= bits <= 100_000:
            raise BadData(f"the precision is {bits} bits; give 16 to 100000")
        self.bits, self.before = bits, ctx.prec

    def __enter__(self) -> None:
        self.before, ctx.prec = ctx.prec, self.bits

    def __exit__(self, *exception: object) -> None:
        ctx.prec = self.before


def _at(term: Any, instance: Instance) -> Exact:
    from verify.evaluate.scope import Options

    run = Run(instance, Options())
    run.learn_sizes(term)
    return Exact(instance, run.size, {}, truth)


def decide(formula: Formula, at: Exact) -> Decision:
    """The decision where the exact reading is, which records what was read off the domain on the way.

    Along a family TRUE, VACUOUS and FALSE are meant for every member beyond its start.
    """
    found = _decide(formula, at)
    at.off_domain.extend(said for said in found.off_domain if said not in at.off_domain)
    return found.decision


def truth(formula: Any, at: Exact) -> bool | None:
    decision = decide(formula, at)
    return None if decision == Decision.OPEN else decision != Decision.FALSE


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(v) for v in value]
    if value is None:
        return None
    return str(value) if is_rational(value) or germs.depends_on_parameter(value) else ball(value).str(30)


# --- the decisions --------------------------------------------------------------------------------


def _decide(formula: Any, at: Exact) -> Finding:
    if isinstance(formula, (Le, Lt, Eq, VectorEq, Property)):
        own = at.recording()
        found = _property(formula, own) if isinstance(formula, Property) else _atomic(formula, own)
        return replace(found, off_domain=_joined(found.off_domain, own.off_domain))
    if isinstance(formula, And):
        return _conjunction([_open_if_uncertified(a, at) for a in formula.args])
    if isinstance(formula, Or):
        return _disjunction([_open_if_uncertified(a, at) for a in formula.args])
    if isinstance(formula, Implies):
        return _implication(formula, at)
    if isinstance(formula, ForAll):
        return _universal(formula, at)
    if isinstance(formula, Exists):
        return _existential(formula, at)
    raise NotCertified(f"the formula {type(formula).__name__} has no exact reading")


def _open_if_uncertified(formula: Any, at: Exact) -> Finding:
    """A part that cannot be certified is open; the other parts may still decide."""
    try:
        return _decide(formula, at)
    except NotCertified as error:
        return Finding(Decision.OPEN, reason=str(error))


def _joined(*readings: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said for part in readings for said in part))


def _atomic(formula: Any, at: Exact) -> Finding:
    if isinstance(formula, VectorEq):
        return _vectors(at.vector(formula.args[0]), at.vector(formula.args[1]))
    return _relation(formula, at)


def _conjunction(parts: list[Finding]) -> Finding:
    """The least decision; what holds rests on all parts, what fails on the one that fails."""
    worst = min(parts, key=lambda f: f.decision)
    if worst.decision == Decision.FALSE:
        return worst
    return replace(worst, off_domain=_joined(*(p.off_domain for p in parts)))


def _relation(formula: Any, at: Exact) -> Finding:
    lhs, rhs = at.scalar(formula.lhs), at.scalar(formula.rhs)
    if isinstance(formula, Eq):
        decision = _equal(lhs, rhs)
    else:
        strict = isinstance(formula, Lt)
        holds = (numbers.below if strict else numbers.at_most)(lhs, rhs)
        fails = (numbers.at_most if strict else numbers.below)(rhs, lhs)
        decision = Decision.TRUE if holds else Decision.FALSE if fails else Decision.OPEN
    return Finding(decision, lhs, rhs)


def _equal(lhs: Number, rhs: Number) -> Decision:
    if is_rational(lhs, rhs):
        return Decision.TRUE if lhs == rhs else Decision.FALSE
    if germs.depends_on_parameter(lhs, rhs):
        return {True: Decision.TRUE, False: Decision.FALSE, None: Decision.OPEN}[germs.same(lhs, rhs)]
    return Decision.OPEN if ball(lhs).overlaps(ball(rhs)) else Decision.FALSE


def _vectors(left: list[Number], right: list[Number]) -> Finding:
    decisions = [_equal(x, y) for x, y in zip(left, right, strict=True)]
    return Finding(min(decisions, default=Decision.TRUE), left, right)


def _disjunction(parts: list[Finding]) -> Finding:
    for wanted in (Decision.TRUE, Decision.VACUOUS, Decision.OPEN):
        for part in parts:
            if part.decision == wanted:
                return part
    return replace(parts[0], off_domain=_joined(*(p.off_domain for p in parts)))


def _implication(formula: Implies, at: Exact) -> Finding:
    premise = _open_if_uncertified(formula.premise, at)
    if premise.decision == Decision.FALSE:
        return Finding(Decision.VACUOUS, premise.lhs, premise.rhs, off_domain=premise.off_domain)
    conclusion = _open_if_uncertified(formula.conclusion, at)
    if conclusion.decision == Decision.FALSE and premise.decision == Decision.OPEN:
        return Finding(Decision.OPEN, reason=f"the premise is not decided: {premise.reason or 'its sides overlap'}")
    return replace(conclusion, off_domain=_joined(premise.off_domain, conclusion.off_domain))


def _universal(formula: ForAll, at: Exact) -> Finding:
    (variable, domain), *rest = formula.limits
    body = ForAll(formula.body, *rest) if rest else formula.body
    complete = isinstance(domain, (Range, Signs)) or is_empty(domain, at)
    worst = Finding(Decision.VACUOUS)
    seen: tuple[str, ...] = ()
    for value in _members(domain, at) if complete else _test_points(variable, domain, at):
        found = _open_if_uncertified(body, at.with_bound({variable: value}))
        seen = _joined(seen, found.off_domain)
        if found.decision < worst.decision:
            worst = Finding(
                found.decision, found.lhs, found.rhs, {str(variable): str(_shown(value)), **found.place}, found.reason, found.off_domain
            )
        if worst.decision == Decision.FALSE:
            return worst
    if complete or (isinstance(domain, RealInterval) and _holds_between(variable, domain, body, at)):
        return replace(worst, off_domain=seen) if complete else Finding(Decision.TRUE, off_domain=seen)
    return Finding(Decision.OPEN, reason=f"the fact quantifies over {domain}, and no exact test point refutes it")


def _existential(formula: Exists, at: Exact) -> Finding:
    """True at a witness; false where a finite set has none."""
    (variable, domain), *rest = formula.limits
    body = Exists(formula.body, *rest) if rest else formula.body
    complete = isinstance(domain, (Range, Signs)) or is_empty(domain, at)
    found = []
    for value in _members(domain, at) if complete else _test_points(variable, domain, at):
        own = _open_if_uncertified(body, at.with_bound({variable: value}))
        found.append(replace(own, place={str(variable): str(_shown(value)), **own.place}))
    if not complete:
        found.append(Finding(Decision.OPEN, reason=f"no exact test point of {domain} is a witness"))
    return _disjunction(found or [Finding(Decision.FALSE)])


def _holds_between(variable: Any, domain: RealInterval, body: Any, at: Exact) -> bool:
    """Whether a relation between polynomials holds on a whole interval with rational ends."""
    low, high = map(at.scalar, domain.args)
    if not isinstance(body, (Le, Lt, Eq)) or not is_rational(low, high):
        return False
    try:
        return holds_between(body, variable, low, high, at)
    except NotCertified:
        return False


def _test_points(variable: Any, domain: Any, at: Exact) -> Iterator[Any]:
    """Exact points of a continuous set: zero, basis vectors, and data of the instance that lie in it,
    with their negatives.
    """
    if isinstance(domain, RealInterval):
        low, high = (at.scalar(end) for end in domain.args)
        yield from (low, high) if numbers.at_most(low, high) else ()
        return
    if not isinstance(domain, Space):
        raise NotCertified(f"a quantifier ranges over {domain}, which is not finite")
    dim = at.whole(domain.dim)
    pool = [[fmpq(0)] * dim] + [[fmpq(int(i == j)) for i in range(dim)] for j in range(dim)]
    for name, raw in at.instance.values.items():
        try:
            array = at.instance.exact_array(name, 2)
        except (LawbookError, ValueError):
            continue  # not an exact matrix: no test points from it
        if array.shape[1] == dim and raw is not None:
            pool += [[rational(Fraction(x)) for x in row] for row in array]
    radius = at.scalar(domain.radius) if isinstance(domain, Ball) else None
    for point in pool:
        square = inner_product(point, point)
        if square == 1 if isinstance(domain, Sphere) else radius is None or _is_within(square, radius):
            for sign in (1, -1):
                signed = [sign * x for x in point]
                yield signed if hasattr(variable, "dim") else signed[0]


def _is_within(square: fmpq, radius: Number) -> bool:
    """Whether a point with that squared norm is certainly in the ball."""
    return numbers.at_most(fmpq(0), radius) and numbers.at_most(square, numbers.multiply(radius, radius))


# --- properties -----------------------------------------------------------------------------------


def _property(formula: Property, at: Exact) -> Finding:
    objects = formula.objects
    if formula.name == "member of":
        return _decide(membership(*objects), at)
    if formula.name == "independent rows":
        matrix = at.matrix(objects[0])
        return _decided(spectra.rank(matrix) == len(matrix))
    if formula.name == "symmetric":
        matrix = at.matrix(objects[0])
        return _symmetric(matrix)
    if formula.name == "symmetric tensor" and isinstance(objects[0], TensorSymbol):
        order = at.whole(objects[2])
        array = np.array(at.vector(objects[0]), dtype=object).reshape((at.whole(objects[1]),) * order)
        return _decided(all(np.array_equal(array, np.swapaxes(array, axis, axis + 1)) for axis in range(order - 1)))
    if formula.name == "orthogonal projection":
        return _projection(at.matrix(objects[0]), at.whole(objects[1]))
    if formula.name == "Lipschitz on":
        lower, upper = steepest_slope(*objects, at)
        return Finding(Decision.TRUE if numbers.is_finite(upper) else Decision.FALSE if numbers.is_infinite(lower) else Decision.OPEN)
    if formula.name in ("strongly convex", "smooth", "differentiable"):
        return _bends(formula, at)
    if formula.name in ("positively homogeneous", "Lipschitz"):
        kink = exact_kink(objects[0], at)
        if kink is None:
            raise NotCertified(f"the property {formula.name!r} is decided exactly for activations with two slopes only")
        if formula.name == "positively homogeneous":
            return Finding(Decision.TRUE)  # αt + β·ReLU(t)
        least = max(abs(rational(kink[0])), abs(rational(kink[0] + kink[1])))
        bound = at.scalar(objects[1])
        return Finding(
            Decision.TRUE
            if numbers.at_most(least, bound)
            else Decision.FALSE
            if numbers.below(bound, least)
            else Decision.OPEN,
            least,
            bound,
        )
    raise NotCertified(f"the property {formula.name!r} has no exact reading")


def _bends(formula: Property, at: Exact) -> Finding:
    """The slopes of a gradient against the modulus of strong convexity or the constant of smoothness."""
    f, name = at.instance.callable(formula.objects[0].name, "function"), formula.objects[0].name
    if not hasattr(f, "bends"):
        raise NotCertified(f"the function {name} offers no gradient")
    if formula.name == "differentiable":
        return _decided(True)
    ends = [end for pair in f.bends for end in pair]
    if any(isinstance(end, float) for end in ends):
        raise NotCertified(f"the slopes of the gradient of {name} are known up to rounding")
    least, _, largest, _ = map(rational, map(Fraction, ends))
    own = at.scalar(formula.objects[1])
    low, high = (own, least) if formula.name == "strongly convex" else (max(largest, -least), own)
    decision = Decision.TRUE if numbers.at_most(low, high) else Decision.FALSE if numbers.below(high, low) else Decision.OPEN
    return Finding(decision, low, high)


def _decided(truth: bool) -> Finding:
    return Finding(Decision.TRUE if truth else Decision.FALSE)


def _symmetric(matrix: spectra.Rows) -> Finding:
    if len(matrix) != len(matrix[0]):
        return _decided(False)
    return Finding(
        min((_equal(matrix[i][j], matrix[j][i]) for i in range(len(matrix)) for j in range(i)), default=Decision.TRUE)
    )


def _projection(matrix: spectra.Rows, rank: int) -> Finding:
    """P = Pᵀ = P², and the rank of a projection is its trace."""
    symmetric = _symmetric(matrix)
    if symmetric.decision != Decision.TRUE:
        return symmetric
    size = range(len(matrix))
    squared = [_equal(inner_product(matrix[i], matrix[j]), matrix[i][j]) for i in size for j in size]
    trace: Number = fmpq(0)
    for i in size:
        trace = numbers.add(trace, matrix[i][i])
    return Finding(min([*squared, _equal(trace, fmpq(rank))]))
