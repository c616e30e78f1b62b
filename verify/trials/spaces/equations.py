"""Hypotheses that are equations over index ranges, solved exactly for some of the arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from theory.errors import LawbookError
from theory.terms import And, Eq, ForAll, MatrixSymbol, Range, Symbol, eq, forall, index
from theory.terms.formula import Property, VectorEq
from theory.terms.linear import Entry, Row
from theory.terms.scalars import Apply, Indicator, Norm
from theory.terms.tensors import TensorSymbol
from verify.objects.instance import Instance
from verify.trials.spaces.drafts import Array
from verify.trials.spaces.exact import converted, reader, residuals, solved

Values = dict[str, Any]
Leaves = tuple[Any, ...]
MOST_CELLS = 256        # of an affine system for leaves inside an activation, which mostly is none


@dataclass
class Equations:
    """Equations with the groups of leaves for which they may be solved, tried in order; ``leaves`` are all that have values."""

    leaves: Leaves
    frozen: frozenset[str]
    entries: list[tuple[str, Any, list[Leaves]]] = field(default_factory=list)

    def add(self, name: str, formula: Any, expand: Callable[[Any], Any]) -> bool:
        """Take a hypothesis if it is an equation that some leaf may solve; ``expand`` replaces functions by their bodies."""
        if isinstance(formula, Property) and formula.name == "symmetric" and isinstance(formula.objects[0], MatrixSymbol):
            A, i, j = formula.objects[0], index("i"), index("j")
            formula = forall(eq(A[i, j] - A[j, i], 0), (i, Range(A.shape[0])), (j, Range(A.shape[0])))
        if not _is_equation(formula):
            return False
        expanded = _of_vectors(expand(formula))
        candidates = [leaf for leaf in self.leaves if leaf in expanded.free_symbols and leaf.name not in self.frozen]
        if not candidates:
            return False
        bare = {side.args[0] for e in expanded.atoms(Eq) for side in e.args if isinstance(side, Entry)}
        left = [e.args[0] for e in expanded.atoms(VectorEq)]
        made = {row.args[0] for row in left if isinstance(row, Row) and not isinstance(row.args[1], Symbol)}         # the x of x_{t+1} = …
        candidates.sort(key=lambda leaf: (leaf in bare, leaf not in made,
                                          isinstance(leaf, MatrixSymbol) and leaf.shape[0] != leaf.shape[1], leaf.name))
        inside = _inside(expanded)
        outer = tuple(leaf for leaf in candidates if leaf not in inside)
        together = [outer] if inside and len(outer) > 1 else []         # the coefficients of a network, its affine part with them
        self.entries.append((name, expanded, [*((leaf,) for leaf in candidates), *together]))
        self.entries.sort(key=lambda entry: len(entry[2]))
        return True

    @property
    def names(self) -> frozenset[str]:
        """The names of the hypotheses taken."""
        return frozenset(name for name, _, _ in self.entries)

    def solve(self, values: Values) -> frozenset[str] | None:
        """Solve the equations in turn, each for the first group that serves, without moving what earlier ones rest on.

        Returns: the names of what they were solved for; None where they were not.
        """
        systems: dict[str, list[Any]] = {}
        fixed: set[str] = set()
        for _, formula, groups in self.entries:
            for group in groups:
                if any(leaf.name in fixed for leaf in group):
                    continue
                found = self._solved([*(f for leaf in group for f in systems.get(leaf.name, [])), formula], group, values)
                if found is not None:
                    values.update(found)
                    for leaf in group:
                        systems.setdefault(leaf.name, []).append(formula)
                    fixed |= {other.name for other in self.leaves if other in formula.free_symbols and other not in group}
                    break
            else:
                return None
        return frozenset(systems)

    def _solved(self, formulas: list[Any], group: Leaves, values: Values) -> Values | None:
        """The values of a group that solve affine equations, as near to those given as elimination leaves them."""
        plain, bound = Instance(values, accuracy=0.0), read(self.leaves, values)
        given = [np.asarray(values[leaf.name], dtype=object) for leaf in group]
        ends = np.cumsum([array.size for array in given])[:-1]

        def parts(flat: Array) -> list[Array]:
            return [part.reshape(array.shape) for part, array in zip(np.split(flat, ends), given, strict=True)]

        def residual(flat: Array) -> list[Any]:
            moved = dict(zip((leaf.name for leaf in group), parts(flat), strict=True))
            at = reader(plain, {**bound, **read(group, moved)})
            return [value for formula in formulas for value in residuals(formula, at)]

        try:
            start = np.concatenate([array.reshape(-1) for array in given])
            inside = set().union(*map(_inside, formulas))
            if inside & set(group):
                here = residual(start)
                if start.size * len(here) > MOST_CELLS and any(here):
                    return None
            found = solved(residual, start)
        except LawbookError:
            return None
        return None if found is None else dict(zip((leaf.name for leaf in group), parts(found), strict=True))


def read(leaves: Leaves, values: Mapping[str, Any]) -> dict[Any, Any]:
    """The values of leaves as the exact reading takes them."""
    return {leaf: converted(values[leaf.name].reshape(-1) if isinstance(leaf, TensorSymbol) else values[leaf.name]) for leaf in leaves}


def _inside(formula: Any) -> set[Any]:
    """What stands inside activations and jumps, of which an equation is not affine."""
    return set().union(*(unit.args[-1].free_symbols for unit in formula.atoms(Apply, Indicator)))


def _of_vectors(formula: Any) -> Any:
    """The equation with ‖v‖ = 0 read as v = 0."""
    if isinstance(formula, Eq) and isinstance(formula.lhs, Norm) and formula.rhs == 0:
        return eq(formula.lhs.args[0], 0 * formula.lhs.args[0])
    if isinstance(formula, And):
        return And(*map(_of_vectors, formula.args))
    return ForAll(_of_vectors(formula.body), *formula.limits) if isinstance(formula, ForAll) else formula


def _is_equation(formula: Any) -> bool:
    if isinstance(formula, ForAll):
        return all(isinstance(domain, Range) for domain in formula.domains) and _is_equation(formula.body)
    if isinstance(formula, And):
        return all(map(_is_equation, formula.args))
    return isinstance(formula, (Eq, VectorEq))
