"""The searches: small exact instances, targeted Hypothesis, evolution, descent by gradients and simplices, in slices of a fixed length.

Slices are counted in trials, not in seconds, and taken in turn: which instances are tried, and in which order, depends on the seed
alone; the clock only decides when to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings, target
from scipy.optimize import differential_evolution, minimize

from theory.errors import BadData
from verify.trials.hunt.trials import Hit, OutOfTime, Trials
from verify.trials.property.strategies.drafted import drafts
from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft, rationals
from verify.trials.spaces.draws import draft_sizes, drawn_draft, sizes_that_serve
from verify.trials.spaces.sizes import entries, filled, lopsided, namings, sizes_upto

SMALL = tuple(map(Fraction, (0, 1, -1)))
POOL = (*SMALL, Fraction(1, 2), Fraction(-1, 2), Fraction(2), Fraction(-2), Fraction(3))
SLICE = 240             # trials of one search before the next takes over
ALL = 700               # instances of one size that are enumerated completely
PER_SIZE = 12           # else drawn, each time round
FINE = 1 << 14          # denominators in the continuous searches
QUOTIENT = 1 / 128      # steps of difference quotients: about a hundred of the least ones, so that rounding to them hardly shows
LARGEST = (3, 3, 4, 6)  # sizes by round


def small_instances(trials: Trials, number: int) -> Iterator[None]:
    """All instances of the least sizes with entries 0, ±1; then drawn ones, with halves, 2 and 3, of growing sizes."""
    space, choices, spent = trials.space, namings(trials.space), 0
    rng = np.random.default_rng([number, 1])
    turn = 0
    while True:
        sizes_list = sizes_upto(space, LARGEST[min(turn, len(LARGEST) - 1)] if len(space.sizes) < 5 else 2)
        for sizes in [*sizes_list, *(lopsided(space) if turn else [])]:
            m = entries(space, sizes)
            if turn == 0 and len(SMALL) ** m * len(choices) <= ALL:
                drafts: Iterator[Draft] = (filled(space, sizes, values, names) for values in product(SMALL, repeat=m) for names in choices)
            else:
                drafts = _drawn(space, sizes, rng, choices, POOL if turn % 2 else SMALL)
            for draft in drafts:
                trials.attempt(draft)
                spent += 1
                if spent % SLICE == 0:
                    yield
        turn += 1
        if not sizes_list:
            yield


def measured_drafts(trials: Trials, number: int) -> Iterator[None]:
    """Drafts as a measurement draws them, of the sizes at which instances are built."""
    space = trials.space
    try:
        allowed, choices = sizes_that_serve(space, draft_sizes(space)), namings(space)
    except BadData:                                        # no draft was built
        return
    rng = np.random.default_rng([number, 5])
    while True:
        for _ in range(SLICE // 2):
            trials.attempt(drawn_draft(space, allowed, choices, rng))
        yield


def _drawn(space: ClaimSpace, sizes: dict[str, int], rng: np.random.Generator, choices: list[dict[str, str]],
           pool: Sequence[Fraction]) -> Iterator[Draft]:
    m = entries(space, sizes)
    for _ in range(PER_SIZE):
        values = [pool[int(j)] for j in rng.integers(len(pool), size=m)]
        if rng.random() < 0.3:                             # sparse
            values = [v if rng.random() < 0.4 else Fraction(0) for v in values]
        draft = filled(space, sizes, values, choices[int(rng.integers(len(choices)))])
        kind = rng.random()
        yield draft if kind < 0.4 else _patterned(draft, rng) if kind < 0.55 else _copied(space, draft, rng)


def _patterned(draft: Draft, rng: np.random.Generator) -> Draft:
    """Each array is 1 everywhere, 1 on its diagonal, or as it was; with signs or without."""
    for name, array in draft.arrays.items():
        kind, indices = int(rng.integers(4)), np.indices(array.shape)
        if kind == 3 or not array.ndim:
            continue
        on = np.all(indices == indices[:1], axis=0) if kind else np.full(array.shape, True)
        signs = rng.choice([-1, 1], array.shape) if kind == 2 or rng.random() < 0.3 else np.ones(array.shape, dtype=int)
        draft = draft.with_array(name, rationals(np.where(on, signs, 0).tolist()))
    return draft


def _copied(space: ClaimSpace, draft: Draft, rng: np.random.Generator) -> Draft:
    """One index of one size repeats another in every array, up to a sign for each array: neurons that cancel, data that agree."""
    names = [name for name, size in draft.sizes.items() if size > 1]
    if not names:
        return draft
    name = names[int(rng.integers(len(names)))]
    p, q = (int(place) for place in rng.permutation(draft.sizes[name])[:2])
    for leaf in space.leaves:
        array, changed = draft.arrays[leaf.name], draft.arrays[leaf.name].copy()
        sign = int(rng.choice([-1, 1]))
        for axis in space.axes(leaf, name):
            source = np.take(array, p, axis=axis)
            changed[(*(slice(None),) * axis, q)] = sign * source
        draft = draft.with_array(leaf.name, changed)
    return draft


# --- Hypothesis ---------------------------------------------------------------------------------------------------------------------

def targeted(trials: Trials, number: int) -> Iterator[None]:
    """Hypothesis, told to make the margin small; its own database and clock are off."""
    turn = 0
    while True:
        sizes_list = sizes_upto(trials.space, 2 + min(turn, 2) if len(trials.space.sizes) < 5 else 2)
        if sizes_list:
            ended = _targeted_slice(trials, sizes_list, 1000 * number + turn)
            if ended is not None:
                raise ended
        turn += 1
        yield


def _targeted_slice(trials: Trials, sizes_list: list[dict[str, int]], number: int) -> Exception | None:
    """One run of Hypothesis; the hit or the end of time is handed back, because Hypothesis would take it for a failure to replay."""
    ended: list[Exception] = []

    @seed(number)
    @settings(max_examples=SLICE, database=None, deadline=None, phases=(Phase.generate, Phase.target),
              suppress_health_check=list(HealthCheck))
    @given(drafts(trials.space, sizes_list))
    def run(draft: Draft) -> None:
        if ended:
            return
        try:
            target(-trials.attempt(draft), label="margin")
        except (Hit, OutOfTime) as stop:
            ended.append(stop)

    run()
    return ended[0] if ended else None


# --- continuous searches ------------------------------------------------------------------------------------------------------------

def _spread(t: float) -> float:
    """[−2, 2] onto [−33, 33], fine near 0."""
    return float(np.sign(t) * (10 ** abs(t) - 1) / 3)


def _gathered(x: float) -> float:
    return float(np.sign(x) * np.log10(1 + 3 * abs(x)))


def _rounded(values: Any) -> list[Fraction]:
    return [Fraction(round(_spread(float(t)) * FINE), FINE) for t in values]


def evolved(trials: Trials, number: int) -> Iterator[None]:
    """Differential evolution of the entries at sizes taken in turn."""
    space, choices, turn = trials.space, namings(trials.space), 0
    rng = np.random.default_rng([number, 2])
    while True:
        pool = [s for s in sizes_upto(space, 3 if len(space.sizes) < 5 else 2) if 0 < entries(space, s) <= 24]
        if not pool:
            return
        sizes, names = pool[(7 * turn) % len(pool)], choices[turn % len(choices)]
        m = entries(space, sizes)
        start = np.clip(rng.normal(size=(16, m)) * 0.6, -2, 2)
        differential_evolution(lambda t, sizes=sizes, names=names: trials.attempt(filled(space, sizes, _rounded(t), names)),  # type: ignore[misc]
                               [(-2.0, 2.0)] * m, init=start, maxiter=SLICE // 16, polish=False, tol=0, rng=rng)
        turn += 1
        yield


def descended(trials: Trials, number: int) -> Iterator[None]:
    """Descent from the best drafts so far, in turn: along difference quotients of the margin (L-BFGS), then by a simplex (Nelder–Mead)."""
    space, turn = trials.space, 0
    rng = np.random.default_rng([number, 3])
    while True:
        if trials.leads:
            draft = trials.leads[turn // 2 % len(trials.leads)][1]
            start = np.array([_gathered(float(x)) for leaf in space.leaves for x in draft.arrays[leaf.name].reshape(-1)])

            def margin(t: Any, draft: Draft = draft) -> float:
                return trials.attempt(filled(space, dict(draft.sizes), _rounded(t), dict(draft.activations)))

            if len(start) and turn % 2 == 0:
                minimize(margin, start, method="L-BFGS-B", options={"maxfun": SLICE, "eps": QUOTIENT})
            elif len(start):
                step = float(rng.choice([0.3, 0.1, 0.03]))
                simplex = np.vstack([start, start + step * rng.standard_normal((len(start), len(start)))])
                minimize(margin, start, method="Nelder-Mead",
                         options={"maxfev": SLICE, "initial_simplex": simplex, "xatol": 1e-7, "fatol": 1e-12})
        turn += 1
        yield


_ENDED = object()
Search = Callable[[Trials, int], Iterator[None]]


def portfolio(trials: Trials, number: int, more: Sequence[Search] = ()) -> None:
    """All searches in turn, those of ``more`` first, until one raises Hit or OutOfTime."""
    running = [search(trials, number) for search in (*more, small_instances, measured_drafts, targeted, evolved, descended)]
    while running:
        for search in tuple(running):
            before = trials.count
            if next(search, _ENDED) is _ENDED:
                running.remove(search)
            elif trials.count == before and trials.is_over:
                raise OutOfTime
