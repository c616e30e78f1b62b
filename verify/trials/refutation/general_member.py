"""The general member of a family: its numbers as functions of M, on which a statement is decided for every M beyond a start.

The functions are guessed from a few members and nothing rests on the guess: the hypotheses and the inequality are shown for the general
member itself.  It has fixed sizes, and entries Σ c_q M^q with −1 ≤ q ≤ 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from numbers import Rational
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_mat

from theory.errors import BadData, NotCertified
from theory.terms import Ball, Formula, Sphere, Symbol
from verify.evaluate.exact import germs, numbers, spectra
from verify.evaluate.exact.formulas import truth
from verify.evaluate.exact.numbers import Number
from verify.evaluate.exact.terms import Exact, exact_kink, inner_product
from verify.evaluate.scope import Options, Run
from verify.laws.measure import RefutingFamily
from verify.objects.instance import Instance, as_fraction
from verify.trials.refutation.defining import definitions
from verify.trials.spaces.functions import degree, neurons_of, zero_and_basis

SIZES = (2, 4, 8, 16, 32)        # powers of two: a member may be computed in floats that hold them and their inverses exactly
POWERS = (-1, 0, 1, 2)
MOST_KINKS = 8                   # 2^8 sign patterns are enumerated

Coefficients = dict[int, fmpq]


@dataclass(frozen=True)
class GeneralMember:
    """The numbers and arrays of a family in M, and what is no number."""

    numbers: Mapping[str, Coefficients]
    arrays: Mapping[str, Any]                 # of Coefficients
    others: Mapping[str, Any]

    def at(self, start: int, formulas: Iterable[Formula]) -> Exact:
        """The exact reading of the formulas at all M ≥ start at once.

        Raises: BadData where a number breaks what its symbol declares.
        """
        formulas = list(formulas)
        scalars = {name: germs.laurent(c, start) for name, c in self.numbers.items()}
        arrays = {name: _entrywise(array, start) for name, array in self.arrays.items()}
        fixed = {name: numbers.to_fraction(value) for name, value in scalars.items() if isinstance(value, fmpq)}
        # an array that a reading takes past the leaves holds no fractions, and is refused
        instance = Instance({**self.others, **fixed, **arrays})
        run = Run(instance, Options())
        for formula in formulas:
            run.learn_sizes(formula)
        moving = {symbol: scalars[symbol.name] for formula in formulas for symbol in formula.free_symbols
                  if isinstance(symbol, Symbol) and symbol.name in scalars and symbol.name not in fixed}
        for symbol, value in moving.items():
            _require_declared(symbol, value, self.numbers[symbol.name])
        leaves = {name: (array.shape, array.tolist()) for name, array in arrays.items()}
        return Exact(instance, run.size, moving, truth, leaves)


def general_member(family: RefutingFamily) -> GeneralMember:
    """The guess from the members at M = 2, 4, …, 32.

    What is not exact, such as a function or numbers in floating point, is taken from the first of them.

    Raises: NotCertified where the members have growing sizes or entries of another form.
    """
    members = [family.member(size).values for size in SIZES]
    scalars: dict[str, Coefficients] = {}
    arrays: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, first in members[0].items():
        tables = [np.asarray(member[name], dtype=object) for member in members]
        if not all(isinstance(entry, (Rational, np.integer)) for table in tables for entry in table.flat):
            others[name] = first
            continue
        if len({table.shape for table in tables}) > 1:
            raise NotCertified(f"the size of {name} grows along the family")
        found: Any = np.empty(tables[0].shape, dtype=object)
        for place in np.ndindex(found.shape):
            found[place] = _guessed(name, [table[place] for table in tables])
        if found.shape:
            arrays[name] = found
        else:
            scalars[name] = found[()]
    return GeneralMember(scalars, arrays, others)


def _guessed(name: str, values: list[Any]) -> Coefficients:
    """Σ c_q M^q through the values.

    >>> from fractions import Fraction
    >>> {power: str(c) for power, c in _guessed("x", [Fraction(size) + Fraction(1, size) for size in SIZES]).items()}
    {-1: '1', 1: '1'}
    """
    wanted = [numbers.rational(as_fraction(value, name)) for value in values]
    table = fmpq_mat(len(SIZES), len(POWERS), [fmpq(size) ** power for size in SIZES for power in POWERS])
    square = fmpq_mat(len(POWERS), len(POWERS), table.entries()[: len(POWERS) ** 2])
    found = square.solve(fmpq_mat(len(POWERS), 1, wanted[: len(POWERS)]))
    if (table * found).entries() != wanted:
        raise NotCertified(f"the numbers of {name} are no combinations of 1/M, 1, M and M²")
    return {power: c for power, c in zip(POWERS, found.entries(), strict=True) if c != 0}


def _entrywise(array: Any, start: int) -> Any:
    found = np.empty(array.shape, dtype=object)
    for place, coefficients in np.ndenumerate(array):
        found[place] = germs.laurent(coefficients, start)
    return found


def _require_declared(symbol: Symbol, value: Number, coefficients: Coefficients) -> None:
    """A number of the general member is what its symbol declares, for every integer M of the ray."""
    zero = fmpq(0)
    signs = {"positive": numbers.below(zero, value), "nonnegative": numbers.at_most(zero, value),
             "negative": numbers.below(value, zero), "nonpositive": numbers.at_most(value, zero),
             "integer": all(power >= 0 and c.q == 1 for power, c in coefficients.items())}
    declared = {name for name, said in symbol._assumptions_orig.items() if said and name not in ("real", "commutative", "finite")}
    broken = sorted(name for name in declared if not signs.get(name, False))
    if broken:
        raise BadData(f"the numbers of {symbol.name} along the family are not shown to be {', '.join(broken)}")


# --- functions that a hypothesis defines -----------------------------------------------------------------------------------------------

@dataclass(frozen=True, eq=False)
class BoundedFunction:
    """A function along a family of which an upper bound of the Lipschitz constant is known, on the whole space or by its domain."""

    start: int
    everywhere: Number | None
    form: Any = None            # the matrix of a quadratic form, where it is one

    def __call__(self, values: Any) -> Any:
        raise NotCertified("the values of a function along a family are not read")

    def lipschitz_exact(self, domain: Any) -> tuple[Number, Number]:
        """0 and an upper bound, which stays exact where it is rational; (∞, ∞) for a function that is not Lipschitz at any member."""
        if self.everywhere is None and not isinstance(domain, (Ball, Sphere)) and _is_nonzero(self.form):
            return arb("inf"), arb("inf")
        upper = self._upper(domain)
        return fmpq(0), germs.constant(upper, self.start) if isinstance(upper, fmpq) else upper

    def _upper(self, domain: Any) -> Number:
        if self.everywhere is not None:
            return self.everywhere
        if isinstance(domain, Sphere):
            return _spread(self.form)
        if isinstance(domain, Ball):
            radius = max(fmpq(int(domain.radius.p), int(domain.radius.q)), fmpq(0))
            return numbers.multiply(2 * radius, germs.ends(spectra.operator_norm(self.form))[1])
        raise NotCertified("whether a quadratic form is 0, and so Lipschitz on the whole space, is not known for every member")


def _is_nonzero(form: Any) -> bool:
    """Whether an entry of the matrix is nonzero for every M."""
    zero = fmpq(0)
    return any(numbers.below(zero, entry) or numbers.below(entry, zero) for row in form for entry in row)


def _spread(form: Any) -> Number:
    """λ_max − λ_min of a symmetric matrix is at most the spread of its Gershgorin intervals; on the sphere it is the constant."""
    highs, lows = [], []
    for place, row in enumerate(form):
        radius: Number = fmpq(0)
        for other, entry in enumerate(row):
            radius = numbers.add(radius, numbers.absolute(entry)) if other != place else radius
        highs.append(numbers.add(row[place], radius))
        lows.append(numbers.add(row[place], _minus(radius)))
    high, low = highs[0], lows[0]
    for value, other in zip(highs, lows, strict=True):
        high, low = numbers.maximum(high, value), numbers.minimum(low, other)
    return numbers.add(high, _minus(low))


def _minus(value: Number) -> Number:
    return numbers.multiply(fmpq(-1), value)


def with_functions(at: Exact, start: int, formulas: Mapping[str, Formula]) -> tuple[Exact, frozenset[str]]:
    """The reading with the functions that hypotheses define, and the names of those hypotheses, which hold by construction."""
    found = definitions(formulas)
    made = {f.name: function_along(body, x, at, f.dim, start) for f, x, body in found.values()}
    return replace(at, instance=at.instance.with_values(**made)), frozenset(found)


def function_along(body: Any, x: Any, at: Exact, dim: Any, start: int) -> BoundedFunction:
    """The function x ↦ body: a network of neurons with two slopes, or a quadratic form.

    Raises: NotCertified for any other.
    """
    d = at.whole(dim)
    found = neurons_of(body, x, at, d)
    if found is None:
        return BoundedFunction(start, None, _form(body, x, at, d))
    psi, neurons, affine = found
    kink = exact_kink(psi, at)
    if kink is None or affine is not None:
        raise NotCertified("a function along the family is no network of neurons with two slopes")
    return BoundedFunction(start, _steepest(neurons, numbers.rational(kink[0]), numbers.rational(kink[1]), d))


def _steepest(neurons: list[tuple[Number, list[Number], Number]], left: fmpq, jump: fmpq, d: int) -> Number:
    """The longest gradient over all sign patterns of the kinks, whether realised or not; equal hyperplanes are merged first.

    ReLU(w·x + b) = |lead|·ReLU(±(ŵ·x + b̂)) with leading entry +1, and ReLU(−t) = ReLU(t) − t.
    """
    fixed: list[Number] = [fmpq(0)] * d
    merged: dict[Any, tuple[Number, list[Number]]] = {}
    for outer, row, offset in neurons:
        fixed = _plus(fixed, numbers.multiply(left, outer), row)
        lead = next((entry for entry in row if not (numbers.is_rational(entry) and entry == 0)), None)
        if lead is None:
            continue
        inverse = numbers.power(lead, fmpq(-1))
        unit = [numbers.multiply(inverse, entry) for entry in row]
        size = numbers.absolute(lead)
        slope = numbers.multiply(numbers.multiply(jump, outer), size)
        if numbers.below(lead, fmpq(0)):
            fixed = _plus(fixed, _minus(slope), unit)
        key = tuple(_key(value) for value in (*unit, numbers.multiply(inverse, offset)))
        before = merged.get(key, (fmpq(0), unit))[0]
        merged[key] = numbers.add(before, slope), unit
    kinks = [(slope, unit) for slope, unit in merged.values() if not (numbers.is_rational(slope) and slope == 0)]
    if len(kinks) > MOST_KINKS:
        raise NotCertified(f"a network along the family has {len(kinks)} kinks; at most {MOST_KINKS} are enumerated")
    longest: Number = fmpq(0)
    for pattern in product((False, True), repeat=len(kinks)):
        gradient = fixed
        for is_on, (slope, unit) in zip(pattern, kinks, strict=True):
            gradient = _plus(gradient, slope, unit) if is_on else gradient
        longest = numbers.maximum(longest, inner_product(gradient, gradient))
    return numbers.square_root(longest)


def _plus(vector: list[Number], factor: Number, direction: list[Number]) -> list[Number]:
    return [numbers.add(x, numbers.multiply(factor, u)) for x, u in zip(vector, direction, strict=True)]


def _key(value: Number) -> Any:
    return value.key if isinstance(value, germs.Germ) else value


def _form(body: Any, x: Any, at: Exact, d: int) -> list[list[Number]]:
    """The matrix of a body that is by its form a polynomial of degree 2, even, and 0 at 0."""
    if degree(body, x, at) not in (0, 1, 2):
        raise NotCertified("a function along the family is no quadratic form")
    zero, basis = zero_and_basis(d)

    def value(point: list[fmpq]) -> Number:
        return at.with_bound({x: point}).scalar(body)

    for e in (zero, *basis):
        constant = numbers.add(value(e), _minus(value([-t for t in e])))
        if not (numbers.is_rational(constant, value(zero)) and constant == 0 and value(zero) == 0):
            raise NotCertified("a function along the family has a part that is no quadratic form")
    A: list[list[Number]] = [[value(e) if i == j else fmpq(0) for j, e in enumerate(basis)] for i in range(d)]
    for i in range(d):
        for j in range(i):
            both = value([p + q for p, q in zip(basis[i], basis[j], strict=True)])
            cross = numbers.add(both, _minus(numbers.add(A[i][i], A[j][j])))
            A[i][j] = A[j][i] = numbers.multiply(fmpq(1, 2), cross)
    return A

