"""The adversary: instances of a lemma from free numbers, degenerate ones first, then an evolution strategy that minimises the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import HypothesisViolated
from theory.proof import Lemma
from theory.terms import ForAll, Formula
from verify.evaluate import Evaluator, Instance, Outcome
from verify.laws.lemmas.measure import MeasuredMargin, Model, concrete, measure

Array = NDArray[np.float64]
Arrays = dict[str, Any]
Shape = Mapping[str, int]
Finish = Callable[[Arrays, Shape], Arrays]


def as_drawn(arrays: Arrays, shape: Shape) -> Arrays:
    """No hypothesis to build in: the free numbers are the instance."""
    return arrays


@dataclass(frozen=True)
class Variant:
    """A false copy of a lemma: another conclusion (`change`), or instances that miss a hypothesis (`finish`).

    It is broken where the search finds an instance that violates it beyond all errors.
    """

    name: str
    change: Callable[[Formula], Formula] | None = None
    finish: Finish | None = None
    shapes: tuple[Shape, ...] | None = None
    starts: Callable[[Shape], Sequence[Arrays]] | None = None
    model: Model | None = None


@dataclass(frozen=True)
class Search:
    """How instances of one lemma are drawn.

    leaves: name -> letters of its sizes ("W": "kd", "s": "" for a scalar); finish: makes the free numbers satisfy the hypotheses;
    starts: instances to begin with, besides the degenerate ones that every lemma gets; tight: the margin 0 is reached (or approached
    within `slack`) at an instance with nonzero sides, which shows that the search sees the boundary; also: further readings and instances
    of the lemma itself, which must hold; unmeasured: properties that are true by construction and have no numeric reading.
    """

    lemma: Lemma
    leaves: Mapping[str, str]
    shapes: tuple[Shape, ...]
    model: Model
    false: tuple[Variant, ...]
    finish: Finish = as_drawn
    starts: Callable[[Shape], Sequence[Arrays]] | None = None
    tight: bool = True
    slack: float = 1e-6
    also: tuple[Variant, ...] = ()
    unmeasured: frozenset[str] = frozenset()


@dataclass(frozen=True)
class HuntEffort:
    """draws: random instances a shape; generations and children of the evolution strategy; seed."""

    draws: int = 6
    generations: int = 8
    children: int = 4
    seed: int = 0


@dataclass(frozen=True)
class WorstInstance:
    """The worst instance: its margin log(rhs/lhs), whether the statement is violated there, and how many were tried."""

    margin: float
    violated: bool
    instance: Instance
    shape: Shape
    evaluations: int
    detail: str = field(default="", repr=False)


def hunt(search: Search, variant: Variant | None = None, effort: HuntEffort | None = None) -> WorstInstance:
    """The instance with the least margin that the adversary finds for a lemma, or for a variant of it.

    A hunt for a variant ends at the first instance that breaks it.  Instances of the lemma itself are checked against its hypotheses.

    Raises: HypothesisViolated when the search builds an instance that is not one of the lemma.

    >>> from verify.laws.lemmas import find_search, hunt
    >>> found = hunt(find_search("lemma.cauchy"))
    >>> found.violated, abs(found.margin) < 1e-9
    (False, True)
    """
    return _Hunt(search, variant, effort or HuntEffort()).run()


class _Hunt:
    """One hunt, with its concrete formulas."""

    def __init__(self, search: Search, variant: Variant | None, effort: HuntEffort) -> None:
        self.search, self.variant, self.effort = search, variant, effort
        chosen = variant.model if variant is not None else None
        self.model = chosen if chosen is not None else search.model
        conclusion = search.lemma.conclusion
        if variant is not None and variant.change is not None:
            conclusion = variant.change(conclusion)
        self.goal = concrete(conclusion, search.lemma, self.model)
        self.hypotheses = [concrete(h, search.lemma, self.model) for h in search.lemma.hypotheses]
        finish = variant.finish if variant is not None else None
        self.finish = finish if finish is not None else search.finish
        self.honest = finish is None and chosen is None
        self.rng = np.random.default_rng(effort.seed)
        self.evaluations = 0

    def run(self) -> WorstInstance:
        own = self.variant.shapes if self.variant is not None else None
        best: tuple[WorstInstance, Arrays] | None = None
        for shape in own if own is not None else self.search.shapes:
            for arrays in self._first(shape):
                best = self._better(best, arrays, shape)
                if self._is_over(best):
                    return best[0]
        if best is None:
            raise HypothesisViolated(f"the search for {self.search.lemma.id} has no instance; give it a shape")
        step = 0.3
        for _ in range(self.effort.generations):
            before = best[0].margin
            for _ in range(self.effort.children):
                best = self._better(best, self._child(best[1], step), best[0].shape)
                if self._is_over(best):
                    return best[0]
            step *= 1.4 if best[0].margin < before else 0.5
        return best[0]

    def _is_over(self, best: tuple[WorstInstance, Arrays]) -> bool:
        """A broken variant needs no more search."""
        return self.variant is not None and best[0].violated

    def _first(self, shape: Shape) -> Iterator[Arrays]:
        given = self.variant.starts if self.variant is not None and self.variant.starts is not None else self.search.starts
        for arrays in given(shape) if given is not None else ():
            yield {**next(iter(degenerate(self.search.leaves, shape))), **arrays}
        yield from degenerate(self.search.leaves, shape)
        for _ in range(self.effort.draws):
            yield drawn(self.search.leaves, shape, self.rng)

    def _better(self, best: tuple[WorstInstance, Arrays] | None, arrays: Arrays, shape: Shape) -> tuple[WorstInstance, Arrays]:
        self.evaluations += 1
        values = self.finish({name: np.array(a, dtype=np.float64) for name, a in arrays.items()}, shape)
        instance = Instance({**shape, **values}, seed=self.effort.seed)
        if self.honest:
            self._check_hypotheses(instance)
        found = measure(self.goal, self.model, instance)
        worse = best is not None and not self._is_worse(found, best[0])
        if worse and best is not None:
            return WorstInstance(**{**vars(best[0]), "evaluations": self.evaluations}), best[1]
        return WorstInstance(found.margin, found.violated, instance, shape, self.evaluations, found.detail), arrays

    @staticmethod
    def _is_worse(found: MeasuredMargin, best: WorstInstance) -> bool:
        return (not found.violated, found.margin) < (not best.violated, best.margin)

    def _check_hypotheses(self, instance: Instance) -> None:
        at = Evaluator(instance, self.model.options)
        for hypothesis in self.hypotheses:
            if getattr(_of_all(hypothesis), "name", None) in self.search.unmeasured:
                continue
            outcome = at.fact(hypothesis).outcome
            if outcome in (Outcome.VIOLATED, Outcome.UNDECIDED):
                raise HypothesisViolated(
                    f"an instance built for {self.search.lemma.id} makes the hypothesis {hypothesis} {outcome.value}; mend its `finish`"
                )

    def _child(self, arrays: Arrays, step: float) -> Arrays:
        """Gaussian steps in proportion to the size of each array, in a random half of the entries."""
        child = {}
        for name, a in arrays.items():
            a = np.asarray(a, dtype=np.float64)
            moves = self.rng.random(a.shape) < 0.5
            scale = step * max(float(np.max(np.abs(a), initial=0.0)), 1e-3)
            child[name] = a + scale * moves * self.rng.standard_normal(a.shape)
        return child


def _of_all(formula: Formula) -> Formula:
    """What is said of all values of the bound variables."""
    return _of_all(formula.body) if isinstance(formula, ForAll) else formula


def _sizes(letters: str, shape: Shape) -> tuple[int, ...]:
    return tuple(shape[letter] for letter in letters)


def degenerate(leaves: Mapping[str, str], shape: Shape) -> Iterator[Arrays]:
    """Ones, zeros, basis vectors, alternating signs, one huge entry, one tiny scale."""
    patterns: tuple[Callable[[tuple[int, ...]], Array], ...] = (
        np.ones,
        np.zeros,
        _basis,
        lambda size: np.where(np.arange(int(np.prod(size))) % 2 == 0, 1.0, -1.0).reshape(size),
        _spike,
        lambda size: 1e-6 * _basis(size),
    )
    for pattern in patterns:
        yield {name: pattern(_sizes(letters, shape)) for name, letters in leaves.items()}


def _basis(size: tuple[int, ...]) -> Array:
    """1, e_1 or the identity, repeated where the rows are more than the columns."""
    if len(size) < 2:
        return np.concatenate([np.ones(min(1, *size)), np.zeros(size[0] - 1)]) if size else np.ones(())
    return np.eye(size[-1])[np.arange(int(np.prod(size[:-1]))) % size[-1]].reshape(size)


def _spike(size: tuple[int, ...]) -> Array:
    array = np.full(size, 1e-3)
    array.reshape(-1)[:1] = 1e3
    return array


def drawn(leaves: Mapping[str, str], shape: Shape, rng: np.random.Generator) -> Arrays:
    """Normal entries on a random scale; integers in a third of the draws, for ties."""
    arrays: Arrays = {}
    whole = rng.random() < 1 / 3
    for name, letters in leaves.items():
        a = rng.standard_normal(_sizes(letters, shape))
        arrays[name] = np.rint(2 * a) if whole else a * 10.0 ** rng.uniform(-1, 1)
    return arrays
