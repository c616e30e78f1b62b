"""Normal forms of numbers: products with the power laws of their atoms, 1/t, |t|, √t, e^t, powers, max and min."""

from __future__ import annotations

from functools import lru_cache
from math import comb

from flint import fmpq

from theory.kernel.binding import REMEMBERED
from theory.kernel.forms import NUMBERS, canonical, normal, number, order_of, rebuilt
from theory.kernel.nodes import N, Node, Z, fits, make, need, num
from theory.kernel.polynomials import Monomial, Polynomial, add_term, atom, constant, ordered, plus, scaled, square_free, times

HIGHEST = 100_000  # repeated squares of a document of a few lines would not fit into memory
LONG = 64  # powers with larger exponents are not written out
MANY = 10_000  # nor those with more terms, or of a higher degree
NONNEGATIVE = frozenset({"abs", "norm", "sqrt", "exp", "pi", "lip", "prob", "opnorm", "nucnorm", "injnorm", "tensornuc", "meanchi"})


def product(*parts: Polynomial) -> Polynomial:
    """The product, with the laws of the atoms."""
    total = reduced(parts[0]) if parts else constant(1)
    for part in parts[1:]:
        total = reduced(times(total, part))
    return total


def reduced(p: Polynomial) -> Polynomial:
    """The polynomial with the power laws of its atoms applied, until none applies."""
    todo: Polynomial = dict(p)
    done: Polynomial = {}
    while todo:
        monomial, c = todo.popitem()
        need(c.height_bits() <= HIGHEST, "a coefficient has too many digits")
        step = _reduction(monomial)
        target, value = (done, {monomial: c}) if step is None else (todo, scaled(step, c))
        for m, x in value.items():
            add_term(target, m, x)
    return done


@lru_cache(maxsize=REMEMBERED)
def _reduction(m: Monomial) -> Polynomial | None:
    """One power law applied to a monomial; None where none applies."""
    powers = dict(m)
    need(all(e <= HIGHEST for e in powers.values()), "a power is higher than {}", HIGHEST)
    for node, e in m:
        if node.head == "inv" and node.args[0] in powers and (e, powers[node.args[0]]) != (1, 1):
            return _cancelled(powers, node)
    for node, e in m:
        squared = square(node) if e >= 2 else None
        if squared is not None:
            return times(_monomial({**powers, node: e - 2}), squared)
    exps = [node for node, _ in m if node.head == "exp"]
    if len(exps) > 1 or (exps and powers[exps[0]] > 1):
        return times(_monomial({**powers, **dict.fromkeys(exps, 0)}), _exponential([node for node in exps for _ in range(powers[node])]))
    return None


def _monomial(powers: dict[Node, int]) -> Polynomial:
    """A product of powers, of which some may be 0."""
    return {ordered((node, e) for node, e in powers.items() if e): fmpq(1)}


def _cancelled(powers: dict[Node, int], inverse: Node) -> Polynomial:
    """t^a (1/t)^b is t^(a−b) for a > b, (1/t)^(b−a) for a < b, and t·(1/t) for a = b: true at t = 0 as well, all three."""
    base = inverse.args[0]
    a, b = powers[base], powers[inverse]
    return _monomial({**powers, base: max(a - b, int(a == b)), inverse: max(b - a, int(a == b))})


def square(node: Node) -> Polynomial | None:
    """The square of an atom, where it has another form for all values of what is inside."""
    if node.head == "abs":
        return product(normal(node.args[0]), normal(node.args[0]))        # |t|² = t²
    if node.head == "norm":
        return normal(make("dot", node.args[0], node.args[0]))            # ‖v‖² = v·v
    if node.head == "ind":
        return atom(node)                                                 # an indicator is 0 or 1
    if node.head == "sqrt" and node.args[0].head == "num":
        return normal(node.args[0])                                       # (√c)² = c for a numeral c > 0
    if node.head == "inv" and node.args[0].head in ("abs", "norm"):
        return inverse(product(atom(node.args[0], 2)))                    # (1/t)² = 1/t²
    if node.head == "pow" and node.args[0].head in ("abs", "norm") and node.args[1].sort is N:
        return power(product(atom(node.args[0], 2)), node.args[1])        # (t^p)² = (t²)^p for natural p
    return None


