"""The numeric reading of suprema: exact over finite sets; over continuous sets a searched lower bound and a recognised
upper bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from theory.errors import HypothesisViolated, NotCertified
from theory.terms.printing.text import text
from theory.terms.scalars import Sup
from theory.terms.sets import Range, Signs
from verify.evaluate.arithmetic import maximised, over_ranges
from verify.evaluate.conventions import Convention
from verify.evaluate.domains import OpenDomain, bind, scalar_ends, sign_vectors
from verify.evaluate.functions import checked_enclosure
from verify.evaluate.growth import is_bounded_supremum
from verify.evaluate.scope import Env, Node, Scope, compiled, places, reads
from verify.evaluate.values import UNKNOWN, Interval, ends, is_exact, point

Plan = Callable[[Env], tuple[float, float]]
Recogniser = Callable[[Any, Scope], Plan | None]

_RECOGNISERS: list[Recogniser] = []


def register_sup(recogniser: Recogniser) -> Recogniser:
    """Declare a way to enclose a supremum over a continuous set.

    `recogniser(term, scope)` returns None for terms that it does not know, else a plan: a function of the environment
    that returns (lower, upper) with lower ≤ sup ≤ upper.  Free variables of the term that an outer binder binds have
    one value in the environment; `compiled(subterm, scope)(env)` evaluates subterms.
    """
    _RECOGNISERS.append(recogniser)
    compiled.cache_clear()
    return recogniser


@reads(Sup)
def _sup(term: Sup, scope: Scope) -> Node:
    if all(isinstance(d, Range) for d in term.domains):
        return _over_all_ranges(term, scope)
    outer = scope.open_in(term)
    search = _finite_signs(term, scope) or _Search(term, scope)
    plans = [plan for plan in (r(term, scope) for r in _RECOGNISERS) if plan is not None]

    bounded = is_bounded_supremum(term)
    open_domains = [OpenDomain(v, d, scope) for v, d in term.limits if not isinstance(d, Range)]

    def closed(env: Env) -> Interval:
        empty = [d.is_empty(env) for d in open_domains]
        if any(empty):
            env.run.read_off(Convention.SUPREMUM, term)
            return point(np.float64(0.0))
        if None in empty:
            env.run.note(f"whether the set of {text(term)} is empty is not decided, and the supremum is 0 if it is")
            return UNKNOWN
        value = _intersect([_tried(plan, env) for plan in plans], search, env, term)
        if np.isfinite(value.upper) or bounded:
            return value
        env.run.note(f"whether {text(term)} is finite is not known, and it is 0 if it is not")
        return Interval(np.minimum(value.lower, 0.0), value.upper)

    def settled(value: Interval, env: Env) -> Interval:
        """A value that may be 0 by convention is one of two things, and not tried at points in between."""
        return env.run.settled(value) if bounded or np.all(np.isfinite(value.upper)) else value

    def run(env: Env) -> Interval:
        if not outer:
            return settled(env.run.remembered(term, lambda: closed(env)), env)
        shape, each = places(env, outer)
        lower, upper, error = np.empty(shape), np.empty(shape), np.empty(shape)
        for place, inner in each:
            key = (term, *((v, _content(inner.bound[v])) for v in outer))
            found = settled(env.run.remembered(key, lambda inner=inner: closed(inner)), env)
            lower[place], upper[place], error[place] = (float(np.ravel(part)[0]) for part in found)
        return Interval(lower, lower if np.array_equal(lower, upper) else upper, error)

    return run


def _over_all_ranges(term: Sup, scope: Scope) -> Node:
    """A maximum over index ranges; 0 where there is no index."""
    node = over_ranges(term, scope, fold_maximum)

    def run(env: Env) -> Interval:
        value: Interval = node(env)
        empty = value.upper == -np.inf
        if not np.any(empty):
            return value
        env.run.read_off(Convention.MAXIMUM, term)
        lower, error = np.where(empty, 0.0, value.lower), np.where(empty, 0.0, value.error)
        return point(lower, error) if value.is_point else Interval(lower, np.where(empty, 0.0, value.upper), error)

    return run


def _content(value: Any) -> tuple[Any, ...]:
    """What a value is, as something that can be looked up."""
    return tuple((np.shape(part), np.asarray(part).tobytes()) for part in value)


def _tried(plan: Plan, env: Env) -> tuple[float, float] | None:
    """A recognised enclosure, or None where the method that computes it cannot certify one on this instance."""
    try:
        return plan(env)
    except (
        NotCertified,
        HypothesisViolated,
    ) as error:  # the second: the form of the supremum is not finite on this instance
        env.run.note(f"an enclosure of a supremum was not certified: {error}")
        return None


def _intersect(found: list[tuple[float, float] | None], search: Any, env: Env, what: Sup) -> Interval:
    """The intersection of the recognised enclosures; the search is run where an end is missing."""
    known = [f for f in found if f is not None]
    lower, upper = max((f[0] for f in known), default=-np.inf), min((f[1] for f in known), default=np.inf)
    if not (np.isfinite(lower) and np.isfinite(upper)):
        searched: Interval = search(env)
        if np.isnan(searched.upper).any():
            return searched
        lower, upper = max(lower, scalar_ends(searched)[0]), min(upper, scalar_ends(searched)[1])
    return checked_enclosure(lower, upper, what)


def fold_maximum(value: Interval, axis: int, length: int, mask: Any) -> Interval:
    """max of a value along the new axis; the maximum moves by at most the largest error."""
    top = maximised(value.lower, axis, length, mask)
    if value.is_point:
        return point(top, 0.0 if is_exact(value.error) else maximised(value.error, axis, length, mask))
    return Interval(top, maximised(value.upper, axis, length, mask), maximised(value.error, axis, length, mask))


def _finite_signs(term: Sup, scope: Scope) -> Node | None:
    """The exact maximum over one sign vector, when it is short enough to enumerate; the search otherwise."""
    if len(term.limits) != 1 or not isinstance(term.domains[0], Signs):
        return None
    variable = term.variables[0]
    domain = OpenDomain(variable, term.domains[0], scope)
    body, axis = compiled(term.body, scope.open(variable)), scope.depth
    fallback = _Search(term, scope)

    def run(env: Env) -> Interval:
        (n,) = domain.sizes(env)
        if not env.run.enumerates(n, term.body):
            return fallback(env)
        return fold_maximum(body(env.child(bind([domain], [sign_vectors(n)], axis))), axis, 2**n, None)

    return run


class _Search:
    """Multi-start local search for a lower bound; no upper bound is claimed.

    Special points and draws first, then Gaussian steps of shrinking size around the best ones, all evaluated along one
    axis.
    """

    STARTS, STEPS = 8, 24

    def __init__(self, term: Sup, scope: Scope) -> None:
        ranges = [(v, d) for v, d in term.limits if isinstance(d, Range)]
        others = [(v, d) for v, d in term.limits if not isinstance(d, Range)]
        self.term, self.axis = term, scope.depth
        self.domains = [OpenDomain(v, d, scope) for v, d in others]
        inner = scope.open(*(v for v, _ in others))
        self.body = _maximum_over(term.body, ranges, inner)
        self.depends = bool({v for v, _ in others} & term.body.free_symbols)

    def __call__(self, env: Env) -> Interval:
        rng, options = env.run.rng(self.term), env.run.options
        arrays = [d.mixed_points(env, options.n_points, rng) for d in self.domains]
        values = self._values(env, arrays)
        scale = 0.5
        for _ in range(options.search_rounds):
            best = np.argsort(-values)[: self.STARTS]
            near = [
                d.perturbed(env, np.repeat(a[best], self.STEPS, axis=0), scale, rng)
                for d, a in zip(self.domains, arrays, strict=True)
            ]
            arrays = [np.concatenate([a[best], m]) for a, m in zip(arrays, near, strict=True)]
            values = np.concatenate([values[best], self._values(env, near)])
            scale *= 0.7
        lower = float(np.max(values))
        if lower == -np.inf:  # nothing is known at any point
            return Interval(np.float64(-np.inf), np.float64(np.inf)) if self.depends else point(np.float64(np.nan))
        return Interval(np.float64(lower), np.float64(np.inf) if self.depends else np.float64(lower))

    def _values(self, env: Env, arrays: list[Any]) -> Any:
        value = self.body(env.child(bind(self.domains, arrays, self.axis)))
        lower = np.broadcast_to(ends(value)[0], (len(arrays[0]),) + (1,) * self.axis).reshape(-1)
        return np.where(np.isnan(lower), -np.inf, lower)


def _maximum_over(body: Any, ranges: list[Any], scope: Scope) -> Node:
    return compiled(Sup(body, *ranges), scope) if ranges else compiled(body, scope)
