"""The numeric reading of formulas: every fact of a proof, evaluated on an instance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from theory.errors import BadData, ShapeError
from theory.terms.formula import And, Eq, Exists, ForAll, Implies, Le, Lt, Or, VectorEq
from theory.terms.scalars import Indicator
from theory.terms.sets import Range, Signs
from verify.evaluate.comparison import (
    HOLDS,
    UNDECIDED,
    VACUOUS,
    VIOLATED,
    PlaceOutcome,
    Truth,
    certainty,
    compare_eq,
    compare_le,
    compare_lt,
    compare_vectors,
    merged,
    single,
    spread,
    worse,
)
from verify.evaluate.domains import OpenDomain, bind, open_range, sign_vectors
from verify.evaluate.scope import Env, Node, Scope, compiled, reads
from verify.evaluate.values import Interval, point

Quantified = ForAll | Exists
MOST = np.finfo(float).max


def tie_of(env: Env) -> float:
    """The relative error up to which sides that agree count as equal; data of low accuracy allow more."""
    return max(env.run.options.tie, 100 * env.run.instance.accuracy)


def _relation(compare: Callable[[Interval, Interval, float], Truth]) -> Callable[[Any, Scope], Node]:
    def compiler(formula: Any, scope: Scope) -> Node:
        left, right = compiled(formula.args[0], scope), compiled(formula.args[1], scope)
        return lambda env: compare(left(env), right(env), tie_of(env))

    return compiler


reads(Le)(_relation(compare_le))
reads(Lt)(_relation(compare_lt))
reads(Eq)(_relation(compare_eq))


@reads(VectorEq)
def _vector_eq(formula: VectorEq, scope: Scope) -> Node:
    left, right = (compiled(a, scope) for a in formula.args)

    def run(env: Env) -> Truth:
        u, v = left(env), right(env)
        if u.array.shape[-1] != v.array.shape[-1]:
            raise ShapeError(
                f"the vectors {formula.args[0]} and {formula.args[1]} have "
                f"{u.array.shape[-1]} and {v.array.shape[-1]} entries"
            )
        return compare_vectors(u, v, tie_of(env))

    return run


def _connective(want: str) -> Callable[[Any, Scope], Node]:
    def compiler(formula: Any, scope: Scope) -> Node:
        first, *rest = [compiled(a, scope) for a in formula.args]

        def run(env: Env) -> Truth:
            total: Truth = first(env)
            for part in rest:
                total = worse(total, part(env), want=want)
            return total

        return run

    return compiler


reads(And)(_connective("all"))
reads(Or)(_connective("any"))


@reads(Implies)
def _implies(formula: Implies, scope: Scope) -> Node:
    premise, conclusion = (compiled(a, scope) for a in formula.args)

    def run(env: Env) -> Truth:
        p: Truth = premise(env)
        if np.all(p.level == VIOLATED):  # the conclusion may not even be defined
            return p._replace(
                level=np.full(np.shape(p.level), VACUOUS),
                margin=np.full(np.shape(p.level), np.inf),
                sampled=np.zeros(np.shape(p.level), dtype=bool),
            )
        return implied(p, conclusion(env))

    return run


def implied(p: Truth, c: Truth) -> Truth:
    """premise ⇒ conclusion; a violated conclusion refutes only if the premise holds for certain, not on a sample."""
    shape = np.broadcast_shapes(np.shape(p.level), np.shape(c.level))
    p, c = spread(p, shape), spread(c, shape)
    certain = (p.level >= HOLDS) & ~np.asarray(p.sampled)
    level = np.where(
        p.level == VIOLATED, VACUOUS,
        np.where((c.level >= HOLDS) | certain, c.level, UNDECIDED)
    )
    margin = np.where(level == VACUOUS, np.inf, c.margin)
    sampled = np.where(p.level == VIOLATED, False, c.sampled)
    return c._replace(level=level, margin=margin, sampled=sampled)


@reads(Exists, ForAll)
def _quantified(formula: Quantified, scope: Scope) -> Node:
    """Sampled variables first, along one joint axis, then index ranges: quantifiers of one kind commute."""
    sampled = [(v, d) for v, d in formula.limits if not isinstance(d, Range)]
    ranges = [(v, d) for v, d in formula.limits if isinstance(d, Range)]
    if sampled:
        return _over_points(formula, sampled, ranges, scope)
    enters = []
    for variable, domain in ranges:
        enters.append((str(variable), open_range(variable, domain, scope), scope.depth))
        scope = scope.open(variable)
    body = compiled(formula.body, scope)

    def run(env: Env) -> Truth:
        opened = []
        for name, enter, axis in enters:
            env, length, mask = enter(env)
            opened.append((name, axis, length, mask))
        truth: Truth = body(env)
        for name, axis, length, mask in reversed(opened):
            truth = along(truth, axis, length, mask, name)
        return truth

    along = best_along if isinstance(formula, Exists) else worst_along
    return run


def _axis(truth: Truth, axis: int, length: int, mask: Any, empty: PlaceOutcome) -> Truth:
    """The truth spread over the new axis; where the mask leaves a place out it has the outcome of an empty axis."""
    shape = np.shape(truth.level)
    full = (length, *((1,) * (axis - len(shape)) + shape if len(shape) <= axis else shape[1:]))
    truth = spread(truth, full if mask is None else np.broadcast_shapes(full, np.shape(mask)))
    if mask is None:
        return truth
    margin = np.inf if empty == VACUOUS else -np.inf
    return truth._replace(level=np.where(mask, truth.level, empty), margin=np.where(mask, truth.margin, margin))


def best_along(truth: Truth, axis: int, length: int, mask: Any, name: str) -> Truth:
    """The disjunction along the new axis, with the place that decides it; false without places when the axis is empty."""
    if length == 0:
        return single(PlaceOutcome.VIOLATED, -np.inf)
    truth = _axis(truth, axis, length, mask, PlaceOutcome.VIOLATED)
    rank = certainty(truth)
    margin = np.where(np.isnan(truth.margin), -np.inf, truth.margin)
    place = np.argmax(np.where(rank == rank.max(axis=0), np.clip(margin, -MOST, MOST), -np.inf), axis=0)
    return _at_place(truth, place, name)


def _at_place(truth: Truth, place: Any, name: str) -> Truth:
    places = {k: _pick(v, place) for k, v in truth.places.items()} | {name: place + 1.0}
    return Truth(*(_pick(part, place) for part in truth[:5]), places)


def worst_along(truth: Truth, axis: int, length: int, mask: Any, name: str) -> Truth:
    """The conjunction along the new axis, with the place where it is worst;
    true without places when the axis is empty.
    """
    if length == 0:
        return single(PlaceOutcome.VACUOUS, np.inf)
    truth = _axis(truth, axis, length, mask, PlaceOutcome.VACUOUS)
    level, margin = truth.level, truth.margin
    least = level.min(axis=0)
    which = np.where(level == least, margin, np.inf)
    place = np.argmin(np.where(np.isnan(which), -np.inf, which), axis=0)
    # all places have an infinite margin: any place with the least level
    place = np.where(np.isinf(which.min(axis=0)) & (which.min(axis=0) > 0), np.argmin(level, axis=0), place)
    holding = truth.sampled & (level >= HOLDS)
    return _at_place(truth, place, name)._replace(level=least, sampled=holding.any(axis=0))


def _pick(array: Any, place: Any) -> Any:
    if np.ndim(place) == 0:
        return np.asarray(array)[place]
    extra = np.ndim(array) - 1 - np.ndim(place)
    index = np.reshape(place, (1, *np.shape(place)) + (1,) * extra)
    return np.take_along_axis(np.asarray(array), index, axis=0)[0]


# --- quantifiers over continuous sets, sign vectors and laws --------------------------------------


def _over_points(formula: Quantified, limits: list[Any], ranges: list[Any], scope: Scope) -> Node:
    domains = [OpenDomain(v, d, scope) for v, d in limits]
    axis, inner = scope.depth, scope.open(*(v for v, _ in limits))
    body = compiled(formula.func(formula.body, *ranges), inner) if ranges else compiled(formula.body, inner)
    one_cube = len(domains) == 1 and isinstance(domains[0].domain, Signs)

    some = isinstance(formula, Exists)
    along = best_along if some else worst_along

    def at(env: Env, arrays: list[Any], *, sampled: bool) -> Truth:
        truth = body(env.child(bind(domains, arrays, axis)))
        decisive = along(truth, axis, len(arrays[0]), None, "°point")
        where = np.asarray(decisive.places["°point"], dtype=np.int64) - 1
        found = {str(d.variable): a[where] for d, a in zip(domains, arrays, strict=True)}
        places = {k: v for k, v in decisive.places.items() if k != "°point"} | found
        decisive = decisive._replace(places=places)
        if some:                                           # a witness is one, however it was found; that none was found shows nothing
            return decisive._replace(level=np.where((decisive.level == VIOLATED) & sampled, UNDECIDED, decisive.level))
        return decisive._replace(sampled=np.asarray(decisive.sampled) | sampled)

    def run(env: Env) -> Truth:
        options = env.run.options
        empty = [d.is_empty(env) for d in domains]
        if any(empty):
            return single(PlaceOutcome.VIOLATED, -np.inf) if some else single(VACUOUS, np.inf)
        if None in empty:
            found = _searched(lambda arrays: at(env, arrays, sampled=True), domains, env, formula)
            unsure = np.isin(found.level, (HOLDS, VACUOUS)) if some else found.level == VIOLATED
            return found._replace(level=np.where(unsure, UNDECIDED, found.level))
        if one_cube and env.run.enumerates(domains[0].sizes(env)[0], formula.body):
            return _enumerated(lambda a: at(env, [a], sampled=False), domains[0].sizes(env)[0], options.chunk, want)
        return _searched(lambda arrays: at(env, arrays, sampled=True), domains, env, formula)

    want = "any" if some else "all"
    return run


def _enumerated(at: Callable[[Any], Truth], n: int, chunk: int, want: str) -> Truth:
    parts = [at(sign_vectors(n, start, min(start + chunk, 2**n))) for start in range(0, 2**n, chunk)]
    total = parts[0]
    for part in parts[1:]:
        total = worse(total, part, want=want)
    return total


def _searched(at: Callable[[list[Any]], Truth], domains: list[OpenDomain], env: Env, formula: Quantified) -> Truth:
    """Special and drawn points, then points near the decisive one: an adversary, or one who looks for a witness, with a small budget."""
    rng, options = env.run.rng(formula), env.run.options
    want, settled = ("any", (HOLDS, VACUOUS)) if isinstance(formula, Exists) else ("all", (VIOLATED,))
    decisive = at([d.mixed_points(env, options.n_points, rng) for d in domains])
    for scale in (0.3, 0.1, 0.03, 0.01):
        if np.size(decisive.level) != 1 or int(np.ravel(decisive.level)[0]) in settled:
            break  # a search for one place only; what is settled needs no more
        bases = [np.reshape(decisive.places[str(d.variable)], (1, *d.sizes(env))) for d in domains]
        near = [
            d.perturbed(env, np.repeat(_on_line(d, b), 24, axis=0), scale, rng)
            for d, b in zip(domains, bases, strict=True)
        ]
        decisive = worse(decisive, at(near), want=want)
    return decisive


def _on_line(domain: OpenDomain, base: Any) -> Any:
    return domain.shaped(base) if domain.is_continuous else base


# --- formulas inside terms ------------------------------------------------------------------------


@reads(Indicator)
def _indicator(term: Indicator, scope: Scope) -> Node:
    formula = compiled(term.args[0], scope)
    return lambda env: truth_value(formula(env))


def truth_value(truth: Truth) -> Interval:
    """1 where the formula holds for certain, 0 where it is violated, [0,
    1] where it is undecided or holds only on a sample.
    """
    holds = truth.level >= HOLDS
    certain = (holds & ~np.asarray(truth.sampled)).astype(np.float64)
    possible = (truth.level != VIOLATED).astype(np.float64)
    if np.array_equal(certain, possible):
        return point(certain)
    return Interval(certain, possible)


def closed_level(truth: Truth) -> PlaceOutcome:
    """The level of a closed formula."""
    if np.size(truth.level) != 1:
        raise BadData("the formula has free indices; quantify them with forall")
    return PlaceOutcome(int(np.ravel(truth.level)[0]))


__all__ = ["closed_level", "implied", "merged", "tie_of", "truth_value", "worst_along"]
