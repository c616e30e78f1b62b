"""Exact evaluation of terms, one place at a time: rationals and Arb balls;
nothing is sampled and nothing is rounded silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy
from flint import arb, fmpq
from sympy import Abs, Add, Float, Max, Min, Mul, Pow, Rational, Symbol

from theory.errors import BadData, NotCertified, ShapeError
from theory.terms import formula as formulas
from theory.terms import linear, scalars
from theory.terms.gradients import GradientValue
from theory.terms.sets import Ball, Range, Signs, Sphere
from theory.terms.sets import Interval as RealInterval
from verify.evaluate.conventions import Convention, reading_words
from verify.evaluate.declared import require_declared
from verify.evaluate.exact import numbers, spectra
from verify.evaluate.exact.numbers import Number, ball, is_rational, rational
from verify.evaluate.functions import numeric_domain
from verify.objects.instance import Instance, as_fraction

MAX_SIGNS = 12  # sign vectors up to this length are enumerated


@dataclass(frozen=True)
class Exact:
    """The values of the open variables, the instance, and how dimensions are read off its arrays."""

    instance: Instance
    size: Callable[[str], int | None]
    bound: Mapping[Any, Any]
    truth: Callable[[Any, Exact], bool | None]  # decides formulas inside indicators
    leaves: dict[str, Any] = field(default_factory=dict)  # the arrays of the instance that were converted
    off_domain: list[str] = field(default_factory=list)  # what was read off its domain, in words

    def with_bound(self, values: Mapping[Any, Any]) -> Exact:
        return replace(self, bound={**self.bound, **values})

    def recording(self) -> Exact:
        """The same, with a record of its own of what is read off the domain."""
        return replace(self, off_domain=[])

    def read_off(self, convention: Convention, term: Any) -> None:
        """Record that a term was read off its domain."""
        said = reading_words(convention, term)
        if said not in self.off_domain:
            self.off_domain.append(said)

    def scalar(self, term: Any) -> Number:
        """The value of a scalar term."""
        return _dispatch(term)(term, self)

    def vector(self, term: Any) -> list[Number]:
        found: list[Number] = _dispatch(term)(term, self)
        return found

    def matrix(self, term: Any) -> spectra.Rows:
        found: spectra.Rows = _dispatch(term)(term, self)
        return found

    def whole(self, term: Any) -> int:
        """The value of an integer term."""
        value = self.scalar(term)
        if not is_rational(value) or value.q != 1:
            raise BadData(f"{term} is {value}, where an integer is needed")
        return int(value.p)


_READERS: dict[type, Callable[[Any, Exact], Any]] = {}


def reads_exactly(*kinds: type) -> Callable[[Callable[[Any, Exact], Any]], Callable[[Any, Exact], Any]]:
    """Declare the exact reading of terms of these classes."""

    def register(reader: Callable[[Any, Exact], Any]) -> Callable[[Any, Exact], Any]:
        for kind in kinds:
            _READERS[kind] = reader
        return reader

    return register


def _dispatch(term: Any) -> Callable[[Any, Exact], Any]:
    for kind in type(term).__mro__:
        if kind in _READERS:
            return _READERS[kind]
    raise NotCertified(f"the term {term} ({type(term).__name__}) has no exact reading; use the float reading")


# --- arithmetic -----------------------------------------------------------------------------------


@reads_exactly(sympy.Rational)
def _rational(term: Any, at: Exact) -> Number:
    return fmpq(int(term.p), int(term.q))


@reads_exactly(Float)
def _float(term: Any, at: Exact) -> Number:
    raise BadData(f"the float {term} in a term is not exact; write it as a Rational")


@reads_exactly(sympy.NumberSymbol)
def _constant(term: Any, at: Exact) -> Number:
    if isinstance(term, type(sympy.pi)):
        return arb.pi()
    if term == sympy.E:
        return arb(1).exp()
    raise NotCertified(f"the constant {term} has no exact reading")


@reads_exactly(Symbol)
def _symbol(term: Any, at: Exact) -> Number:
    if term in at.bound:
        return at.bound[term]
    size = None if at.instance.has(term.name) or not term.is_integer else at.size(term.name)
    if size is not None:
        return fmpq(size)
    value = at.instance.exact_number(term.name)
    require_declared(term, value)
    return rational(value)


def _fold(operation: Callable[[Number, Number], Number]) -> Callable[[Any, Exact], Number]:
    def reader(term: Any, at: Exact) -> Number:
        first, *rest = term.args
        total = at.scalar(first)
        for part in rest:
            total = operation(total, at.scalar(part))
        return total

    return reader


reads_exactly(Add)(_fold(numbers.add))
reads_exactly(Mul)(_fold(numbers.multiply))
reads_exactly(Max)(_fold(numbers.maximum))
reads_exactly(Min)(_fold(numbers.minimum))
reads_exactly(Abs)(lambda term, at: numbers.absolute(at.scalar(term.args[0])))


@reads_exactly(Pow)
def _power(term: Any, at: Exact) -> Number:
    if isinstance(term.base, scalars.Norm) and term.exp.is_Integer and term.exp > 0 and term.exp % 2 == 0:
        v = at.vector(term.base.args[0])
        if is_rational(*v):
            return numbers.power(inner_product(v, v), fmpq(int(term.exp) // 2))         # rational, as its root may not be
    base, exponent = at.scalar(term.base), at.scalar(term.exp)
    if numbers.below(base, fmpq(0)) and not numbers.is_integer(exponent):
        at.read_off(Convention.ROOT if term.exp == Rational(1, 2) else Convention.POWER, term)
    elif numbers.below(exponent, fmpq(0)) and numbers.is_zero(base):
        at.read_off(Convention.DIVISION, term)
    return numbers.power(base, exponent)


_ELEMENTARY: dict[type, Callable[[arb], arb]] = {
    sympy.exp: lambda x: x.exp(),
    sympy.sin: lambda x: x.sin(),
    sympy.cos: lambda x: x.cos(),
    sympy.atan: lambda x: x.atan(),
    sympy.tanh: lambda x: x.tanh(),
    sympy.sinh: lambda x: x.sinh(),
    sympy.erf: lambda x: x.erf(),
    sympy.erfc: lambda x: x.erfc(),
}


def _elementary(f: Callable[[arb], arb]) -> Callable[[Any, Exact], Number]:
    def reader(term: Any, at: Exact) -> Number:
        value = f(ball(at.scalar(term.args[0])))
        if value.is_nan():
            raise NotCertified(f"{term} is not enclosed on this instance; raise the precision")
        return value

    return reader


for _kind, _f in _ELEMENTARY.items():
    reads_exactly(_kind)(_elementary(_f))


# --- finite sums and maxima -----------------------------------------------------------------------


def each_index(term: Any, at: Exact) -> Iterator[Exact]:
    """The environments of all index tuples of a binder over ranges or sign vectors."""
    yield from _each(term.limits, at)


def _each(limits: Any, at: Exact) -> Iterator[Exact]:
    if not limits:
        yield at
        return
    (variable, domain), *rest = limits
    for value in _members(domain, at):
        yield from _each(rest, at.with_bound({variable: value}))


def is_empty(domain: Any, at: Exact) -> bool:
    """Whether a continuous set certainly has no point."""
    if isinstance(domain, Ball):
        return numbers.below(at.scalar(domain.radius), fmpq(0))
    if isinstance(domain, RealInterval):
        return numbers.below(*(at.scalar(end) for end in reversed(domain.args)))
    return isinstance(domain, Sphere) and at.whole(domain.dim) == 0


def _members(domain: Any, at: Exact) -> Iterator[Any]:
    if isinstance(domain, Range):
        yield from (fmpq(i) for i in range(1, at.whole(domain.size) + 1))
    elif isinstance(domain, Signs):
        n = at.whole(domain.size)
        if n > MAX_SIGNS:
            raise NotCertified(f"2^{n} sign vectors are too many to enumerate exactly; use n ≤ {MAX_SIGNS}")
        yield from ([fmpq(s) for s in signs] for signs in product((-1, 1), repeat=n))
    elif isinstance(domain, Sphere) and at.whole(domain.dim) <= 1:
        yield from ([fmpq(s)] for s in (-1, 1) if at.whole(domain.dim) == 1)
    elif not is_empty(domain, at):
        raise NotCertified(f"a bound variable ranges over {domain}, which is not finite; there is no exact reading")


@reads_exactly(linear.IndexedSum)
def _sum(term: Any, at: Exact) -> Number:
    total: Number = fmpq(0)
    for inner in each_index(term, at):
        total = numbers.add(total, inner.scalar(term.body))
    return total


@reads_exactly(scalars.Sup)
def _supremum(term: Any, at: Exact) -> Number:
    values = [inner.scalar(term.body) for inner in each_index(term, at)]
    if not values:
        at.read_off(Convention.MAXIMUM if all(isinstance(d, Range) for d in term.domains) else Convention.SUPREMUM, term)
        return fmpq(0)
    best = values[0]
    for value in values[1:]:
        best = numbers.maximum(best, value)
    return best


@reads_exactly(scalars.Expect)
def _expectation(term: Any, at: Exact) -> Number:
    if not all(isinstance(d, Signs) for d in term.domains):
        raise NotCertified("an expectation has an exact reading over sign vectors only")
    total, count = fmpq(0), 0
    for inner in each_index(term, at):
        total, count = numbers.add(total, inner.scalar(term.body)), count + 1
    return numbers.multiply(total, fmpq(1, count))


@reads_exactly(scalars.Prob)
def _probability(term: Any, at: Exact) -> Number:
    if not all(isinstance(d, Signs) for d in term.domains):
        raise NotCertified("a probability has an exact reading over sign vectors only")
    certain, possible, count = 0, 0, 0
    for inner in each_index(term, at):
        truth = inner.truth(term.body, inner)
        certain, possible, count = certain + (truth is True), possible + (truth is not False), count + 1
    return (
        fmpq(certain, count)
        if certain == possible
        else numbers.hull(arb(fmpq(certain, count)), arb(fmpq(possible, count)))
    )


@reads_exactly(scalars.Indicator)
def _indicator(term: Any, at: Exact) -> Number:
    truth = at.truth(term.args[0], at)
    if truth is None:
        return numbers.hull(arb(0), arb(1))
    return fmpq(1 if truth else 0)


# --- vectors and matrices -------------------------------------------------------------------------


@reads_exactly(linear.VectorSymbol, linear.MatrixSymbol)
def _leaf(term: Any, at: Exact) -> Any:
    if term in at.bound:
        return at.bound[term]
    dims = (term.dim,) if isinstance(term, linear.VectorSymbol) else term.shape
    found = at.leaves.get(term.name)
    if found is None:
        array = at.instance.exact_array(term.name, len(dims))
        found = at.leaves[term.name] = array.shape, _rationals(array)
    shape, values = found
    wanted = tuple(at.whole(dim) for dim in dims)
    if shape != wanted:
        raise ShapeError(f"{term.name} has shape {shape}, but its dimensions {dims} are {wanted}")
    return values


def _rationals(array: Any) -> Any:
    return [rational(x) for x in array] if array.ndim == 1 else [[rational(x) for x in row] for row in array]


def _component(values: list[Any], index: int, otherwise: Any, term: Any, at: Exact) -> Any:
    """The component at an index from 1, and what stands for 0 out of range."""
    if 1 <= index <= len(values):
        return values[index - 1]
    at.read_off(Convention.ENTRY, term)
    return otherwise


@reads_exactly(linear.Entry)
def _entry(term: Any, at: Exact) -> Number:
    return _component(at.vector(term.args[0]), at.whole(term.args[1]), fmpq(0), term, at)


@reads_exactly(linear.Row)
def _row(term: Any, at: Exact) -> list[Number]:
    zero = [fmpq(0)] * at.whole(term.dim)
    found: list[Number] = _component(at.matrix(term.args[0]), at.whole(term.args[1]), zero, term, at)
    return found


@reads_exactly(linear.Cell)
def _cell(term: Any, at: Exact) -> Number:
    row = _component(at.matrix(term.args[0]), at.whole(term.args[1]), [], term, at)
    value = _component(row, at.whole(term.args[2]), fmpq(0), term, at)
    if term.is_nonnegative and not numbers.at_most(fmpq(0), value):
        raise BadData(f"an entry of the nonnegative table {term.args[0].name} is {value}; give nonnegative entries")
    return value


@reads_exactly(linear.ZeroVector)
def _zero(term: Any, at: Exact) -> list[Number]:
    return [fmpq(0)] * at.whole(term.dim)


def _plus(u: Any, v: Any) -> Any:
    return [_plus(x, y) for x, y in zip(u, v, strict=True)] if isinstance(u, list) else numbers.add(u, v)


def _times(c: Number, v: Any) -> Any:
    return [_times(c, x) for x in v] if isinstance(v, list) else numbers.multiply(c, v)


@reads_exactly(linear.VectorSum_, linear.MatrixSum_)
def _array_sum(term: Any, at: Exact) -> Any:
    first, *rest = [_dispatch(a)(a, at) for a in term.args]
    for part in rest:
        first = _plus(first, part)
    return first


@reads_exactly(linear.ScaledVector, linear.ScaledMatrix)
def _scaled(term: Any, at: Exact) -> Any:
    return _times(at.scalar(term.args[0]), _dispatch(term.args[1])(term.args[1], at))


@reads_exactly(linear.IndexedVectorSum, linear.IndexedMatrixSum)
def _indexed(term: Any, at: Exact) -> Any:
    total = None
    for inner in each_index(term, at):
        value = _dispatch(term.body)(term.body, inner)
        total = value if total is None else _plus(total, value)
    if total is not None:
        return total
    if isinstance(term, linear.IndexedVectorSum):
        return [fmpq(0)] * at.whole(term.dim)
    rows, columns = (at.whole(size) for size in term.shape)
    return [[fmpq(0)] * columns for _ in range(rows)]


@reads_exactly(linear.MatVec)
def _matvec(term: Any, at: Exact) -> list[Number]:
    v = at.vector(term.args[1])
    return [inner_product(row, v) for row in at.matrix(term.args[0])]


@reads_exactly(linear.Outer)
def _outer(term: Any, at: Exact) -> Any:
    u, v = at.vector(term.args[0]), at.vector(term.args[1])
    return [[numbers.multiply(x, y) for y in v] for x in u]


def inner_product(u: list[Number], v: list[Number]) -> Number:
    """u·v."""
    total: Number = fmpq(0)
    for x, y in zip(u, v, strict=True):
        total = numbers.add(total, numbers.multiply(x, y))
    return total


def _flat(matrix: spectra.Rows) -> list[Number]:
    return [x for row in matrix for x in row]


def euclidean(v: list[Number]) -> Number:
    """‖v‖."""
    if is_rational(*v) or numbers.depends_on_parameter(*v):
        return numbers.square_root(inner_product(v, v))
    return numbers.square_root(sum((abs(ball(x)) ** 2 for x in v), arb(0)))


reads_exactly(scalars.Dot)(lambda term, at: inner_product(at.vector(term.args[0]), at.vector(term.args[1])))
reads_exactly(scalars.Norm)(lambda term, at: euclidean(at.vector(term.args[0])))
reads_exactly(scalars.FrobeniusNorm)(lambda term, at: euclidean(_flat(at.matrix(term.args[0]))))
reads_exactly(scalars.Trace)(
    lambda term, at: inner_product(_flat(at.matrix(term.args[0])), _flat(at.matrix(term.args[1])))
)
reads_exactly(scalars.OperatorNorm)(lambda term, at: spectra.operator_norm(at.matrix(term.args[0])))
reads_exactly(scalars.NuclearNorm)(lambda term, at: spectra.total(spectra.singular_values(at.matrix(term.args[0]))))
reads_exactly(scalars.Rank)(lambda term, at: fmpq(spectra.rank(at.matrix(term.args[0]))))


@reads_exactly(scalars.EigenvalueSum)
def _eigenvalue_sum(term: Any, at: Exact) -> Number:
    matrix, count = at.matrix(term.args[0]), at.whole(term.args[1])
    if not 0 <= count <= len(matrix):
        at.read_off(Convention.EIGENVALUE, term)
    return spectra.total(spectra.eigenvalues(spectra.symmetrised(matrix))[: max(count, 0)])


# --- activations and functions --------------------------------------------------------------------


def exact_kink(psi: Any, at: Exact) -> tuple[Fraction, Fraction] | None:
    """(α, β) with ψ(t) = αt + β·ReLU(t), None if ψ has no such form."""
    if isinstance(psi, scalars.ConcreteActivation):
        if psi.name != "ReLU":
            raise NotCertified(f"the concrete activation {psi.name} has no exact reading; use ReLU")
        return Fraction(0), Fraction(1)
    return getattr(at.instance.callable(psi.name, "activation"), "kink", None)


@reads_exactly(scalars.Apply)
def _apply(term: Any, at: Exact) -> Number:
    t, kink = at.scalar(term.args[1]), exact_kink(term.args[0], at)
    if kink is not None:
        positive = numbers.maximum(t, fmpq(0))
        return numbers.add(numbers.multiply(rational(kink[0]), t), numbers.multiply(rational(kink[1]), positive))
    psi = at.instance.callable(term.args[0].name, "activation")
    return _called(getattr(psi, "function", psi), np.array([_fraction(t, term)], dtype=object), term)


def _fraction(value: Number, term: Any) -> Fraction:
    if not is_rational(value):
        raise NotCertified(f"an argument in {term} is irrational, and the function is only given at rational points")
    return numbers.to_fraction(value)


def _called(function: Any, argument: Any, term: Any) -> Number:
    """The value of a Python function at an exact argument; NotCertified when it answers in floats."""
    try:
        return rational(as_fraction(np.asarray(function(argument), dtype=object).reshape(-1)[0], str(term)))
    except (BadData, TypeError, AttributeError):
        raise NotCertified(
            f"the function in {term} does not answer exactly at exact points; give it exact weights"
        ) from None


@reads_exactly(scalars.Value)
def _value(term: Any, at: Exact) -> Number:
    point = np.array([[_fraction(x, term) for x in at.vector(term.args[1])]], dtype=object)
    return _called(at.instance.callable(term.args[0].name, "function"), point, term)


@reads_exactly(GradientValue)
def _gradient(term: Any, at: Exact) -> list[Number]:
    point = np.array([[_fraction(x, term) for x in at.vector(term.args[1])]], dtype=object)
    f = at.instance.callable(term.args[0].name, "function")
    if not hasattr(f, "gradient"):
        raise NotCertified(f"the function in {term} offers no gradient")
    try:
        return [rational(as_fraction(entry, str(term))) for entry in np.asarray(f.gradient(point), dtype=object).reshape(-1)]
    except (BadData, TypeError):
        raise NotCertified(f"the gradient in {term} is not exact at exact points; give the function exact weights") from None


@reads_exactly(scalars.Lip)
def _lip(term: Any, at: Exact) -> Number:
    symbol, domain = term.args
    lower, upper = steepest_slope(symbol, domain, at)
    if not numbers.is_finite(upper):
        if not numbers.is_infinite(lower):
            raise NotCertified(f"whether {symbol.name} is Lipschitz on {domain} is not known")
        at.read_off(Convention.LIPSCHITZ, term)
        return fmpq(0)
    return numbers.hull(lower, upper)


def steepest_slope(symbol: Any, domain: Any, at: Exact) -> tuple[Number, Number]:
    """Certified ends of the supremum of the slopes of f on the domain; both infinite if f is not Lipschitz.

    Raises: NotCertified (the object that stands for f certifies none); BadData (its ends are in the wrong order).
    """
    f = at.instance.callable(symbol.name, "function")
    if not hasattr(f, "lipschitz_exact"):
        raise NotCertified(
            f"the function {symbol.name} offers no rigorous enclosure of its Lipschitz constant (lipschitz_exact)"
        )
    radius = None
    if isinstance(domain, Ball):
        size = _fraction(at.scalar(domain.radius), domain)
        radius = sympy.Rational(size.numerator, size.denominator)
    lower, upper = f.lipschitz_exact(numeric_domain(domain, at.whole(domain.dim), radius))
    if numbers.is_finite(upper) and numbers.below(upper, lower):
        raise BadData(f"the enclosure of Lip({symbol.name}) is empty; mend the object that computed it")
    return lower, upper


RELATIONS = (formulas.Le, formulas.Lt, formulas.Eq)
