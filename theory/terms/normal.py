"""The normal form of terms: inner products expanded, finite sums distributed, swapped and split, named equations applied.

Two scalar terms with the same normal form are equal for all values of their symbols (under the given rules).  Each rewriting below is
an identity of finite sums or of a real inner-product space; the comments name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from sympy import Abs, Add, Expr, Mul, Pow, S, expand

from theory.terms.arithmetic import Symbol
from theory.terms.linear import (
    Entry,
    IndexedMatrixSum,
    IndexedSum,
    IndexedVectorSum,
    KernelVector,
    Matrix,
    MatrixSum_,
    MatVec,
    Outer,
    Row,
    ScaledMatrix,
    ScaledVector,
    Vector,
    VectorSum_,
    ZeroVector,
    add_vectors,
    scale_vector,
)
from theory.terms.rewriting import Rule, apply_rule
from theory.terms.scalars import Dot, Expect, FrobeniusNorm, Indicator, Norm, Trace
from theory.terms.sets import Range
from theory.terms.sorts import Binder, Formula, fresh_variable, names_in, open_binder

MAX_REWRITES = 200  # a terminating set of rules needs a handful; a looping one is stopped and its terms stay as they are
MAX_NESTED = 20     # rewrites of the value of a rewrite; a rule that feeds itself stops here, long before Python's recursion limit


@dataclass
class Normaliser:
    """Computes normal forms under rules, known orthogonal projections, and a choice of how norms are read.

    With ``expand_norms`` squares of norms become inner products; otherwise a norm stays an atom, as the scalar checkers need.
    """

    rules: Sequence[Rule] = ()
    projections: frozenset[Any] = frozenset()
    expand_norms: bool = False
    domains: dict[Any, Any] = field(default_factory=dict)     # domains of the variables that are open here
    rewrites: int = field(default=0, init=False)
    nested: int = field(default=0, init=False)

    @contextmanager
    def _within(self, limits: dict[Any, Any]) -> Iterator[None]:
        saved = self.domains
        self.domains = {**saved, **limits}
        try:
            yield
        finally:
            self.domains = saved

    # --- scalars ----------------------------------------------------------------------------------------------------------------

    def scalar(self, term: Expr) -> Expr:
        """The normal form of a scalar term."""
        if isinstance(term, (Add, Mul)):
            return self._monomials(expand(term.func(*map(self.scalar, term.args)), deep=False))
        if isinstance(term, Pow):
            return self._power(term)
        if not term.args or term.is_number:
            return self._rewritten(term)
        return self._rewritten(self._atom(term))

    def _power(self, term: Pow) -> Expr:
        base, exponent = term.args
        if self.expand_norms and isinstance(base, (Norm, FrobeniusNorm)) and exponent.is_Integer and exponent % 2 == 0:
            return self._power_of(self._squared_norm(base), exponent / 2)      # ‖v‖² = v·v
        power = self._power_of(self.scalar(base), self.scalar(exponent))
        return self._rewritten(power) if isinstance(power, Pow) else power

    def _power_of(self, base: Expr, exponent: Expr) -> Expr:
        if exponent.is_Integer and exponent > 0:
            return self._monomials(expand(Pow(base, exponent), deep=False))                 # the multinomial theorem
        if exponent == S.Half:
            return _as_norm(base) or Pow(base, exponent)
        return Pow(base, exponent)

    def _monomials(self, term: Expr) -> Expr:
        """Apply the rules for powers of atoms to every monomial."""
        if not self.rules:
            return term
        return expand(Add(*(Mul(*(self._rewritten(f) for f in Mul.make_args(m))) for m in Add.make_args(term))), deep=False)

    def _squared_norm(self, term: Norm | FrobeniusNorm) -> Expr:
        if isinstance(term, Norm):
            return self.scalar(Dot(term.args[0], term.args[0]))
        matrix = term.args[0]
        i = fresh_variable(Symbol("°f", integer=True, positive=True), "°f", names_in(matrix) | _names(self.domains))
        # ‖M‖_F² is the sum of the squared norms of the rows
        return self.scalar(IndexedSum(Dot(Row(matrix, i), Row(matrix, i)), (i, Range(matrix.shape[0]))))

    def _atom(self, term: Expr) -> Expr:
        if isinstance(term, Dot):
            return self._dot(term)
        if isinstance(term, Trace):
            return self._trace(term)
        if isinstance(term, IndexedSum):
            return self._sum(term)
        if isinstance(term, Norm):
            return self._norm(term)
        if isinstance(term, Entry) and isinstance(term.vector, (ScaledVector, VectorSum_)):
            parts = self.combination(term.vector).items()
            return expand(Add(*(c * self.scalar(Entry(v, term.args[1])) for v, c in parts)))    # (cu + v)_i = c u_i + v_i
        if isinstance(term, Abs):
            inner = self.scalar(term.args[0])
            size = Abs(expand(-inner)) if _leading_sign(inner) < 0 else Abs(inner)   # |−t| = |t|
            return size if isinstance(size, Abs) else self._monomials(size)           # |st| = |s||t|: the rules know the factors
        if isinstance(term, Expect):
            return self._expectation(term)
        if isinstance(term, Binder):
            return self._under_binder(term)
        return term.func(*map(self.any, term.args))

    def _expectation(self, term: Expect) -> Expr:
        variables, body = open_binder(term, names_in(term) | _names(self.domains))
        total: Expr = S.Zero
        with self._within(dict(zip(variables, term.domains, strict=True))):
            mean_of = expand(self.scalar(body))
        for monomial in Add.make_args(mean_of):              # E(c·s + t) = c·E s + E t
            outside, inside = _split(monomial, set(variables))
            mean = Expect(inside, *zip(variables, term.domains, strict=True)) if inside != 1 else S.One
            total += outside * mean
        return total

    def any(self, term: Any) -> Any:
        """The normal form of a term of any sort."""
        if isinstance(term, Expr):
            return self.scalar(term)
        if isinstance(term, Vector):
            return self.vector(term)
        if isinstance(term, Binder):
            return self._under_binder(term)
        if isinstance(term, (Formula, Indicator, Matrix)) and term.args and not _is_named(term):
            return term.func(*map(self.any, term.args))
        return term

    def _under_binder(self, term: Any) -> Any:
        fresh, body = open_binder(term, names_in(term) | _names(self.domains))
        with self._within(dict(zip(fresh, term.domains, strict=True))):
            inner = self.any(body)
        return term.func(inner, *zip(fresh, map(self.any, term.domains), strict=True))

    def _rewritten(self, term: Expr) -> Expr:
        for rule in self.rules:
            if self.rewrites >= MAX_REWRITES or self.nested >= MAX_NESTED:
                return term
            value = apply_rule(rule, term, self.domains)
            if value is not None and value != term:
                self.rewrites += 1
                self.nested += 1
                try:
                    return self.scalar(value)
                finally:
                    self.nested -= 1
        return term

    # --- finite sums ------------------------------------------------------------------------------------------------------------

    def _sum(self, term: IndexedSum) -> Expr:
        variables, body = open_binder(term, names_in(term) | _names(self.domains))
        limits = dict(zip(variables, term.domains, strict=True))
        with self._within(limits):
            total = expand(self.scalar(body))
        return Add(*(self._sum_of_monomial(m, limits) for m in Add.make_args(total)))     # linearity

    def _sum_of_monomial(self, monomial: Expr, limits: dict[Any, Any]) -> Expr:
        limits, factors = dict(limits), []
        outside: Expr = S.One
        avoid = names_in(monomial) | _names(limits) | _names(self.domains)
        for factor in Mul.make_args(monomial):
            if not factor.free_symbols & set(limits):
                outside *= factor                                                          # Σ c·t = c·Σ t
                continue
            for inner in _nested_sums(factor):
                # a sum whose length varies with an outer index stays whole: Σ_i Σ_{j≤i} t_j is no double sum over a rectangle
                if not isinstance(inner, IndexedSum) or any(d.free_symbols & set(limits) for d in inner.domains):
                    factors.append(inner)
                    continue
                opened, body = open_binder(inner, avoid)                                   # c·Σ_j t_j = Σ_j c·t_j
                avoid |= {v.name for v in opened}
                limits |= dict(zip(opened, inner.domains, strict=True))
                factors.extend(Mul.make_args(body))
        return outside * Mul(*(_component(vs, fs, limits) for vs, fs in _components(factors, limits)))

    # --- vectors ----------------------------------------------------------------------------------------------------------------

    def vector(self, term: Vector) -> Vector:
        """The normal form of a vector: a combination of atomic vectors."""
        parts = [scale_vector(c, v) for v, c in sorted(self.combination(term).items(), key=lambda p: p[0].sort_key())]
        return add_vectors(*parts) if parts else ZeroVector(term.dim)

    def combination(self, term: Vector) -> dict[Vector, Expr]:
        """Coefficients of a vector on atomic vectors; zero coefficients are dropped."""
        total: dict[Vector, Expr] = {}
        for coefficient, atom in self._vector_terms(term):
            total[atom] = expand(total.get(atom, S.Zero) + coefficient, deep=False)
        return {atom: c for atom, c in total.items() if c != 0}

    def _vector_terms(self, term: Vector) -> Iterable[tuple[Expr, Vector]]:
        if isinstance(term, ZeroVector):
            return
        if isinstance(term, VectorSum_):
            for part in term.args:
                yield from self._vector_terms(part)
        elif isinstance(term, ScaledVector):
            scale = self.scalar(term.args[0])
            for c, atom in self._vector_terms(term.args[1]):
                yield expand(scale * c, deep=False), atom
        elif isinstance(term, MatVec):
            yield from self._matrix_vector(term.args[0], term.args[1])
        elif isinstance(term, IndexedVectorSum):
            yield from self._vector_sum(term)
        else:
            yield S.One, (Row(term.args[0], self.scalar(term.args[1])) if isinstance(term, Row) else term)

    def _matrix_vector(self, matrix: Matrix, vector: Vector) -> Iterable[tuple[Expr, Vector]]:
        for c, atom in self._vector_terms(vector):                             # M(Σ c v) = Σ c Mv
            if isinstance(atom, IndexedVectorSum):
                fresh, body = open_binder(atom, names_in(atom) | names_in(matrix) | _names(self.domains))
                with self._within(dict(zip(fresh, atom.domains, strict=True))):
                    image = self.vector(MatVec(matrix, body))
                yield c, IndexedVectorSum(image, *zip(fresh, atom.domains, strict=True))
            elif isinstance(atom, KernelVector) and atom.args[0] == matrix:
                continue                                                       # Pe = 0 for e in the kernel
            elif matrix in self.projections and isinstance(atom, MatVec) and atom.args[0] == matrix:
                yield c, atom                                                  # P(Pv) = Pv
            else:
                yield c, MatVec(matrix, atom)

    def _vector_sum(self, term: IndexedVectorSum) -> Iterable[tuple[Expr, Vector]]:
        fresh, body = open_binder(term, names_in(term) | _names(self.domains))
        limits = dict(zip(fresh, term.domains, strict=True))
        with self._within(limits):
            combination = self.combination(body)
        for atom, coefficient in combination.items():
            for monomial in Add.make_args(expand(coefficient)):
                if not atom.free_symbols & set(limits):
                    yield self._sum_of_monomial(monomial, limits), atom        # Σ c_i v = (Σ c_i) v
                    continue
                outside, inside = _split(monomial, set(fresh))
                yield outside, IndexedVectorSum(scale_vector(inside, atom), *limits.items())

    def _norm(self, term: Norm) -> Expr:
        combination = self.combination(term.args[0])
        if not combination:
            return S.Zero
        if len(combination) == 1:
            (atom, c), = combination.items()
            return Abs(c) * Norm(atom)                                         # ‖cv‖ = |c|‖v‖
        vector = self.vector(term.args[0])
        first = min(combination, key=lambda a: a.sort_key())
        if _leading_sign(combination[first]) < 0:
            vector = self.vector(-vector)                                      # ‖−v‖ = ‖v‖
        return Norm(vector)

    def _dot(self, term: Dot) -> Expr:
        left, right = (self.combination(v) for v in term.args)
        return Add(*(expand(cu * cv * self._dot_of_atoms(u, v)) for u, cu in left.items() for v, cv in right.items()))

    def _dot_of_atoms(self, u: Vector, v: Vector) -> Expr:
        for first, second in ((u, v), (v, u)):
            if isinstance(first, IndexedVectorSum):                            # (Σ u_i)·v = Σ u_i·v
                fresh, body = open_binder(first, names_in(first) | names_in(second))
                return self.scalar(IndexedSum(Dot(body, second), *zip(fresh, first.domains, strict=True)))
        for first, second in ((u, v), (v, u)):
            if isinstance(first, MatVec) and first.args[0] in self.projections and not _is_image(second, first.args[0]):
                return self.scalar(Dot(first, MatVec(first.args[0], second)))  # Pu·v = Pu·Pv
        return self._rewritten(Dot(u, v))

    def _trace(self, term: Trace) -> Expr:
        p, m = term.args
        if isinstance(m, MatrixSum_):
            return Add(*(self.scalar(Trace(p, part)) for part in m.args))
        if isinstance(m, ScaledMatrix):
            return expand(self.scalar(m.args[0]) * self.scalar(Trace(p, m.args[1])))
        if isinstance(m, Outer):
            return self.scalar(Dot(MatVec(p, m.args[1]), m.args[0]))           # tr(Pᵀuvᵀ) = u·Pv
        if isinstance(m, IndexedMatrixSum):
            fresh, body = open_binder(m, names_in(m) | names_in(p))
            return self.scalar(IndexedSum(Trace(p, body), *zip(fresh, m.domains, strict=True)))
        return term


def _as_norm(square: Expr) -> Expr | None:
    """√(v·v) = ‖v‖ and √(Σ_l ‖w_l‖²) = ‖W‖_F, when the term under the root has that form."""
    if isinstance(square, Dot) and square.args[0] == square.args[1]:
        return Norm(square.args[0])
    if isinstance(square, IndexedSum) and len(square.limits) == 1:
        (variable, domain), = square.limits
        row = _squared_vector(square.body)
        if isinstance(row, Row) and row.args[1] == variable and row.args[0].shape[0] == domain.size:
            return None if variable in row.args[0].free_symbols else FrobeniusNorm(row.args[0])
    return None


def _squared_vector(term: Expr) -> Any:
    """v, when the term is v·v or ‖v‖²."""
    if isinstance(term, Dot) and term.args[0] == term.args[1]:
        return term.args[0]
    if isinstance(term, Pow) and term.exp == 2 and isinstance(term.base, Norm):
        return term.base.args[0]
    return None


def _split(monomial: Expr, variables: set[Any]) -> tuple[Expr, Expr]:
    """Factors free of the variables, and the others."""
    factors = Mul.make_args(monomial)
    return (Mul(*(f for f in factors if not f.free_symbols & variables)), Mul(*(f for f in factors if f.free_symbols & variables)))


def _is_named(term: Any) -> bool:
    return hasattr(term, "name")


def _is_image(vector: Vector, matrix: Matrix) -> bool:
    return isinstance(vector, MatVec) and vector.args[0] == matrix


def _leading_sign(term: Expr) -> int:
    """Sign of the first coefficient in canonical order; fixes which of t and −t is written."""
    first = min(Add.make_args(term), key=lambda m: m.as_coeff_Mul()[1].sort_key())
    return -1 if first.as_coeff_Mul()[0].is_negative else 1


def _nested_sums(factor: Expr) -> list[Expr]:
    """A factor S^e of a sum S as e copies of S; any other factor as itself."""
    base, exponent = factor.as_base_exp()
    if isinstance(base, IndexedSum) and exponent.is_Integer and exponent > 0:
        return [base] * int(exponent)
    return [factor]


def _components(factors: list[Expr], limits: dict[Any, Any]) -> list[tuple[list[Any], list[Expr]]]:
    """Split a product into parts that share no summation variable: Σ_iΣ_j s_i t_j = (Σ s_i)(Σ t_j)."""
    groups: list[tuple[set[Any], list[Expr]]] = [({v}, []) for v in limits]
    for factor in factors:
        touched = factor.free_symbols & set(limits)
        hit = [g for g in groups if g[0] & touched]
        merged = (set().union(*(g[0] for g in hit)), [f for g in hit for f in g[1]] + [factor])
        groups = [g for g in groups if not g[0] & touched] + [merged]
    return [([v for v in limits if v in vs], fs) for vs, fs in groups]


def _component(variables: list[Any], factors: list[Expr], limits: dict[Any, Any]) -> Expr:
    """One connected sum in canonical order of its variables."""
    if not factors:
        # Σ_{i≤n} 1 = n, for whole n ≥ 0: {1, …, n} is empty for all negative ones, and has ⌊n⌋ elements for others
        return Mul(*(limits[v].size if _is_length(limits[v].size) else IndexedSum(S.One, (v, limits[v])) for v in variables))
    body = Mul(*factors)
    if len(variables) == 1:
        inner = _entries_product(body, variables[0], limits[variables[0]])
        if inner is not None:
            return inner
    candidates = [IndexedSum(body, *((v, limits[v]) for v in order)) for order in permutations(variables)]
    return min(candidates, key=lambda t: t.sort_key())


def _is_length(size: Expr) -> bool:
    return size.is_nonnegative is True and size.is_integer is True


def _entries_product(body: Expr, variable: Any, domain: Any) -> Expr | None:
    """Σ_i u_i v_i = u·v, when the body is a product of two entries of vectors that are free of i and the sum is over all of them."""
    factors = list(Mul.make_args(body))
    if len(factors) == 1 and isinstance(factors[0], Pow) and factors[0].exp == 2:
        factors = [factors[0].base] * 2
    if len(factors) != 2 or not all(isinstance(f, Entry) and f.args[1] == variable for f in factors):
        return None
    u, v = (f.vector for f in factors)
    whole = all(Range(w.dim) == domain and variable not in w.free_symbols for w in (u, v))    # Σ_i X_ii v_i is no inner product
    return Dot(u, v) if whole else None


def _names(variables: Iterable[Any]) -> set[str]:
    return {v.name for v in variables}
