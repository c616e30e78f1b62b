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
from sympy import Integer, Pow, Symbol

from theory.claim import Claim, Hypothesis
from theory.errors import BadData, LawbookError
from theory.terms import Eq, ForAll, MatrixSymbol, Range, Space, Sum, VectorSymbol, dot, eq, forall, index, norm, relu
from theory.terms.formula import Property
from theory.terms.linear import NonnegativeTable
from theory.terms.scalars import Activation, ConcreteActivation, Function, Value
from theory.terms.sets import Signs, SphereRows
from theory.terms.sorts import Binder, names_in, open_binder, replace
from theory.terms.tensors import InjectiveNorm, TensorPower, TensorSymbol
from verify.evaluate import Evaluator, Outcome
from verify.instance import Instance
from verify.networks import activation
from verify.networks.activations import Activation as PsiObject
from verify.networks.polynomials import polynomial_activation
from verify.spaces.drafts import Draft, rationals
from verify.spaces.equations import Equations, Values, read
from verify.spaces.functions import defined_function
from verify.spaces.needs import FITS, Need, recognised
from verify.spaces.repairs import ONLY_HELP, Repair, limits, repair

PSI = ("relu", "abs", "identity", "leaky_relu:1/4", "shifted", "power:2", "raised")
OWN_NEURONS = 2         # of a function that no hypothesis defines
MOST_ORDER = 4          # of tensors, and exponents
MOST_CELLS = 1 << 12    # of a tensor
FIRST = ("opposite pairs", "independent rows")         # they change what other repairs rest on
LATE = "rank at most"                                   # once the matrix is final


def _shifted(t: Any) -> Any:
    return np.asarray(np.where(t > 0, t, 0 * t) + 1)


SHIFTED = PsiObject("shifted", _shifted, lambda t: np.where(t > 0, 1.0, 0.0), 1.0, (0.0, 1.0), False, False, 1.0)
OWN = {"shifted": SHIFTED, "raised": polynomial_activation([1, 0, 1])}


def psi_named(name: str) -> PsiObject:
    """The activation of a draft: those of the library, and two that do not vanish at 0: 1 + ReLU(t), 1-Lipschitz, and 1 + t²."""
    return OWN[name] if name in OWN else activation(name)


