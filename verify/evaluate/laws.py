"""The numeric reading of expectations and probabilities: exact over short sign vectors,
Monte Carlo intervals otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.special import betaincinv

from theory.errors import BadData
from theory.terms.printing.text import text
from theory.terms.scalars import Expect, Indicator, Prob
from theory.terms.sets import Range, Signs, Space
from verify.evaluate.domains import OpenDomain, bind, sign_vectors
from verify.evaluate.formulas import truth_value
from verify.evaluate.growth import is_integrable
from verify.evaluate.scope import Env, Node, Scope, compiled, is_slow, reads
from verify.evaluate.values import ULP, UNKNOWN, Interval, is_exact, point

LARGEST_CHUNK = 2**22  # numbers in one array: 32 MiB
SIGMAS = 6.0  # of the normal interval of a mean: its error rate is 2e-9 where the central limit theorem is good


@reads(Expect, Prob)
def _mean(term: Any, scope: Scope) -> Node:
    for variable, domain in term.limits:
        if isinstance(domain, (Range, Space)):
            raise BadData(
                f"{variable} has the law {domain} in {type(term).__name__}; give Signs, "
                "Uniform, SphereRows or GaussianRows"
            )
    domains = [OpenDomain(v, d, scope) for v, d in term.limits]
    axis, inner = scope.depth, scope.open(*term.variables)
    body = compiled(term.body, inner)
    is_event = isinstance(term, Prob)
    integrable = is_event or is_integrable(term)
    closed = not scope.open_in(term)

    def values(env: Env, arrays: list[Any]) -> Interval:
        value = body(env.child(bind(domains, arrays, axis)))
        return truth_value(value) if is_event else value

    def computed(env: Env) -> Interval:
        bits = sum(d.sizes(env)[0] for d in domains) if all(isinstance(d.domain, Signs) for d in domains) else None
        if bits is not None and env.run.enumerates(bits, term.body):
            return _exact_mean(lambda a: values(env, a), domains, env, bits, axis)
        if not integrable:
            env.run.note(f"whether {text(term.body)} is integrable is not known, and its expectation is 0 if it is not")
            return UNKNOWN
        return _estimate(lambda a: values(env, a), domains, env, term, axis)

    def run(env: Env) -> Interval:
        value: Interval = env.run.remembered(term, lambda: computed(env)) if closed else computed(env)
        return value if value is UNKNOWN else env.run.settled(value)

    return run


def _chunks(total: int, chunk: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + chunk, total)) for start in range(0, total, chunk))


def _exact_mean(values: Any, domains: list[OpenDomain], env: Env, bits: int, axis: int) -> Interval:
    """The mean over all sign vectors, the joint vector cut into the parts of the variables."""
    cuts = np.cumsum([d.sizes(env)[0] for d in domains])[:-1]
    count = 2**bits
    totals: list[Any] = [0.0] * 4
    points, exact = True, True
    for start, stop in _chunks(count, env.run.options.chunk):
        value = values(np.split(sign_vectors(bits, start, stop), cuts, axis=1))
        points &= value.is_point
        exact &= is_exact(value.error) and bool(np.all(np.rint(value.lower) == value.lower))
        parts = (value.lower, value.upper, value.error, np.maximum(np.abs(value.lower), np.abs(value.upper)))
        totals = [t + _sum_axis(a, axis, stop - start) for t, a in zip(totals, parts, strict=True)]
    lower, upper, error, size = (t / count for t in totals)
    if points:
        # integers below 2^53 add without rounding, and the count is a power of two
        return point(lower, 0.0 if exact else error + ULP * (bits + 1) * size)
    return Interval(lower, upper, error + ULP * (bits + 2) * np.where(np.isfinite(size), size, 0.0))


def _sum_axis(array: Any, axis: int, length: int) -> Any:
    if np.ndim(array) <= axis:
        return array * float(length)
    return np.sum(array, axis=0) * (length / np.shape(array)[0])


def _estimate(values: Any, domains: list[OpenDomain], env: Env, term: Any, axis: int) -> Interval:
    """An interval from independent draws: Clopper–Pearson for events,
    a normal interval of 6 standard errors for means.
    """
    options, rng = env.run.options, env.run.rng(term)
    stores: tuple[list[Any], ...] = ([], [], [])
    count = min(options.n_samples, options.n_slow) if is_slow(term.body) else options.n_samples
    for start, stop in _chunks(count, _places(domains, env)):
        value = values([d.sample(env, stop - start, rng) for d in domains])
        for store, end in zip(stores, value, strict=True):
            own = np.shape(end)[1:] if np.ndim(end) > axis else np.shape(end)
            store.append(np.broadcast_to(end, (stop - start, *((1,) * (axis - len(own)) + own if axis else ()))))
    low, high, error = (np.concatenate(store) for store in stores)
    if isinstance(term, Prob) or isinstance(term.body, Indicator):
        env.run.note(
            f"a probability is a Clopper–Pearson interval of {len(low)} draws at error rate {options.error_rate:g}"
        )
        return clopper_pearson(low.sum(axis=0), high.sum(axis=0), len(low), options.error_rate)
    env.run.note(
        f"an expectation is the mean of {len(low)} draws ± {SIGMAS:g} standard errors "
        "(central limit theorem, not certified)"
    )
    width = [SIGMAS * a.std(axis=0, ddof=1) / np.sqrt(len(a)) for a in (low, high)]
    return Interval(low.mean(axis=0) - width[0], high.mean(axis=0) + width[1], error.mean(axis=0))


def _places(domains: list[OpenDomain], env: Env) -> int:
    """How many draws are evaluated at once: a sum of outer products of the rows of an n×d matrix needs n·d² numbers a draw."""
    numbers = max(int(np.prod(sizes) * max(sizes)) for sizes in (d.sizes(env) for d in domains))
    return max(1, min(env.run.options.chunk, LARGEST_CHUNK // numbers))


def clopper_pearson(certain: Any, possible: Any, m: int, error_rate: float) -> Interval:
    """The two-sided interval for a probability, from counts of certain and of possible successes among m draws.

    >>> found = clopper_pearson(0, 0, 100, 0.05)          # 1 − 0.025^(1/100)
    >>> float(found.lower), round(float(found.upper), 4)
    (0.0, 0.0362)
    """
    certain, possible = np.asarray(certain, dtype=np.float64), np.asarray(possible, dtype=np.float64)
    lower = np.where(certain > 0, betaincinv(np.maximum(certain, 1), m - certain + 1, error_rate / 2), 0.0)
    upper = np.where(possible < m, betaincinv(possible + 1, np.maximum(m - possible, 1), 1 - error_rate / 2), 1.0)
    return Interval(lower, upper)
