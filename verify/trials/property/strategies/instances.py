"""Instances of a claim: small exact ones built from the sorts of its symbols, drafts that are repaired, registered draws and corners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from theory.claim import Claim
from theory.errors import BadData
from theory.registry import claims
from verify.laws.measure import Measurement
from verify.laws.registry import measurements
from verify.objects.instance import Instance
from verify.trials.property.strategies.drafted import draft_sizes, drafted, drafted_at
from verify.trials.property.strategies.generic import free_of_hypotheses, generic_instances, loosened_instances
from verify.trials.property.strategies.parameters import Values, require_hypothesis
from verify.trials.property.strategies.plan import plan_of
from verify.trials.spaces.claim_space import ClaimSpace


def instances(claim: Claim, drop: str | None = None, measurement: Measurement | None = None) -> SearchStrategy[Instance]:
    """Instances that satisfy the hypotheses of a claim, all but ``drop``.

    Three sources are joined, and one of them is enough.
    1. `generic`: every symbol of the claim gets a small exact value by its sort, and each hypothesis is met by construction, recognised by
       its formula (`verify.trials.spaces.needs`): unit rows, labels ±1, a fit, rank ≤ r, independent rows, … .  These come first, so a
       failing instance shrinks to one of small integers and fractions where there is one.
    2. `drafted`, where the first does not know the claim: numbers are drawn, equations are solved for one of their symbols, and what
       cannot be built in is checked.  This source **rejects** what it cannot mend; the others draw and reject nothing.
    3. `registered`: the corners of the claim's Measurement, and its draws from seeds that Hypothesis chooses; for a claim that is not in
       the library, or with ``drop``, those of a library claim that assumes everything that is left, and not the hypothesis dropped
       where there is such a claim; and the same with new values for all of which no hypothesis that is left speaks.

    An instance without the dropped hypothesis may satisfy it; most built ones do not.

    Args: claim; drop, the name of a hypothesis; measurement, to be used in place of the registered one (not with ``drop``).
    Returns: a strategy of `lawbook.Instance`.
    Raises: BadData if the claim has no such hypothesis, or no source exists; the message names the hypothesis that no draft met.

    >>> from verify.trials.property.strategies import simplest
    >>> from theory import find_claim
    >>> mcshane = find_claim("mcshane.floor")
    >>> found = simplest(instances(mcshane, drop="fits"), lambda instance: instance.array("y", 1)[0] == 2)
    >>> float(found.array("y", 1)[0]), float(found.values["f"](found.array("X", 2))[0])
    (2.0, 0.0)
    """
    return st.one_of(sources(claim, drop, measurement))


def sources(claim: Claim, drop: str | None = None, measurement: Measurement | None = None) -> tuple[SearchStrategy[Instance], ...]:
    """The sources that `instances` joins, in its order, apart: arguments and errors as there.

    >>> from theory import find_claim
    >>> len(sources(find_claim("bln.thm6.trace")))      # built, corners, draws, and both of the last with another base point
    4
    """
    require_hypothesis(claim, drop)
    if measurement is not None and drop is not None:
        raise BadData(f"a Measurement of {claim.id} draws instances with all its hypotheses; give no measurement together with drop")
    found: list[SearchStrategy[Instance]] = []
    problem: BadData | None = None
    try:
        found.append(exact_instances(claim, drop))
    except BadData as error:
        problem = error
    drawn = measurement or registered(claim, drop)
    if drawn is not None:
        seeded = _seeded(drawn)
        found += seeded
        rest = replace(claim, hypotheses=tuple(h for h in claim.hypotheses if h.name != drop))
        if free_of_hypotheses(rest):
            found.append(loosened_instances(rest, st.one_of(seeded)))
    if not found:
        raise BadData(str(problem)) from None
    return tuple(found)


def exact_instances(claim: Claim, drop: str | None = None) -> SearchStrategy[Instance]:
    """The `generic` instances, or the `drafted` ones where a hypothesis is not known to the generic builder.

    Raises: BadData naming the hypothesis that no draft met.
    """
    try:
        return generic(claim, drop)
    except BadData:
        return drafted(claim, drop)


def by_size(claim: Claim, drop: str | None = None) -> Iterator[tuple[Values, SearchStrategy[Instance]]]:
    """The instances of `exact_instances` apart by their numbers (n, d, k, …), smallest numbers first.

    >>> from theory import find_claim
    >>> [numbers["n"] for numbers, _ in by_size(find_claim("bln.thm5.tempting_constant"))][:2]
    [1, 2]
    """
    try:
        plan = plan_of(claim, drop)
    except BadData:
        space = ClaimSpace(claim, drop)
        for numbers in draft_sizes(space):
            yield dict(numbers), drafted_at(space, [numbers])
        return
    for values in plan.tuples:
        yield values, generic_instances(replace(plan, tuples=[values]))


def generic(claim: Claim, drop: str | None = None) -> SearchStrategy[Instance]:
    """The instances built from the claim's sorts and formulas alone.

    Raises: BadData naming the hypothesis, or the combination of hypotheses, that no builder meets.

    >>> from verify.trials.property.strategies import simplest
    >>> from theory import find_claim
    >>> simplest(generic(find_claim("bln.thm9.sharp")), lambda instance: True).values["A"].tolist() == [[1]]
    True
    """
    require_hypothesis(claim, drop)
    return generic_instances(plan_of(claim, drop))


def registered(claim: Claim, drop: str | None = None) -> Measurement | None:
    """The Measurement whose instances satisfy the hypotheses of a claim but the dropped one; None if there is none.

    It is the claim's own, or one of a library claim with the same symbols that assumes at least what is left, and as little more as can be.

    >>> from theory import find_claim
    >>> registered(find_claim("bln.thm6.trace"), drop="labels") is not None
    True
    """
    require_hypothesis(claim, drop)
    if drop is None and claim.id in measurements():
        return measurements()[claim.id]
    kept = {h.formula for h in claim.hypotheses if h.name != drop}
    named = set(claim.conclusion.free_symbols).union(*(formula.free_symbols for formula in kept))
    serving = []
    for id, measurement in measurements().items():
        assumed = [h.formula for h in claims()[id].hypotheses]
        if measurement.refutation is None and kept <= set(assumed) and named <= _named_by(claims()[id]):
            serving.append((drop is not None and claim.hypothesis(drop).formula in assumed, len(assumed), id))
    for _, _, id in sorted(serving):
        found = measurements()[id]
        drawn = found.draw(np.random.default_rng(0))
        if all(drawn.has(s.name) or drawn.conventional_size(s.name) is not None for s in named):
            return Measurement(claim.id, found.draw, found.corners)
    return None


def _named_by(claim: Claim) -> set[Any]:
    """The symbols of a claim: two of one name and different sorts or declarations are different, and no instance serves both."""
    return set(claim.conclusion.free_symbols).union(*(h.formula.free_symbols for h in claim.hypotheses))


def _seeded(measurement: Measurement) -> list[SearchStrategy[Instance]]:
    """The corners of a measurement, if it has any, and its draws at all seeds."""
    def at(seed: int) -> Instance:
        return measurement.draw(np.random.default_rng(seed))

    def built(corner: Callable[[], Instance]) -> Instance:
        return corner()

    corners = [st.sampled_from(measurement.corners).map(built)] if measurement.corners else []
    return [*corners, st.integers(0, 2**32 - 1).map(at)]