@dataclass
class ClaimSpace:
    """The instances of a claim; with ``drop`` those of the claim without that hypothesis.

    >>> from theory import find_claim
    >>> space = ClaimSpace(find_claim("bln.thm5.sharp"), "no bias")
    >>> sorted(space.sizes), [leaf.name for leaf in space.leaves]
    (['d', 'k', 'n'], ['W', 'X', 'a', 'b', 'y'])

    Raises: BadData for an unknown hypothesis, with the names of those there are.
    """

    claim: Claim
    drop: str | None = None
    sizes: tuple[str, ...] = field(init=False)
    leaves: tuple[Any, ...] = field(init=False)
    activations: Mapping[str, tuple[str, ...]] = field(init=False)
    hypotheses: tuple[Hypothesis, ...] = field(init=False)
    orders: frozenset[str] = field(init=False)
    built: set[str] = field(init=False)

    def __post_init__(self) -> None:
        names = [h.name for h in self.claim.hypotheses]
        if self.drop is not None and self.drop not in names:
            raise BadData(f"{self.claim.id} has no hypothesis {self.drop!r}; it has {', '.join(map(repr, names)) or 'none'}")
        self.hypotheses = tuple(h for h in self.claim.hypotheses if h.name != self.drop) + tuple(_laws(self.claim))
        formulas = [h.formula for h in self.claim.hypotheses] + [h.formula for h in _laws(self.claim)] + [self.claim.conclusion]
        free = set().union(*(f.free_symbols for f in formulas))
        for chance_variable, law in self.claim.chance.over if self.claim.chance else ():
            free |= {chance_variable} | law.free_symbols
        dependences = [h for h in self.hypotheses if isinstance(h.formula, Property) and h.formula.name == "depends only on"
                       and isinstance(h.formula.objects[1], MatrixSymbol)]
        self._projections = {h.formula.objects[0]: h.formula.objects[1] for h in dependences}
        self._definitions = self._defined(free)
        self.built = {h.name for h in dependences if self._definitions[h.formula.objects[0]][2] == ""}
        for x, body, _ in self._definitions.values():
            free |= body.free_symbols - {x}
        free |= {s for leaf in free for s in leaf.free_symbols}
        self.sizes = tuple(sorted(s.name for s in free if isinstance(s, Symbol) and s.is_integer))
        self.size_symbols = {s.name: s for s in free if isinstance(s, Symbol) and s.is_integer}
        self._open_constants = {c.name for c in self.claim.constants}
        self.leaves = tuple(sorted((s for s in free if _is_leaf(s) and s.name not in self._open_constants), key=lambda s: s.name))
        self.orders = frozenset(s.name for f in formulas for s in _orders(f)) & set(self.sizes)
        self.functions = tuple(sorted((s for s in free if isinstance(s, Function)), key=lambda s: s.name))
        psi = [s for s in free if isinstance(s, Activation) and not isinstance(s, ConcreteActivation)]
        self.activations = {s.name: self._fitting(s) for s in sorted(psi, key=lambda s: s.name)}
        self._size_limits: list[Any] = []
        self._repairs: list[tuple[str, Repair]] = []
        self._frozen: set[str] = set()
        self._data: tuple[Any, ...] = ()
        self._neurons: list[tuple[Any, ...]] = []
        for hypothesis in self.hypotheses:
            if hypothesis.name not in self.built:
                self._take(hypothesis)
        self._repairs.sort(key=lambda entry: entry[0] not in FIRST)
        self._equations = Equations(self.leaves, frozenset(self._frozen))
        for hypothesis in self.hypotheses:
            if hypothesis.name not in self.built | self.definitions:
                self._equations.add(hypothesis.name, hypothesis.formula, self.expanded)

    # --- what the hypotheses say ----------------------------------------------------------------------------------------

    def _defined(self, free: set[Any]) -> dict[Any, tuple[Any, Any, str]]:
        """Functions by their definition f(x) = body; one that no hypothesis defines is a small ReLU network of its own."""
        found: dict[Any, tuple[Any, Any, str]] = {}
        for hypothesis in self.hypotheses:
            formula = hypothesis.formula
            if isinstance(formula, ForAll) and len(formula.limits) == 1 and isinstance(formula.domains[0], Space):
                (x,), body = open_binder(formula, names_in(formula))
                if isinstance(body, Eq) and isinstance(body.lhs, Value) and body.lhs.args[1] == x:
                    f = body.lhs.args[0]
                    if f not in body.rhs.free_symbols:
                        found.setdefault(f, (x, body.rhs, hypothesis.name))
        for f in sorted((s for s in free if isinstance(s, Function) and s not in found), key=lambda s: s.name):
            own, x, j = Integer(OWN_NEURONS), VectorSymbol(f"{f.name}.x", f.dim), index("j")
            W, a, b, v = (MatrixSymbol(f"{f.name}.W", own, f.dim), VectorSymbol(f"{f.name}.a", own), VectorSymbol(f"{f.name}.b", own),
                          VectorSymbol(f"{f.name}.v", f.dim))
            c, through = Symbol(f"{f.name}.c", real=True), self._projections.get(f)
            seen = x if through is None else through @ x
            found[f] = (x, Sum(a[j] * relu(dot(W[j], seen) + b[j]), (j, own)) + dot(v, seen) + c, "")
        return found

    def _fitting(self, psi: Any) -> tuple[str, ...]:
        """The activations that satisfy what is asked of the activation alone, whatever the numbers in it."""
        alone = [h.formula for h in self.hypotheses if isinstance(h.formula, Property) and h.formula.free_symbols == {psi}]
        found = []
        for name in PSI:
            at = Evaluator(Instance({psi.name: psi_named(name)}))
            if all(at.fact(f).outcome is Outcome.HOLDS for f in alone):
                found.append(name)
        return tuple(found)

    def _take(self, hypothesis: Hypothesis) -> None:
        """Find out how a hypothesis is met: by a repair, by solving equations, or (nothing is done here) by looking."""
        need = recognised(hypothesis.formula) or _oriented(hypothesis.formula)
        self._size_limits += [] if need is None else limits(need)
        if need is not None and need.kind in FITS:
            self._data = need.leaves[1:]
        if need is not None and need.kind == "network":
            self._neurons = [need.leaves[1:3]]
        found = None if need is None or self._is_shared(need) else repair(need)
        if need is not None and found is not None:
            self._repairs.append((need.kind, found))
            if need.kind not in ONLY_HELP:
                self.built.add(hypothesis.name)
                self._frozen |= {leaf.name for leaf in need.leaves if not isinstance(leaf, Symbol)}

    def _is_shared(self, need: Need) -> bool:
        """Whether the size that is to follow a rank is the size of an array as well."""
        return need.kind == "rank at most" and any(need.leaves[1] in leaf.free_symbols for leaf in self.leaves if leaf != need.leaves[1])

    def expanded(self, term: Any) -> Any:
        """The term with f(t) replaced by the body that defines f."""
        if isinstance(term, Value) and term.args[0] in self._definitions:
            x, body, _ = self._definitions[term.args[0]]
            return replace(body, {x: self.expanded(term.args[1])})
        if isinstance(term, Binder) and term.atoms(Value):
            fresh, body = open_binder(term, names_in(term))
            return term.func(self.expanded(body), *zip(fresh, term.domains, strict=True))
        if not term.args or not getattr(term, "atoms", lambda k: ())(Value):
            return term
        return term.func(*(self.expanded(a) for a in term.args))

    @property
    def definitions(self) -> frozenset[str]:
        """The names of the hypotheses that define a function."""
        return frozenset(name for _, _, name in self._definitions.values())

    @property
    def bodies(self) -> list[tuple[Any, Any]]:
        """The variable and the body of each function that is defined."""
        return [(x, body) for x, body, _ in self._definitions.values()]

    @property
    def unbuilt(self) -> list[Hypothesis]:
        """The hypotheses that an instance must be checked for."""
        return [h for h in self.hypotheses if h.name not in self.built | self.definitions | self._equations.names]

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
                if all(repair(values) for kind, repair in self._repairs if kind != LATE) and self._equations.solve(values) and all(
                        repair(values) for kind, repair in self._repairs if kind == LATE) and self._keeps_signs(values):
                    return self.defined(values)
            except LawbookError:                           # a term that is undefined there, such as a division by 0
                continue
        return None

    def _keeps_signs(self, values: Values) -> bool:
        """Whether what was solved for is as nonnegative, or positive, as it has to be."""
        return all(not np.any(values[leaf.name] < 0) for leaf in self.leaves if _is_nonnegative(leaf)) and all(
            values[leaf.name] > 0 for leaf in self.leaves if getattr(leaf, "is_positive", False))

    def _eased(self, draft: Draft) -> Iterator[Draft]:
        if not self._data or any(leaf not in self.leaves for leaf in self._data):
            return
        X, y = self._data
        places, labels = draft.arrays[X.name], [-1 if t < 0 else 1 for t in draft.arrays[y.name]]
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
        return Draft({name: int(instance.values[name]) for name in self.sizes}, arrays, draft.activations)

    def _values(self, draft: Draft) -> Values:
        values: Values = {name: int(draft.sizes[name]) for name in self.sizes}
        values |= {name: psi_named(draft.activations[name]) for name in self.activations}
        values |= dict.fromkeys(self._open_constants, 1)    # the two sides are compared at constant 1
        for leaf in self.leaves:
            array = draft.arrays[leaf.name]
            if _is_nonnegative(leaf):
                array = np.array(abs(array), dtype=object)
            if getattr(leaf, "is_positive", False) and not array[()]:
                array = np.array(Fraction(1), dtype=object)
            values[leaf.name] = array
        return values

    def defined(self, values: Values) -> Instance:
        """The instance with its functions."""
        plain = Instance({name: value[()] if isinstance(value, np.ndarray) and not value.ndim else value for name, value in values.items()},
                         accuracy=0.0)
        bound = read(self.leaves, values)
        functions = {}
        for f, (x, body, _) in self._definitions.items():
            d = int(f.dim.subs({self.size_symbols[name]: values[name] for name in self.sizes}))
            functions[f.name] = defined_function(body, x, plain, bound, d)
        return plain.with_values(**functions)

