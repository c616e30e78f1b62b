"""The instances of a claim: what its free symbols stand for, and how its hypotheses are built in.

A hypothesis is recognised by its formula, never by its name.  Labels become signs, rows unit vectors, equations are solved exactly
for one of their leaves, functions are defined by the equation that describes them; what is not recognised is checked on the
finished instance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Pow

from theory.claim import Claim, Hypothesis
from theory.errors import BadData, LawbookError
from theory.terms import And, Le, MatrixSymbol, Symbol, VectorSymbol
from theory.terms.formula import Property
from theory.terms.scalars import Activation, ConcreteActivation, Function
from theory.terms.sorts import names_in
from theory.terms.tensors import TensorSymbol
from verify.evaluate import Evaluator, Outcome
from verify.evaluate.declared import broken_by, nearest_declared
from verify.objects.instance import Instance
from verify.trials.spaces.activations import PSI, name_of, psi_named
from verify.trials.spaces.bends import bent, bent_functions, function_of, is_bent, parts_of
from verify.trials.spaces.choices import Choices
from verify.trials.spaces.definitions import definitions_of, expanded
from verify.trials.spaces.drafts import Draft, rationals
from verify.trials.spaces.equations import Equations, Values, read
from verify.trials.spaces.exact import reader
from verify.trials.spaces.functions import defined_function
from verify.trials.spaces.needs import FITS, Need, recognised
from verify.trials.spaces.parts import is_leaf, is_nonnegative, laws, nonzero, orders, oriented, require_names
from verify.trials.spaces.repairs import ONLY_HELP, Repair, limits, repair
from verify.trials.spaces.tables import count_of_values, tabled, tables

MOST_ORDER = 4          # of tensors, and exponents
MOST_CELLS = 1 << 12    # of a tensor
FIRST = ("opposite pairs", "independent rows", "signs")         # they change what other repairs rest on
LATE = "rank at most"                                   # once the matrix is final
POOLS = {"signs": (-1, 1), "bits": (0, 1)}              # entries that no others replace
MOST_SIZE = 64
FINE = 1 << 12          # denominators of numbers that are raised
ROUNDING = 1e-9         # of what they are to bound
LARGE = 64                                              # a number that asks nothing of an activation that it bounds


@dataclass(eq=False)
class ClaimSpace:
    """The instances of a claim without the hypothesis ``drop``; what ``beside`` speaks of has values too.

    >>> from theory import find_claim
    >>> space = ClaimSpace(find_claim("bln.thm5.sharp"), "no bias")
    >>> sorted(space.sizes), [leaf.name for leaf in space.leaves]
    (['d', 'k', 'n'], ['W', 'X', 'a', 'b', 'y'])

    Raises: BadData for an unknown hypothesis, with the names of those there are; for two of one name.
    """

    claim: Claim
    drop: str | None = None
    beside: tuple[Any, ...] = ()
    sizes: tuple[str, ...] = field(init=False)
    leaves: tuple[Any, ...] = field(init=False)
    activations: Mapping[str, tuple[str, ...]] = field(init=False)
    hypotheses: tuple[Hypothesis, ...] = field(init=False)
    orders: frozenset[str] = field(init=False)
    built: set[str] = field(init=False)

    def __post_init__(self) -> None:
        require_names(self.claim)
        names = [h.name for h in self.claim.hypotheses]
        if self.drop is not None and self.drop not in names:
            raise BadData(f"{self.claim.id} has no hypothesis {self.drop!r}; it has {', '.join(map(repr, names)) or 'none'}")
        self.hypotheses = tuple(h for h in self.claim.hypotheses if h.name != self.drop) + tuple(laws(self.claim))
        formulas = [h.formula for h in (*self.claim.hypotheses, *laws(self.claim))] + [self.claim.conclusion, *self.beside]
        free = set().union(*(f.free_symbols for f in formulas))
        for chance_variable, law in self.claim.chance.over if self.claim.chance else ():
            free |= {chance_variable} | law.free_symbols
        dependences = [h for h in self.hypotheses if isinstance(h.formula, Property) and h.formula.name == "depends only on"
                       and isinstance(h.formula.objects[1], MatrixSymbol)]
        self._projections = {h.formula.objects[0]: h.formula.objects[1] for h in dependences}
        dropped = [h.formula for h in self.claim.hypotheses if h.name == self.drop]
        may_jump = [f.objects[0] for f in dropped if isinstance(f, Property) and f.name == "Lipschitz on"]
        self._stated = [h.formula for h in self.hypotheses] + [self.claim.conclusion, *self.beside]
        self._tabled = tabled(self._stated, [h.formula for h in self.hypotheses])
        self._bent = bent_functions([*self._stated, *dropped])
        self._definitions = definitions_of(self.hypotheses, free, self._projections, may_jump, [*self._tabled, *self._bent])
        self._bent = [f for f in self._bent if f not in self._definitions]
        free |= {part for f in self._bent for part in parts_of(f)}
        free |= {VectorSymbol(f"{f.name}.c", count_of_values(f, self._stated)) for f in self._tabled}
        self.built = {h.name for h in dependences if self._definitions[h.formula.objects[0]][2] == ""}
        for x, body, _ in self._definitions.values():
            free |= body.free_symbols - {x}
        free |= {s for leaf in free for s in leaf.free_symbols}
        self.sizes = tuple(sorted(s.name for s in free if isinstance(s, Symbol) and s.is_integer))
        self.size_symbols = {s.name: s for s in free if isinstance(s, Symbol) and s.is_integer}
        self._dimensions = set().union(*(leaf.free_symbols - {leaf} for leaf in free))
        self._open_constants = {c.name for c in self.claim.constants}
        self.leaves = tuple(sorted((s for s in free if is_leaf(s) and s.name not in self._open_constants), key=lambda s: s.name))
        self.orders = frozenset(s.name for f in formulas for s in orders(f)) & set(self.sizes)
        self.functions = tuple(sorted((s for s in free if isinstance(s, Function)), key=lambda s: s.name))
        psi = [s for s in free if isinstance(s, Activation) and not isinstance(s, ConcreteActivation)]
        self.activations = {s.name: self._fitting(s) for s in sorted(psi, key=lambda s: s.name)}
        self._size_limits: list[Any] = []
        self._repairs: list[tuple[str, Repair]] = []
        self._frozen: set[str] = set()
        self._data: tuple[Any, ...] = ()
        self._neurons: list[tuple[Any, ...]] = []
        self._needs: list[Need] = []
        self._repairs += [("bent", bent(f, [h.formula for h in self.hypotheses])) for f in self._bent]
        self._frozen |= {s.name for f in self._bent for h in self.hypotheses if is_bent(h.formula, f) for s in h.formula.free_symbols}
        for hypothesis in self.hypotheses:
            if hypothesis.name not in self.built:
                self._take(hypothesis)
        self._repairs.sort(key=lambda entry: entry[0] not in FIRST)
        self._equations = Equations(self.leaves, frozenset(self._frozen))
        for hypothesis in self.hypotheses:
            if hypothesis.name not in self.built | self.definitions:
                self._equations.add(hypothesis.name, hypothesis.formula, self.expanded)
        self._first, self._last = self._choices()
        arrays = {leaf for _, _, groups in self._equations.entries for group in groups for leaf in group if not isinstance(leaf, Symbol)}
        self._is_coupled = any(arrays & f.free_symbols for f in self._first.formulas)

    # --- what the hypotheses say ----------------------------------------------------------------------------------------

    def _fitting(self, psi: Any) -> tuple[str, ...]:
        """The activations that satisfy what is asked of the activation alone, whatever the numbers in it."""
        asked = [h.formula for h in self.hypotheses if isinstance(h.formula, Property) and psi in h.formula.free_symbols and all(
            isinstance(s, (Symbol, Activation)) for s in h.formula.free_symbols)]
        large = {s.name: LARGE for f in asked for s in f.free_symbols if isinstance(s, Symbol)}
        found = []
        for name in PSI:
            at = Evaluator(Instance({**large, psi.name: psi_named(name)}))
            try:
                if all(at.fact(f).outcome is Outcome.HOLDS for f in asked):
                    found.append(name)
            except LawbookError:                            # such as the degree of what is no polynomial
                continue
        return tuple(found)

    def _choices(self) -> tuple[Choices, Choices]:
        """The moves before the equations are solved, and those after, which the equations do not rest on."""
        formulas = [self.expanded(h.formula) for h in self.unbuilt if not isinstance(h.formula, Property)]
        formulas = [f for f in formulas if f.free_symbols & {*self.leaves, *self.size_symbols.values()}
                    and not f.atoms(Function, Activation) - f.atoms(ConcreteActivation)]
        pools = {leaf: POOLS[need.kind] for need in self._needs if need.kind in POOLS for leaf in need.leaves}
        pairs: list[tuple[Any, ...]] = [need.leaves for need in self._needs if need.kind == "circle"]
        paired = {t for pair in pairs for t in pair}
        integers = [self.size_symbols[name] for name in self.counts if name not in self.orders]
        numbers = [*pairs, *((t,) for t in (*self.leaves, *integers) if isinstance(t, Symbol) and t not in paired)]
        arrays = [leaf for leaf in self.leaves if type(leaf) in (VectorSymbol, MatrixSymbol) or leaf in pools]
        solved = set().union(*(formula.free_symbols for _, formula, _ in self._equations.entries))
        about = set().union(*(f.free_symbols for f in formulas))
        free = tuple(group for group in numbers if about & set(group))
        first = Choices(tuple(formulas), free, tuple(leaf for leaf in arrays if leaf in about), pools)
        return first, Choices(first.formulas, tuple(g for g in first.numbers if not solved & set(g)), (), {})

    def _take(self, hypothesis: Hypothesis) -> None:
        """Find out how a hypothesis is met: by a repair, by solving equations, or (nothing is done here) by looking."""
        need = recognised(hypothesis.formula) or oriented(hypothesis.formula)
        self._size_limits += [] if need is None else limits(need)
        self._needs += [] if need is None else [need]
        if need is not None and need.kind in FITS:
            self._data = need.leaves[1:]
        if need is not None and need.kind == "network":
            self._neurons = [need.leaves[1:3]]
        found = None if need is None or self._is_shared(need) else repair(need)
        if need is not None and found is not None:
            self._repairs.append((need.kind, found))
            if need.kind not in ONLY_HELP:
                self.built.add(hypothesis.name)
                self._frozen |= {leaf.name for leaf in need.leaves if need.kind == "circle" or not isinstance(leaf, Symbol)} - (
                    {need.leaves[0].name} if need.kind == LATE else set())

    def _is_shared(self, need: Need) -> bool:
        """Whether the size that is to follow a rank is the size of an array as well."""
        return need.kind == "rank at most" and any(need.leaves[1] in leaf.free_symbols for leaf in self.leaves if leaf != need.leaves[1])

    def expanded(self, term: Any) -> Any:
        """The term with f(t) replaced by the body that defines f."""
        return expanded(term, self._definitions)

    @property
    def definitions(self) -> frozenset[str]:
        """The names of the hypotheses that define a function."""
        return frozenset(name for _, _, name in self._definitions.values() if name)

    @property
    def by_construction(self) -> frozenset[str]:
        """The names of the hypotheses "f depends only on Px" for functions that were made of Px."""
        return frozenset(h.name for h in self.hypotheses if isinstance(h.formula, Property) and h.formula.objects[0] in self._projections
                         and self._definitions[h.formula.objects[0]][2] == "" and h.name in self.built)

    @property
    def under_roots(self) -> frozenset[str]:
        """The sizes of which equations take a root, which is rational for squares alone."""
        powers = set().union(*(formula.atoms(Pow) for _, formula, _ in self._equations.entries))
        return frozenset(s.name for p in powers if not p.exp.is_integer for s in p.base.free_symbols) & set(self.sizes)

    @property
    def bodies(self) -> list[tuple[Any, Any]]:
        """The variable and the body of each function that is defined."""
        return [(x, body) for x, body, _ in self._definitions.values()]

    @property
    def unbuilt(self) -> list[Hypothesis]:
        """The hypotheses that an instance must be checked for."""
        return [h for h in self.hypotheses if h.name not in self.built | self.definitions | self._equations.names]

    @property
    def counts(self) -> list[str]:
        """The integers that are no dimension of an array."""
        return [name for name in self.sizes if self.size_symbols[name] not in self._dimensions]

    def may_be(self, size: str) -> list[int]:
        """The integers that a size may be, 0 and negative ones where it is declared so and is no dimension of an array; the least first."""
        symbol = self.size_symbols[size]
        least = 1 if symbol in self._dimensions else -MOST_SIZE
        return sorted((t for t in range(least, MOST_SIZE + 1) if not broken_by(symbol, t)), key=lambda t: (abs(t), t < 0))

    # --- drafts and instances --------------------------------------------------------------------------------------------

    def shape(self, leaf: Any, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape of the array that a leaf stands for."""
        at = {self.size_symbols[name]: value for name, value in sizes.items()}
        if isinstance(leaf, TensorSymbol):
            d, p = (int(term.subs(at)) for term in leaf.shape_of_tensor)
            return (d,) * p
        dims = (leaf.dim,) if isinstance(leaf, VectorSymbol) else leaf.shape if isinstance(leaf, MatrixSymbol) else ()
        return tuple(int(term.subs(at)) for term in dims)

    def axes(self, leaf: Any, size: str) -> tuple[int, ...]:
        """The axes of a leaf whose length is the size."""
        dims = (leaf.dim,) if isinstance(leaf, VectorSymbol) else leaf.shape if isinstance(leaf, MatrixSymbol) else ()
        return tuple(axis for axis, dim in enumerate(dims) if dim == self.size_symbols[size])

    def allows(self, sizes: Mapping[str, int]) -> bool:
        """Whether the hypotheses on the sizes alone hold."""
        if any(sizes[order] > MOST_ORDER for order in self.orders) or (
                self.orders and max(sizes.values()) ** max(sizes[order] for order in self.orders) > MOST_CELLS):
            return False
        at = Evaluator(Instance(dict(sizes)))
        try:
            if any(at.fact(limit).outcome is Outcome.VIOLATED for limit in self._size_limits):
                return False
            return all(at.fact(h.formula).outcome is not Outcome.VIOLATED for h in self.hypotheses
                       if names_in(h.formula) <= set(self.sizes) and h.name not in self.built)
        except LawbookError:
            return False

    def build(self, draft: Draft) -> Instance | None:
        """The instance of a draft with the recognised hypotheses built in; None where that cannot be done.

        Where the labels of a draft cannot be fitted at its data, the data of one label are moved to one place, then all data.
        """
        for eased in (draft, *self._eased(draft)):
            try:
                values = self._values(eased)
                if not self._repaired(values):
                    continue
                ahead = {**values}
                solved = self._equations.solve(ahead) if self._is_coupled else None
                values = values if solved is None else ahead
                moved = self._first.made(values, solved or ())
                if moved is not values:
                    values = moved
                    if not self._repaired(values):
                        continue
                if self._equations.solve(values) is not None and self._keeps_signs(values):
                    values = self._last.made(values)
                    if all(repair(values) for kind, repair in self._repairs if kind == LATE):
                        return self._raised(self.defined(values))
            except LawbookError:                           # a term that is not evaluated there
                continue
        return None

    def _raised(self, instance: Instance) -> Instance:
        """The instance with numbers that bound something of a function, as in Lip(f) ≤ L, at least that large."""
        inside = set().union(*(body.free_symbols for _, body in self.bodies))
        for formula in self.bounds:
            if formula.rhs in self.leaves:
                bound, least = formula.rhs, Evaluator(instance).value(formula.lhs)[1]
                if bound not in inside and instance.values[bound.name] < least < np.inf:
                    near = Fraction(least).limit_denominator(FINE)
                    instance = instance.with_values(**{bound.name: near if near > least * (1 - ROUNDING) else near + Fraction(1, FINE)})
        return instance

    @property
    def bounds(self) -> list[Any]:
        """The hypotheses, and parts of them, that bound something of a function by a number, as Lip(f) ≤ L does."""
        parts = [part for h in self.hypotheses for part in (h.formula.args if isinstance(h.formula, And) else (h.formula,))]
        return [part for part in parts if isinstance(part, Le) and isinstance(part.rhs, Symbol) and part.lhs.atoms(Function)]

    def _repaired(self, values: Values) -> bool:
        return all(repair(values) for kind, repair in self._repairs if kind != LATE)

    def _keeps_signs(self, values: Values) -> bool:
        """Whether what was solved for is what its symbol declares; a table is nonnegative."""
        return all(not np.any(values[leaf.name] < 0) if not isinstance(leaf, Symbol) else not broken_by(leaf, values[leaf.name][()])
                   for leaf in self.leaves if is_nonnegative(leaf) or isinstance(leaf, Symbol))

    def _eased(self, draft: Draft) -> Iterator[Draft]:
        if not self._data or any(leaf not in self.leaves for leaf in self._data):
            return
        X, y = self._data
        places, labels = nonzero(draft.arrays[X.name]), [-1 if t < 0 else 1 for t in draft.arrays[y.name]]
        if len(labels) > 1:
            mixed = labels if len(set(labels)) == 2 else [labels[0], -labels[0], *labels[2:]]
            yield draft.with_array(X.name, places[[mixed.index(s) for s in mixed]]).with_array(y.name, rationals(mixed))
        alone = draft.with_array(X.name, places[[0] * len(labels)]).with_array(y.name, rationals([labels[0]] * len(labels)))
        for W, b in self._neurons:                         # one neuron looks along the datum
            rows, offsets = draft.arrays[W.name].copy(), draft.arrays[b.name].copy()
            rows[0], offsets[0] = places[0], Fraction(1)
            alone = alone.with_array(W.name, rows).with_array(b.name, offsets)
        yield alone

    def rebuilt(self, draft: Draft) -> Instance:
        """The instance whose values a draft holds, nothing changed."""
        return self.defined(self._values(draft))

    def draft_from(self, instance: Instance, draft: Draft) -> Draft:
        """The draft that holds the values of a built instance."""
        arrays = {leaf.name: np.asarray(instance.values[leaf.name], dtype=object) for leaf in self.leaves}
        names = {psi: name if psi_named(name).name == instance.values[psi].name else name_of(instance.values[psi])
                 for psi, name in draft.activations.items()}
        return Draft({name: int(instance.values[name]) for name in self.sizes}, arrays, names)

    def _values(self, draft: Draft) -> Values:
        values: Values = {name: int(draft.sizes[name]) for name in self.sizes}
        values |= {name: psi_named(draft.activations[name]) for name in self.activations}
        values |= dict.fromkeys(self._open_constants, 1)    # the two sides are compared at constant 1
        for leaf in self.leaves:
            array = draft.arrays[leaf.name]
            if is_nonnegative(leaf):
                array = np.array(abs(array), dtype=object)
            values[leaf.name] = np.array(nearest_declared(leaf, array[()]), dtype=object) if isinstance(leaf, Symbol) else array
        return values

    def defined(self, values: Values) -> Instance:
        """The instance with its functions."""
        plain = Instance({name: value[()] if isinstance(value, np.ndarray) and not value.ndim else value for name, value in values.items()},
                         accuracy=0.0)
        bound = read(self.leaves, values)
        functions: dict[str, Any] = {f.name: function_of(f, values) for f in self._bent}
        if self._tabled:
            drawn = {f.name: values[f"{f.name}.c"] for f in self._tabled}
            tabled, kept = tables(self._tabled, self._stated, [h.formula for h in self.hypotheses], self.claim.conclusion,
                                     reader(plain, bound), drawn)
            functions |= tabled
            plain = plain.with_values(**{f"{name}.c": array for name, array in kept.items()})
        for f, (x, body, _) in self._definitions.items():
            d = int(f.dim.subs({self.size_symbols[name]: values[name] for name in self.sizes}))
            functions[f.name] = defined_function(body, x, plain, bound, d)
        return plain.with_values(**functions)
