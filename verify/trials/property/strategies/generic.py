"""The generic builder: values for every symbol of a claim, small and exact, that meet the hypotheses of a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.claim import Claim
from theory.terms import Activation, Function, MatrixSymbol, NonnegativeTable, VectorSymbol
from theory.terms.tensors import TensorSymbol
from verify.laws.draws import accuracy_of
from verify.laws.functions import NetworkFunction, ProjectedFunction, least_mcshane
from verify.objects.instance import Instance
from verify.trials.property.strategies.arguments import Array, arrays, exact, identity, rationals, row_tuples, stacked
from verify.trials.property.strategies.labels import both_labels, labels_by_point
from verify.trials.property.strategies.matrices import (
    orthonormal_rows,
    unit_triangular,
)
from verify.trials.property.strategies.networks import (
    cancelling_networks,
    dead_unit_networks,
    networks,
    shared_hyperplane_networks,
)
from verify.trials.property.strategies.plan import MET, Plan, form_of
from verify.trials.property.strategies.planted import network_fits, quadratic_fits, tensor_fits
from verify.trials.property.strategies.symbols import RELU, Symbols
from verify.trials.spaces.needs import FITS, Need


class _Builder(Symbols):
    """One instance in the making."""

    # --- the order of work -------------------------------------------------------------------------------------------------------

    def instance(self) -> Instance:
        """All symbols: activations, then a fit with all that takes part in it, then the other arrays, then the other functions."""
        plan = self.plan
        for psi in self.of_sort(Activation):
            self.set(psi, self.activation(psi))
        for need in plan.needs:
            if need.kind == "depends only on":
                self.through(need.leaves[1])
        fit = next((q for q in plan.needs if q.kind in FITS), None)
        if fit is not None:
            self.fit(fit)
        for need in plan.needs:
            if need.kind == "network":
                self.weights(need)
        for sort, build in ((MatrixSymbol, self.matrix), (TensorSymbol, self.tensor), (VectorSymbol, self.vector)):
            for leaf in self.of_sort(sort):
                self.set(leaf, build(leaf))
        for leaf in self.of_sort(NonnegativeTable):
            self.set(leaf, self.table(leaf))
        for f in self.of_sort(Function):
            self.set(f, self.function(f))
        accuracy = 1e-12
        if fit is not None and fit.kind == "fits":
            f, X, y = (self.values[leaf.name] for leaf in fit.leaves)
            accuracy = accuracy_of(f, np.asarray(X, dtype=float), np.asarray(y, dtype=float))
        return Instance(self.values, accuracy=accuracy)

    def of_sort(self, sort: type) -> list[Any]:
        """The symbols of a sort that have no value yet."""
        return [leaf for leaf in self.plan.leaves if type(leaf) is sort and leaf.name not in self.values]

    # --- fits ------------------------------------------------------------------------------------------------------------------------

    def fit(self, fit: Need) -> None:
        """The data, the labels, and what fits them."""
        subject, X, y = fit.leaves
        form = form_of(self.plan, subject) if fit.kind == "fits" else None
        if fit.kind == "fits" and form is None:
            self.free_fit(subject, X, y)
        elif self.plan.has(y, "signs"):
            self.signed_fit(fit, form)
        else:
            self.labels_of_a_function(fit, form)

    def is_unit(self, X: Any) -> bool:
        return self.plan.has(X, "unit rows") or self.plan.has(X, "rows in ball")

    def signed_fit(self, fit: Need, form: Need | None) -> None:
        subject, X, y = fit.leaves
        n, d = self.shape(X)
        unit = self.is_unit(X)
        if form is not None and form.kind == "network":
            _, W, b, a = form.leaves[:4]
            psi = self.values[form.leaves[4].name] if len(form.leaves) == 5 else RELU
            found = network_fits(n, d, self.shape(W)[0], psi, unit=unit, independent=self.plan.has(W, "independent rows"),
                                 biases=not self.plan.has(b, "zero"))
            points_, labels_, f = self.draw(found)
            for leaf, value in ((X, points_), (y, labels_), (W, f.W), (b, f.b), (a, f.a)):
                self.set(leaf, value)
            return
        target = subject if form is None else form.leaves[1]
        if isinstance(target, TensorSymbol):
            made = tensor_fits(n, d, self.number(target.shape_of_tensor[1]), unit=unit)
        else:
            ranked = self.plan.of("rank at most", target)
            most = d if ranked is None else self.number(ranked.leaves[1])
            symmetric = self.plan.has(target, "symmetric")
            made = quadratic_fits(n, d, most, unit=unit, symmetric=symmetric)
        for leaf, value in zip((X, y, target), self.draw(made), strict=True):
            self.set(leaf, value)

    def labels_of_a_function(self, fit: Need, form: Need | None) -> None:
        """Where the labels are not asked to be signs, they are the values of what is built first."""
        subject, X, y = fit.leaves
        self.set(X, self.matrix(X))
        x = self.values[X.name]
        if fit.kind == "fits":
            for leaf in (q for q in (form.leaves if form else ())[1:] if q.name not in self.values):
                self.set(leaf, self.array(leaf))
            f = self.set(subject, self.function(subject))
            exactly = isinstance(f, NetworkFunction) and f.network.is_exact
            values = f.network(x) if exactly else f(np.asarray(x, dtype=float))
        elif fit.kind == "tensor fit":
            T = self.set(subject, self.tensor(subject))
            values = np.array([_contracted(T, row) for row in x], dtype=object)
        else:
            M = self.set(subject, self.array(subject))
            values = np.array([row @ M @ row if fit.kind == "quadratic fit" else row @ M for row in x], dtype=object)
        self.set(y, values)

    def free_fit(self, f: Any, X: Any, y: Any) -> None:
        """Any function that fits: McShane's (of the projections), or a network if it need not factor."""
        n, d = self.shape(X)
        through = self.plan.of("depends only on", f)
        opposite = self.plan.of("opposite pairs", y, 1)
        signed = self.plan.has(y, "signs")
        if through is None and opposite is None and signed and self.draw(st.booleans()):
            points_, labels_, network = self.draw(network_fits(n, d, self.draw(st.integers(1, 3)), RELU, unit=self.is_unit(X)))
            self.set(X, points_), self.set(y, labels_), self.set(f, NetworkFunction(network))
            return
        Q = self.bases[through.leaves[1]] if through is not None else identity(d)
        x = self.matrix(X)
        if opposite is not None:
            x[0], x[1] = Q[0], -Q[0]
        Z = stacked(Q @ row for row in x)
        if opposite is not None:
            y_values = self._equal_at_equal(Z, self.draw(both_labels(n)))
        elif signed:
            y_values = self.draw(labels_by_point(Z))
        else:
            y_values = self._equal_at_equal(Z, self.draw(arrays(rationals(2), (n,))))
        factor = self.draw(st.sampled_from([1.0, 1.5]))
        outer = least_mcshane(np.asarray(Z, dtype=float), np.asarray(y_values, dtype=float), factor)
        self.set(X, x), self.set(y, y_values)
        self.set(f, outer if through is None else ProjectedFunction(outer, np.asarray(Q, dtype=float)))

    @staticmethod
    def _equal_at_equal(Z: Array, y: Array) -> Array:
        rows = row_tuples(Z)
        return exact([y[rows.index(row)] for row in rows])

    def through(self, P: Any) -> None:
        """Orthonormal rational rows Q, and P = QᵀQ; where P need be no projection, P = LQ with an injective L."""
        d = self.shape(P)[1]
        projection = self.plan.of("projection", P)
        rank = self.number(projection.leaves[1]) if projection is not None else self.draw(st.integers(1, d))
        Q = self.bases[P] = self.draw(orthonormal_rows(rank, d))
        left = Q.T if projection is not None else self.draw(unit_triangular(d))[:, :rank]
        self.set(P, left @ Q)

    def weights(self, network: Need) -> None:
        """Weights of which nothing but the biases is asked: general ones, or ones with a planted degeneracy."""
        _, W, b, a = network.leaves[:4]
        if {W.name, b.name, a.name} & set(self.values) or self.plan.owned[W] or self.plan.owned[a] or self.plan.owned[b] - {"zero"}:
            return
        (k, d), biases = self.shape(W), not self.plan.owned[b]
        kinds = [networks(d, k, RELU, biases=biases), dead_unit_networks(d, k, psi=RELU, biases=biases),
                 shared_hyperplane_networks(d, k, psi=RELU, biases=biases)]
        if k >= 2:
            kinds.insert(1, cancelling_networks(d, k, RELU, biases=biases))
        f = self.draw(st.one_of(kinds))             # ReLU keeps the weights exact; ψ is the claim's own
        self.set(W, f.W), self.set(b, f.b), self.set(a, f.a)


