"""How often planted false bounds are found within a budget: by `lawbook hunt`, by plain random sampling, by plain Hypothesis.

Each plant is false in one corner only: rare label patterns, thin bands of a parameter, large dimensions, constants that are off by one per
cent.  Plain sampling and plain Hypothesis draw every entry of an instance and keep it when the hypotheses hold; a violation counts when
it is certain and was found within the budget.  Run as ``python -m benchmarks.hunter [--budget SECONDS] [--seed SEED] [--only NAME]``.

``--soak SECONDS`` hunts the sharp claims of the library and our own instead, nothing dropped, in turn and with new seeds, until the
seconds are spent; none of them may be broken, and the exit status is 1 if one is.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.errors import LawbookError
from theory.laws.setting import LIP, LIP_SPHERE, NEURONS, fits, labels, no_bias, relu_network, unit_rows
from theory.registry import claims
from theory.source import Source
from theory.terms import (
    Abs,
    And,
    Implies,
    MatrixSymbol,
    Or,
    Rational,
    Sum,
    Symbol,
    VectorSymbol,
    d,
    dot,
    eq,
    forall,
    fro_norm,
    index,
    k,
    le,
    lt,
    n,
    norm,
    nuclear_norm,
    op_norm,
    rank,
    relu,
    sqrt,
    trace,
)
from theory.terms.sets import Range
from verify.evaluate import Evaluator, Outcome
from verify.trials.hunt import Found, hunt
from verify.trials.hunt.judge import certainly
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft
from verify.trials.spaces.sizes import entries, filled, sizes_upto

X, y, W, A = MatrixSymbol("X", n, d), VectorSymbol("y", n), MatrixSymbol("W", k, d), MatrixSymbol("A", d, d)
a, b, u, v = VectorSymbol("a", k), VectorSymbol("b", k), VectorSymbol("u", d), VectorSymbol("v", d)
s, t = Symbol("s", real=True), Symbol("t", real=True)
i, j, l = index("i"), index("j"), index("l")
ALL, PAIRS = (i, Range(n)), ((i, Range(n)), (j, Range(n)))
TOTAL = Sum(y[i], (i, n))
ALTERNATING = And(eq(y[1], 1), eq(y[2], -1), eq(y[3], 1), eq(y[4], -1), eq(y[5], 1), eq(y[6], -1))
_SEEN: list[Claim] = []


def plant(name: str, conclusion: object, *hypotheses: object) -> None:
    """A false claim."""
    named = tuple(h if isinstance(h, Hypothesis) else Hypothesis(f"h{place}", h) for place, h in enumerate(hypotheses))
    _SEEN.append(Claim(name, name, Source("benchmark"), Reading.TEMPTING, NormDomain.DATA, named, conclusion))


SIX = eq(n, 6)
# rare label patterns
plant("labels: all equal", le(TOTAL**2, n**2 - 1), labels, le(3, n))
plant("labels: one flip in five", Or(lt(TOTAL, 3), lt(3, TOTAL)), labels, eq(n, 5))
plant("labels: alternating six", Implies(ALTERNATING, le(n, 5)), labels, SIX)
plant("labels: balanced", le(1, TOTAL**2), labels)
plant("labels: aligned data", le(norm(Sum(y[i] * X[i], (i, n))), n - Rational(1, 2)), labels, unit_rows)
plant("labels: antipodal pair", le(norm(X[1] - X[2]), Rational(19, 10)), labels, unit_rows, eq(n, 2), eq(y[1] + y[2], 0))
# thin bands
plant("band: 0.31 < t < 0.32", le(0, (t - Rational(31, 100)) * (t - Rational(32, 100))))
plant("band: near 7.5", le(Rational(1, 1000), (t - Rational(15, 2)) ** 2))
plant("band: circle", le(Rational(1, 400), (s**2 + t**2 - 2) ** 2 + (s - 2 * t) ** 2))
plant("band: narrow valley", le(Rational(1, 1000), (s - t**2) ** 2 + (t - Rational(3, 2)) ** 2))
plant("band: unit vector near a cap", le(u[1], Rational(97, 100)), eq(norm(u), 1), le(3, d))
plant("band: between two norms", Or(le(norm(u), Rational(7, 5)), le(Rational(71, 50), norm(u))), le(2, d))
plant("band: ball in six dimensions", le(Rational(1, 100), Sum((u[i] - i / 7) ** 2, (i, d))), eq(d, 6))
plant("band: valley in four dimensions", le(Rational(1, 100), (s - t**2) ** 2 + (t - 3) ** 2 + Sum((u[i] - s) ** 2, (i, d))), eq(d, 2))
# large sizes
plant("large: d ≥ 8", le(fro_norm(W), Rational(27, 10) * op_norm(W)))
plant("large: n ≥ 8", le(TOTAL, 7), labels)
plant("large: d = 16 sum", le(Sum(u[i], (i, d)) ** 2, 15 * dot(u, u)))
plant("large: k ≥ 8 neurons", le(Sum(Abs(a[l]), (l, k)), Rational(14, 5) * norm(a)))
plant("large: rank above 3", le(rank(W), 3))
# constants that are off
plant("1%: Cauchy", le(dot(u, v), Rational(99, 100) * norm(u) * norm(v)), le(2, d))
plant("1%: Frobenius", le(fro_norm(W), Rational(99, 100) * sqrt(rank(W)) * op_norm(W)), le(2, rank(W)))
plant("1%: nuclear", le(nuclear_norm(W), Rational(99, 100) * sqrt(k) * fro_norm(W)), eq(k, 2))
plant("1%: triangle", le(norm(u + v), Rational(99, 100) * (norm(u) + norm(v))), le(1, norm(u)), le(1, norm(v)))
plant("1%: trace", le(trace(A, A), Rational(99, 100) * nuclear_norm(A) * op_norm(A)))
plant("1%: means", le(Rational(101, 100) * sqrt(Abs(s * t)), (Abs(s) + Abs(t)) / 2), le(1, s), le(1, t))
plant("1%: coherent frame", lt(Rational(101, 200), Sum(dot(X[i], X[j]) ** 2, *PAIRS) / n**2), unit_rows, eq(d, 2), eq(n, 3))
# networks and fits
PATH = Sum(Abs(a[l]) * norm(W[l]), (l, k))
plant("network: path by Lipschitz constant", le(PATH, 3 * LIP), relu_network)
plant("network: energy by 3 Lip²", le(Sum(norm(a[l] * W[l]) ** 2, (l, k)), 3 * LIP**2), relu_network, no_bias, le(k, d))
plant("network: slope of a fit", le(1, norm(a) * op_norm(W)), relu_network, fits, labels, le(2, n), no_bias)
plant("network: bias is bounded", forall(le(Abs(b[l]), 2 * norm(W[l])), NEURONS), relu_network, fits, labels, unit_rows)
plant("quadratic: fit without rank", le(sqrt(n), op_norm(A)), Hypothesis("fits", forall(eq(dot(X[i], A @ X[i]), y[i]), ALL)), labels)
plant("network: sphere and space", le(LIP, 2 * LIP_SPHERE), relu_network, le(2, d))
plant("activation: sum of kinks", le(Sum(relu(dot(W[l], u)), (l, k)), Rational(3, 2) * norm(u)), forall(le(norm(W[l]), 1), NEURONS))

plant("network: energy of two layers", le(norm(a) ** 2, norm(Sum(a[l] * W[l], (l, k))) ** 2 + 5), forall(eq(norm(W[l]), 1), NEURONS))
plant("fit: minimal coefficients", le(Sum(a[l] ** 2, (l, k)), 4), relu_network, fits, labels, unit_rows, eq(n, 2), eq(k, 2))
plant("matrix: trace of a product", le(trace(A, A) * 100, 99 * fro_norm(A) ** 2), eq(A[1, 1] + A[2, 2], 0), eq(d, 2))

PLANTS = tuple(_SEEN)


def ours(claim: Claim, budget: float, number: int) -> bool:
    """The hunter."""
    return isinstance(hunt(claim, budget=budget, seed=number), Found)


def _contradicts(space: ClaimSpace, draft: Draft) -> bool:
    instance = space.rebuilt(draft)
    at = Evaluator(instance)
    if any(at.fact(h.formula).outcome is Outcome.VIOLATED for h in space.hypotheses if h.name not in space.definitions):
        return False
    return certainly(space, instance) is not None


def _draw(space: ClaimSpace, sizes: dict[str, int], numbers: Callable[[int], list[Fraction]]) -> Draft:
    names = {name: options[0] for name, options in space.activations.items()}
    return filled(space, sizes, numbers(entries(space, sizes)), names)


def sampling(claim: Claim, budget: float, number: int) -> bool:
    """Gaussian entries, or signs, at sizes up to 8."""
    space, rng, deadline = ClaimSpace(claim), np.random.default_rng(number), time.monotonic() + budget
    pool = sizes_upto(space, 8 if len(space.sizes) < 4 else 3)

    def numbers(m: int) -> list[Fraction]:
        values = rng.standard_normal(m) if rng.random() < 0.5 else rng.choice([-1.0, 1.0], m)
        return [Fraction(float(x)) for x in values]

    while time.monotonic() < deadline and pool:
        if _quietly(space, _draw(space, pool[int(rng.integers(len(pool)))], numbers)):
            return True
    return False


def plain_hypothesis(claim: Claim, budget: float, number: int) -> bool:
    """Hypothesis without targets: integers, and fractions."""
    space, deadline, found = ClaimSpace(claim), time.monotonic() + budget, []
    pool = sizes_upto(space, 8 if len(space.sizes) < 4 else 3)
    entry = st.one_of(st.integers(-4, 4).map(Fraction), st.fractions(-8, 8, max_denominator=64))

    @st.composite
    def drafts(draw: Callable[..., Any]) -> Draft:
        return _draw(space, draw(st.sampled_from(pool)), lambda m: draw(st.lists(entry, min_size=m, max_size=m)))

    turn = 0
    while time.monotonic() < deadline and not found and pool:
        turn += 1

        @seed(1000 * number + turn)
        @settings(max_examples=200, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
        @given(drafts())
        def run(draft: Draft) -> None:
            if not found and time.monotonic() < deadline and _quietly(space, draft):
                found.append(draft)

        run()
    return bool(found)


def _quietly(space: ClaimSpace, draft: Draft) -> bool:
    try:
        return _contradicts(space, draft)
    except LawbookError:
        return False


SLICE_S = 3.0           # of one claim in a soak; a claim is hunted again, with another seed, in the next round


def soak(seconds: float, number: int, only: str) -> list[str]:
    """The sharp claims and our own, hunted in turn; those that are broken.  An interruption ends the soak, and what was done is said."""
    chosen = [claim for claim in claims().values() if claim.reading in (Reading.SHARP, Reading.OURS) and only in claim.id]
    deadline, broken, tried, met = time.monotonic() + seconds, [], Counter[str](), Counter[str]()
    turn = 0
    try:
        while chosen and time.monotonic() < deadline:
            claim = chosen[turn % len(chosen)]
            found = hunt(claim, budget=min(SLICE_S, max(0.1, deadline - time.monotonic())), seed=number + turn // len(chosen))
            if isinstance(found, Found):
                broken.append(claim.id)
                print(f"{claim.id} is broken: {found.document()}", flush=True)
            else:
                tried[claim.id] += found.tried
                met[claim.id] += found.met or 0
            turn += 1
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    idle = [claim.id for claim in chosen if tried[claim.id] and not met[claim.id]]
    few = [f"{claim.id} {met[claim.id]}/{tried[claim.id]}" for claim in chosen if 0 < 2 * met[claim.id] < tried[claim.id]]
    print(f"{turn} hunts of {len(tried)} claims out of {len(chosen)}: {tried.total()} instances, {met.total()} with all hypotheses; "
          f"{len(broken)} broken")
    print(f"no instance with all hypotheses: {', '.join(idle) or 'none'}")
    print(f"less than half with all hypotheses: {', '.join(few) or 'none'}")
    return broken


METHODS = {"hunt": ours, "random sampling": sampling, "plain Hypothesis": plain_hypothesis}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--soak", type=float, metavar="SECONDS")
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    options = parser.parse_args()
    if options.soak is not None:
        sys.exit(1 if soak(options.soak, options.seed, options.only) else 0)
    plants = [claim for claim in PLANTS if options.only in claim.id]
    counts = dict.fromkeys(options.methods, 0)
    for claim in plants:
        ClaimSpace(claim)                                   # the libraries are loaded before a clock runs
        line = []
        for name in options.methods:
            started = time.monotonic()
            found = METHODS[name](claim, options.budget, options.seed) and time.monotonic() - started <= options.budget
            counts[name] += found
            line.append(f"{name} {'found' if found else '-'} {time.monotonic() - started:.1f} s")
        print(f"{claim.id:40} {'; '.join(line)}", flush=True)
    for name, count in counts.items():
        print(f"{name}: {count} of {len(plants)} within {options.budget:g} s")


if __name__ == "__main__":
    main()