def _exponential(nodes: list[Node]) -> Polynomial:
    return _exp(plus(*(normal(node.args[0]) for node in nodes)))          # e^s e^t = e^(s+t)


# --- functions of numbers -----------------------------------------------------------------------------------------------------------

def _exp(p: Polynomial) -> Polynomial:
    return atom(make("exp", number(p))) if p else constant(1)


def inverse(p: Polynomial) -> Polynomial:
    """1/p: 1/0 = 0, 1/(st) = (1/s)(1/t), 1/(1/t) = t, 1/√c = √c/c, 1/e^t = e^(−t); a sum is divided by its leading coefficient."""
    if not p:
        return {}
    if len(p) > 1:
        leading = p[min(p, key=order_of)]
        return scaled(atom(make("inv", number(scaled(p, 1 / leading)))), 1 / leading)
    (monomial, c), = p.items()
    return product(constant(1 / c), *(_inverse_of_atom(node, e) for node, e in monomial))


def _inverse_of_atom(node: Node, exponent: int) -> Polynomial:
    if node.head == "inv":
        return product(*[normal(node.args[0])] * exponent)
    if node.head == "exp":
        return _exp(scaled(normal(node.args[0]), -exponent))
    if node.head == "sqrt" and node.args[0].head == "num":
        return power(scaled(atom(node), 1 / fmpq(*node.args[0].args)), num(exponent))       # 1/√c = √c/c for a numeral c > 0
    return product(atom(make("inv", node), exponent))


def absolute(p: Polynomial) -> Polynomial:
    """|p|: |st| = |s||t|, |−t| = |t|, and what is never negative is its own absolute value."""
    if len(p) == 1:
        (monomial, c), = p.items()
        return product(constant(abs(c)), *(_absolute_of_atom(node, e) for node, e in monomial))
    return atom(min((make("abs", number(q)) for q in (p, scaled(p, -1))), key=lambda node: node.key)) if p else {}


def _absolute_of_atom(node: Node, exponent: int) -> Polynomial:
    if never_negative(node):
        return atom(node, exponent)
    if node.head == "inv":
        return product(*[inverse(absolute(normal(node.args[0])))] * exponent)                          # |1/t| = 1/|t|
    if node.head == "pow" and fits(node.args[1].sort, Z):
        return product(*[power(absolute(normal(node.args[0])), node.args[1])] * exponent)              # |t^p| = |t|^p
    return product(atom(make("abs", node), exponent))


def never_negative(node: Node) -> bool:
    """Whether an atom is nonnegative for all values of what is inside, by its form."""
    if node.head in ("inv", "pow") and node.sort is not N:
        return never_negative(node.args[0])
    if node.head in ("sum", "sup", "expect", "lineint"):                  # of values that are never negative; off their domains they are 0
        return nonnegative_form(normal(node.args[-1]))
    if node.head == "max":
        return any(nonnegative_form(normal(a)) for a in node.args)
    if node.head == "dot":
        return node.args[0] is node.args[1]
    return node.sort is N or node.head in NONNEGATIVE or (node.head == "num" and node.args[0] >= 0)


def nonnegative_form(p: Polynomial) -> bool:
    """Whether each term of a polynomial is a positive multiple of squares and of atoms that are never negative."""
    return all(c > 0 and all(e % 2 == 0 or never_negative(node) for node, e in monomial) for monomial, c in p.items())


def root(p: Polynomial) -> Polynomial:
    """√p: √(c t) = √c √t for c > 0, √(a²) = |a|, and √(−a²) = 0; of a numeral, the square part leaves the root."""
    if not p:
        return {}
    content = abs(p[min(p, key=order_of)])
    inside = scaled(p, 1 / content)
    if len(inside) == 1:
        (monomial, sign), = inside.items()
        if _are_squares(monomial):
            return product(_root_of_numeral(content), *(_square_root(node, e) for node, e in monomial)) if sign > 0 else {}
    return product(_root_of_numeral(content), atom(make("sqrt", number(inside))))


