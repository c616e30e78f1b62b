"""Monomial-chain certificates: an inequality between power products by an ordered list of substitutions, re-checked by replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from flint import arb, ctx, fmpq

from theory.certificates.steps.farkas import rational_number
from theory.errors import NotCertified

FORMAT = "lawbook.chain/1"
MAX_EXPONENT_BITS = 200_000   # largest size of the integers compared exactly; beyond it the constants are compared in balls
PRECISIONS = (64, 256, 1024)  # bits


@dataclass(frozen=True)
class PowerProduct:
    """A positive rational, times powers of primes and of enclosed positive constants, times powers of atoms."""

    coefficient: Fraction
    constants: Mapping[str, Fraction]
    atoms: Mapping[str, Fraction]

    def times(self, other: PowerProduct, exponent: Fraction) -> PowerProduct:
        """self · other^exponent, with rational powers of the coefficient kept as a constant."""
        constants, atoms = dict(self.constants), dict(self.atoms)
        for table, source in ((constants, other.constants), (atoms, other.atoms)):
            for name, e in source.items():
                table[name] = table.get(name, Fraction(0)) + e * exponent
        coefficient = self.coefficient
        if exponent.denominator == 1:
            coefficient *= other.coefficient ** int(exponent)
        elif other.coefficient != 1:
            key = str(other.coefficient)
            constants[key] = constants.get(key, Fraction(0)) + exponent
        drop = {n: e for n, e in constants.items() if e}
        return PowerProduct(coefficient, drop, {n: e for n, e in atoms.items() if e})


def parse_product(entry: Any, where: str) -> PowerProduct:
    """Read ``{"coefficient", "constants": {number or name: exponent}, "atoms": {name: exponent}}``."""
    if not isinstance(entry, Mapping):
        raise NotCertified(f"{where}: {entry!r} is not a power product")
    tables = [{str(n): rational_number(e, where) for n, e in dict(entry.get(key, {})).items()} for key in ("constants", "atoms")]
    coefficient = rational_number(entry.get("coefficient"), where)
    if coefficient <= 0:
        raise NotCertified(f"{where}: the coefficient {coefficient} is not positive")
    return PowerProduct(coefficient, *tables)


def compare_constant(product: PowerProduct, enclosures: Mapping[str, Any]) -> int | None:
    """The sign of (constant part of the product) − 1, exactly where it is a radical, else in balls; None when undecided."""
    named = {n for n in product.constants if n in enclosures}
    exponents = {n: e for n, e in product.constants.items() if n not in named}
    order = lcm(*(e.denominator for e in exponents.values()), 1)
    bits = order * sum(abs(e) * max(1, rational_number(n, "constants").numerator.bit_length()) for n, e in exponents.items())
    if not named and bits <= MAX_EXPONENT_BITS:
        value = product.coefficient ** order
        for n, e in exponents.items():
            value *= rational_number(n, "constants") ** int(e * order)
        return (value > 1) - (value < 1)
    for precision in PRECISIONS:
        with ctx.workprec(precision):
            ball = _ball(product.coefficient)
            for n, e in product.constants.items():
                base = _enclosed(enclosures[n]) if n in named else _ball(rational_number(n, "constants"))
                ball *= base ** _ball(e)
            if ball > 1 or ball < 1:
                return 1 if ball > 1 else -1
    return None


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _enclosed(bounds: Any) -> arb:
    lo, hi = (rational_number(end, "enclosure of a constant") for end in bounds)
    if not 0 < lo <= hi:
        raise NotCertified(f"the enclosure [{lo}, {hi}] of a constant is not a positive interval")
    return _ball(lo).union(_ball(hi))


def verify_chain(evidence: Mapping[str, Any]) -> None:
    """Re-check lhs ≤ rhs (or <) by replaying the substitutions; silent when it holds, NotCertified when not.

    All atoms are nonnegative, those named in ``positive`` are positive.  Start with U = lhs.  A step uses a fact A ≤ B with an
    exponent e > 0: then U = Aᵉ·V with V = U/Aᵉ, and U ≤ Bᵉ·V because V ≥ 0 and t ↦ tᵉ is increasing.  This needs V to be
    defined where atoms vanish:
    its exponents are ≥ 0 at atoms that are not known to be positive.  After the last step U/rhs must be a constant ≤ 1.
    For lhs < rhs, a strict fact must have been used with a positive V, or the constant must be < 1 and all atoms left positive.

    Args:
        evidence: ``{"format", "strict", "lhs", "rhs", "positive", "enclosures": {constant: [lo, hi]},
            "steps": [{"fact", "strict", "lower": A, "upper": B, "exponent"}]}``, power products as read by `parse_product`.
    Raises:
        NotCertified: a step is not legitimate where it stands, or the last bound is not below rhs.
    Guarantee:
        certified: every step in rational arithmetic, the last comparison in integers (radicals) or balls (other constants, whose
        enclosures are taken from the evidence).  That the facts are those of a claim is not checked here.

    >>> one, a, b = ({"coefficient": "1", "constants": {}, "atoms": atoms} for atoms in ({}, {"a": "2"}, {"b": "1"}))
    >>> step = {"fact": "a²≤b", "strict": False, "lower": a, "upper": b, "exponent": "1/2"}
    >>> verify_chain({"format": FORMAT, "strict": False, "positive": [], "enclosures": {}, "steps": [step],
    ...               "lhs": {"coefficient": "1", "atoms": {"a": "1"}}, "rhs": {"coefficient": "1", "atoms": {"b": "1/2"}}})
    """
    if evidence.get("format") != FORMAT:
        raise NotCertified(f"the certificate has format {evidence.get('format')!r}, not {FORMAT!r}")
    positive = frozenset(evidence.get("positive", []))
    bound, target = parse_product(evidence.get("lhs"), "lhs"), parse_product(evidence.get("rhs"), "rhs")
    for product, where in ((bound, "lhs"), (target, "rhs")):
        _demand_defined(product, positive, where)
    strict = False
    for position, step in enumerate(evidence.get("steps", []), start=1):
        bound, is_strict = apply_step(bound, step, positive, f"step {position} ({step.get('fact')})")
        strict |= is_strict
    rest = bound.times(target, Fraction(-1))
    if rest.atoms:
        raise NotCertified(f"the last bound divided by the right side still has {', '.join(rest.atoms)}")
    comparison = compare_constant(rest, evidence.get("enclosures", {}))
    if comparison is None or comparison > 0:
        raise NotCertified("the constant of the last bound is not certified to be at most that of the right side")
    strict |= comparison < 0 and set(bound.atoms) <= positive
    if evidence.get("strict", True) and not strict:
        raise NotCertified("the inequality is strict, but no strict fact with a positive rest was used and the constants agree")


def apply_step(bound: PowerProduct, step: Mapping[str, Any], positive: frozenset[str], where: str) -> tuple[PowerProduct, bool]:
    """The next upper bound U·(B/A)ᵉ, and whether it is strictly larger than U."""
    lower, upper = parse_product(step.get("lower"), where), parse_product(step.get("upper"), where)
    exponent = rational_number(step.get("exponent"), where)
    if exponent <= 0:
        raise NotCertified(f"{where}: the exponent {exponent} is not positive")
    for product in (lower, upper):
        _demand_defined(product, positive, where)
    rest = bound.times(lower, -exponent)
    _demand_defined(rest, positive, f"{where}, the rest after division")
    return rest.times(upper, exponent), bool(step.get("strict")) and set(rest.atoms) <= positive


def _demand_defined(product: PowerProduct, positive: frozenset[str], where: str) -> None:
    for name, exponent in product.atoms.items():
        if exponent < 0 and name not in positive:
            raise NotCertified(f"{where}: {name} has the exponent {exponent} but is not known to be positive")