def _oriented(formula: Any) -> Need | None:
    """(W, b) in oriented canonical form: there is a repair for the offsets."""
    if not isinstance(formula, Property) or formula.name != "oriented canonical form":
        return None
    W, b = formula.objects
    return Need("oriented", (W, b)) if isinstance(W, MatrixSymbol) and isinstance(b, VectorSymbol) else None


def _is_nonnegative(leaf: Any) -> bool:
    return isinstance(leaf, NonnegativeTable) or bool(getattr(leaf, "is_nonnegative", False))


def _is_leaf(symbol: Any) -> bool:
    return isinstance(symbol, (VectorSymbol, MatrixSymbol, TensorSymbol)) or (isinstance(symbol, Symbol) and not symbol.is_integer)


def _orders(formula: Any) -> set[Any]:
    """The sizes that occur as exponents or as orders of tensors: arrays grow exponentially with them."""
    found: set[Any] = set()
    for term in formula.atoms(Pow, TensorPower, TensorSymbol, InjectiveNorm):
        found |= term.args[-1].free_symbols
    return {s for s in found if isinstance(s, Symbol) and s.is_integer}


def _laws(claim: Claim) -> Iterator[Hypothesis]:
    """What holds for every draw of a statement with a probability, as hypotheses."""
    i = index("i")
    for variable, law in claim.chance.over if claim.chance else ():
        if isinstance(law, Signs):
            yield Hypothesis(f"law of {variable.name}", forall(eq(variable[i] ** 2, 1), (i, Range(law.size))))
        elif type(law) is SphereRows:
            yield Hypothesis(f"law of {variable.name}", forall(eq(norm(variable[i]), 1), (i, Range(law.args[0]))))