def _root_of_numeral(c: fmpq) -> Polynomial:
    top, bottom = int(c.p), int(c.q)
    outside, rest = square_free(top * bottom)                             # √(a/b) = √(ab)/b
    return scaled(constant(1) if rest == 1 else atom(make("sqrt", num(rest))), fmpq(outside, bottom))


def _are_squares(monomial: Monomial) -> bool:
    return all(e % 2 == 0 or (node.head == "dot" and node.args[0] is node.args[1]) for node, e in monomial)


def _square_root(node: Node, exponent: int) -> Polynomial:
    """√(a²) = |a|, and √(v·v) = ‖v‖."""
    if exponent % 2:
        return product(*[normal(make("norm", node.args[0]))] * exponent)
    return absolute(atom(node, exponent // 2))


def power(base: Polynomial, exponent: Node) -> Polynomial:
    """base^exponent; natural exponents are shared out over sums of exponents and products of bases."""
    if base == constant(1):
        return base
    if exponent.sort is not N:
        return _numeral_power(base, exponent)
    result = constant(1)
    for monomial, c in normal(exponent).items():
        factors = number({monomial: fmpq(1)})
        natural = c.q == 1 and 0 <= c <= LONG and factors.sort is N       # an exponent may be natural though its parts are not
        if not natural or (not monomial and _is_long(base, int(c))):
            return atom(make("pow", number(base), canonical(exponent)))
        result = product(result, *[_natural_power(base, factors) if monomial else base] * int(c))
    return result


def _is_long(base: Polynomial, exponent: int) -> bool:
    """Whether base^exponent has too many terms, or too high a degree, to be written out."""
    degree = max((e for monomial in base for _, e in monomial), default=0)
    return degree * exponent > MANY or (len(base) > 1 and comb(len(base) + exponent - 1, exponent) > MANY)


def _natural_power(base: Polynomial, exponent: Node) -> Polynomial:
    """base^exponent for a natural exponent that is one atom or a product: (st)^p = s^p t^p; 1^p = 1."""
    if len(base) != 1:
        return atom(make("pow", number(base), exponent))
    (monomial, c), = base.items()
    parts = [_power_of_atom(node, exponent, e) for node, e in monomial]
    if c != 1:
        parts.append(atom(make("pow", make("num", int(c.p), int(c.q)), exponent)))
    return product(*parts)


def _power_of_atom(node: Node, exponent: Node, times_: int) -> Polynomial:
    """(a^e)^p = (a^p)^e for an atom a."""
    if node.head == "pow" and node.args[1].sort is N:
        return product(*[power(normal(node.args[0]), make("mul", node.args[1], exponent))] * times_)
    return product(atom(make("pow", node, exponent), times_))


def _numeral_power(base: Polynomial, exponent: Node) -> Polynomial:
    """A power with an exponent that is not natural: t^{−1} = 1/t and t^{1/2} = √t, everywhere, and powers of these."""
    exact = normal(exponent)
    value = exact.get((), fmpq(0))
    if set(exact) - {()} or value.q > 2 or abs(value) > LONG or _is_long(base, int(2 * abs(value))):
        return atom(make("pow", number(base), number(exact)))
    twice = int(2 * value)
    unit, times_ = (base, twice // 2) if twice % 2 == 0 else (root(base), twice)
    return product(*[inverse(unit) if times_ < 0 else unit] * abs(times_))


def _extreme(node: Node) -> Polynomial:
    """max and min: the order and repetition of arguments do not count."""
    sides = sorted({canonical(a) for a in node.args}, key=lambda a: a.key)
    return normal(sides[0]) if len(sides) == 1 else atom(make(node.head, *sides))


NUMBERS.update({
    "num": lambda t: constant(fmpq(*t.args)), "inv": lambda t: inverse(normal(t.args[0])), "abs": lambda t: absolute(normal(t.args[0])),
    "add": lambda t: plus(*map(normal, t.args)), "mul": lambda t: product(*map(normal, t.args)),
    "sqrt": lambda t: root(normal(t.args[0])), "exp": lambda t: _exp(normal(t.args[0])), "max": _extreme, "min": _extreme,
    "pow": lambda t: power(normal(t.args[0]), t.args[1]),
    "floor": lambda t: normal(t.args[0]) if fits(t.args[0].sort, Z) else atom(rebuilt(t)),
})
