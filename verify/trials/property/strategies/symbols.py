"""Values for single symbols of a claim, by their sort and their needs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from sympy import sympify

from theory.errors import BadData
from theory.terms import MatrixSymbol, NonnegativeTable, VectorSymbol
from theory.terms.tensors import TensorSymbol
from verify.laws.functions import ConstantFunction, NetworkFunction, ProjectedFunction, affine_function
from verify.lipschitz.polynomials.arrays import symmetrised
from verify.lipschitz.polynomials.functions import TensorForm, polynomial_network
from verify.lipschitz.polynomials.quadratics import Quadratic
from verify.objects.networks import Network, activation
from verify.objects.networks.polynomials import PolynomialActivation, polynomial_activation
from verify.trials.property.strategies.arguments import Array, arrays, exact, listed, rationals
from verify.trials.property.strategies.data import points, points_in_ball, sphere_points
from verify.trials.property.strategies.labels import both_labels, labels
from verify.trials.property.strategies.matrices import (
    independent_rows,
    matrices,
    orthonormal_rows,
    probability_vectors,
    symmetric_matrices,
    symmetric_of_rank,
)
from verify.trials.property.strategies.networks import (
    activations,
    has_exact_values,
    networks,
    polynomial_activations,
)
from verify.trials.property.strategies.plan import Plan, form_of
from verify.trials.property.strategies.tensors import symmetric_tensors

RELU = activation("relu")


class Symbols:
    """The values of an instance so far, and the plan that they follow."""

    def __init__(self, draw: DrawFn, plan: Plan, numbers: Mapping[str, Any] | None = None) -> None:
        self.draw, self.plan = draw, plan
        self.values: dict[str, Any] = dict(draw(st.sampled_from(plan.tuples)) if numbers is None else numbers)
        self.bases: dict[Any, Array] = {}           # orthonormal rows through which a function must factor

    # --- sizes -----------------------------------------------------------------------------------------------------------------

    def number(self, term: Any) -> Any:
        """A size or a bound at the chosen numbers."""
        term = sympify(term)
        found = term.xreplace({s: sympify(self.values[s.name]) for s in term.free_symbols})
        if not found.is_Rational:
            raise BadData(f"the size {term} of a symbol of {self.plan.claim} is {found}, which is no rational number; give a Measurement")
        return int(found) if found.is_Integer else Fraction(int(found.p), int(found.q))

    def shape(self, leaf: Any) -> tuple[int, ...]:
        """The shape of the array of a symbol."""
        if isinstance(leaf, TensorSymbol):
            d, p = (self.number(s) for s in leaf.shape_of_tensor)
            return (d,) * p
        return tuple(self.number(s) for s in (leaf.shape if isinstance(leaf, MatrixSymbol) else (leaf.dim,)))

    def set(self, leaf: Any, value: Any) -> Any:
        """Record the value of a symbol."""
        self.values[leaf.name] = value
        return value

    # --- activations ---------------------------------------------------------------------------------------------------------------

    def activation(self, leaf: Any) -> Any:
        plan = self.plan
        lipschitz, polynomial = plan.of("Lipschitz", leaf), plan.of("polynomial", leaf)
        if polynomial is not None:
            degree = self.number(polynomial.leaves[1])
            fit = next((q for q in plan.needs if q.kind == "fits"), None)
            if fit is None:
                return self.draw(polynomial_activations(degree))
            # a fit needs ψ(t) > ψ(0) ≥ 0 for t > 0
            c = [float(t) for t in self.draw(listed(st.integers(0, 2), degree + 1))]
            c[self.draw(st.integers(1, degree))] = 1.0
            return polynomial_activation(c)
        psi = self.draw(activations(homogeneous=plan.has(leaf, "homogeneous"), lipschitz=lipschitz is not None or self.needs_lipschitz))
        if lipschitz is not None:
            factor = self.draw(st.sampled_from([1, 2]))
            slope = psi.lipschitz * factor
            self.set(lipschitz.leaves[1], int(slope) if slope == int(slope) else slope)
        return psi

    @property
    def needs_lipschitz(self) -> bool:
        """A network is a function with a Lipschitz constant, unless the claim says otherwise by a polynomial activation."""
        return any(q.kind == "network" for q in self.plan.needs)

    # --- single symbols ----------------------------------------------------------------------------------------------------------------

    def array(self, leaf: Any) -> Any:
        """A matrix, tensor, vector or table by its needs."""
        build = {MatrixSymbol: self.matrix, TensorSymbol: self.tensor, VectorSymbol: self.vector, NonnegativeTable: self.table}[type(leaf)]
        return self.values[leaf.name] if leaf.name in self.values else build(leaf)

    def matrix(self, M: Any) -> Array:
        rows, columns = self.shape(M)
        kinds = self.plan.owned[M]
        if "orthonormal rows" in kinds or kinds == {"independent rows", "unit rows"}:
            return self.draw(orthonormal_rows(rows, columns))
        if "independent rows" in kinds:
            return self.draw(independent_rows(rows, columns))
        if "unit rows" in kinds:
            return self.draw(points(rows, columns, unit=True))
        if "rows in ball" in kinds:
            return self.draw(points_in_ball(rows, columns, self.number(self.plan.of("rows in ball", M).bound)))
        if "projection" in kinds:
            Q = self.draw(orthonormal_rows(self.number(self.plan.of("projection", M).leaves[1]), columns))
            return Q.T @ Q
        if "rank at most" in kinds:
            most = self.number(self.plan.of("rank at most", M).leaves[1])
            if "symmetric" in kinds:
                return self.draw(symmetric_of_rank(columns, most))
            return self.draw(matrices(rows, columns, min(most, rows, columns)))
        if "symmetric" in kinds:
            return self.draw(symmetric_matrices(columns))
        return self.draw(points(rows, columns) if rows != columns else matrices(rows, columns))

    def tensor(self, T: Any) -> Array:
        shape = self.shape(T)
        if self.plan.has(T, "symmetric tensor"):
            return self.draw(symmetric_tensors(shape[0], len(shape)))
        return self.draw(st.one_of(symmetric_tensors(shape[0], len(shape)), arrays(st.integers(-2, 2), shape)))

    def vector(self, v: Any) -> Array:
        (size,) = self.shape(v)
        kinds, draw = self.plan.owned[v], self.draw
        if self.plan.of("opposite pairs", v, 1):
            return draw(both_labels(size))
        if "signs" in kinds:
            return draw(labels(size))
        if "zero" in kinds:
            return exact([0] * size)
        if "probabilities" in kinds:
            return draw(probability_vectors(size))
        if "nonnegative" in kinds:
            return draw(arrays(rationals(2).map(abs), (size,)))
        if "unit vector" in kinds:
            return draw(sphere_points(1, size))[0]
        if "vector in ball" in kinds:
            return draw(points_in_ball(1, size, self.number(self.plan.of("vector in ball", v).bound)))[0]
        if "entries bounded" in kinds:
            bound = Fraction(self.number(self.plan.of("entries bounded", v).bound))
            return bound * draw(arrays(rationals(1, 3), (size,)))
        return draw(arrays(rationals(2), (size,)))

    def table(self, leaf: Any) -> Array:
        rows, columns = self.shape(leaf)
        opposite = self.plan.of("opposite pairs", leaf)
        if opposite is not None:
            y = self.values[opposite.leaves[1].name]
            raw = self.draw(arrays(st.integers(0, 2), (rows, columns)))
            raw = raw * exact([[int(s * t < 0) for t in y] for s in y])
            if not self.plan.has(leaf, "total one"):
                return raw
            raw[0, 1] += 1                          # the first two labels are +1, −1
            return raw / raw.sum()
        if self.plan.has(leaf, "total one"):
            return self.draw(probability_vectors(rows * columns)).reshape(rows, columns)
        return self.draw(arrays(st.integers(0, 2), (rows, columns)))

    def function(self, f: Any) -> Any:
        """A function by its form, or a simple one."""
        form = form_of(self.plan, f)
        d = self.number(f.dim)
        if form is None:
            through = self.plan.of("depends only on", f)
            if through is not None:
                Q = self.bases[through.leaves[1]]
                return ProjectedFunction(self._simple(len(Q)), np.asarray(Q, dtype=float))
            return self._simple(d)
        weights = [self.values[leaf.name] for leaf in form.leaves[1:]]
        if form.kind == "network":
            return network_function(*weights[:3], weights[3] if len(weights) > 3 else RELU)
        if form.kind == "quadratic form":
            return Quadratic((weights[0] + weights[0].T) / 2)       # the form sees no more of A
        if form.kind == "tensor form":
            return TensorForm(symmetrised(weights[0]))
        return affine_function(weights[0])

    def _simple(self, d: int) -> Any:
        return self.draw(st.one_of(
            arrays(st.integers(-2, 2), (d,)).map(affine_function), st.integers(-1, 1).map(ConstantFunction),
            networks(d, 2, "relu").map(NetworkFunction)))


def network_function(W: Array, b: Array, a: Array, psi: Any) -> Any:
    """The network as a function: exact weights where ψ has exact values, a polynomial where ψ is one, which has its own enclosures."""
    if isinstance(psi, PolynomialActivation):
        return polynomial_network(*(np.asarray(t, dtype=float) for t in (W, b, a)), psi.coefficients)
    if not has_exact_values(psi):
        W, b, a = (np.asarray(t, dtype=float) for t in (W, b, a))
    return NetworkFunction(Network(W, b, a, psi))