def _contracted(T: Array, x: Array) -> Any:
    """⟨T, x^{⊗p}⟩ for any tensor, exactly."""
    for _ in range(T.ndim):
        T = T @ x
    return T


@st.composite
def generic_instances(draw: DrawFn, plan: Plan) -> Instance:
    """Instances of a plan."""
    return _Builder(draw, plan).instance()




@st.composite
def loosened_instances(draw: DrawFn, claim: Claim, given: SearchStrategy[Instance]) -> Instance:
    """Given instances with new values for the vectors, matrices, tensors and functions of which no hypothesis speaks."""
    instance = draw(given)
    free = free_of_hypotheses(claim)
    numbers = {s.name: _size_in(instance, s.name) for leaf in free for part in leaf.args[1:] for s in part.free_symbols}
    plan = Plan(claim.id, free, [], (), {leaf: frozenset() for leaf in free})
    built = _Builder(draw, plan, numbers).instance().values
    return instance.with_values(**{leaf.name: built[leaf.name] for leaf in plan.leaves})


def _size_in(instance: Instance, name: str) -> int:
    found = None if instance.has(name) else instance.conventional_size(name)
    return int(instance.number(name)) if found is None else found


def free_of_hypotheses(claim: Claim) -> tuple[Any, ...]:
    """The vectors, matrices, tensors and functions of the conclusion of which no hypothesis speaks: any value of theirs is an instance.

    >>> from theory import find_claim
    >>> free_of_hypotheses(find_claim("bln.thm6.trace"))
    (x0,)
    """
    bound = set().union(*(h.formula.free_symbols for h in claim.hypotheses)) if claim.hypotheses else set()
    free = (s for s in claim.conclusion.free_symbols - bound if type(s) in MET and not isinstance(s, Activation))
    return tuple(sorted(free, key=lambda s: (type(s).__name__, s.name)))
