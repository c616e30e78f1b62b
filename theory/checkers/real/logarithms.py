"""What is known of log t once signs are: its tangents, its sign, its terms where t is a product, and e^(q log t)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from theory.checkers.real.factors import factors
from theory.checkers.real.monomials import degree_of
from theory.checkers.script import Line, Script
from theory.kernel.heads import bind, eq, le, lt
from theory.kernel.nodes import Node, R, make, num, var
from theory.kernel.normal import canonical, normal, number

SignOf = Callable[[Node], "tuple[Line, str] | None"]       # a line about the sign of a number, and what it says: ">", "≥", "<" or "≤"


def logarithm(script: Script, atom: Node, sign: SignOf) -> tuple[list[Line], bool] | None:
    """For t > 0, log t ≤ t − 1; log t ≥ 0 for t ≥ 1, log t ≤ 0 for 0 < t ≤ 1, strictly where the premise is.

    What is returned is that of `conditional`: the lines, and whether a strict sign would give no more; None without a sign.
    """
    t = atom.args[0]
    terms = log_terms(script, t, sign)
    line, what = sign(t - 1) or (0, "")
    large, small = what in (">", "≥"), what in ("<", "≤")
    if terms is not None:
        positive, lines = terms[0], [terms[1]]
    elif large:
        positive, lines = script.combine(lt(0, t), [(line, 1)]), []
    else:
        known = sign(t)
        if known is None or known[1] != ">":
            return None
        positive, lines = known[0], []
    lines.append(_tangent(script, atom, positive))
    if large or small:
        lines.append((_above if large else _below)(script, atom, line, positive))
    return lines, what in (">", "<")


def _tangent(script: Script, atom: Node, positive: Line) -> Line:
    """log t ≤ t − 1: the tangent of e^s at s = log t."""
    t = atom.args[0]
    same = script.axiom("exp_of_log", [positive], t=t)
    return script.combine(le(atom, t - 1), [(script.axiom("exp_tangent", t=atom), 1), (same, 1)])


def _above(script: Script, atom: Node, line: Line, positive: Line) -> Line:
    """0 ≤ log t from 1 ≤ t, and 0 < log t from 1 < t: else t = e^(log t) ≤ e^0."""
    t = atom.args[0]
    if script.says(line).head == "lt":
        return script.by_contradiction(lt(0, atom), _falls(script, atom, positive, line))
    least = script.axiom("log_increases", [script.combine(lt(0, num(1))), script.combine(le(1, t), [(line, 1)])], s=num(1), t=t)
    return script.combine(le(0, atom), [(least, 1), (script.axiom("log_of_exp", t=num(0)), -1)])


def _falls(script: Script, atom: Node, positive: Line, line: Line) -> Line:
    """0 < 0 from log t ≤ 0 and 1 < t."""
    t = atom.args[0]
    power = script.axiom("exp_increases", [script.assume(le(atom, 0))], s=atom, t=num(0))
    return script.combine(lt(0, 0), [(power, 1), (script.axiom("exp_of_log", [positive], t=t), -1), (line, 1)])


def _below(script: Script, atom: Node, line: Line, positive: Line) -> Line:
    """log t ≤ 0 from t ≤ 1, and log t < 0 from t < 1."""
    t = atom.args[0]
    if script.says(line).head == "lt":
        return script.combine(lt(atom, 0), [(_tangent(script, atom, positive), 1), (line, 1)])
    most = script.axiom("log_increases", [positive, script.combine(le(t, 1), [(line, 1)])], s=t, t=num(1))
    return script.combine(le(atom, 0), [(most, 1), (script.axiom("log_of_exp", t=num(0)), 1)])


def power(script: Script, atom: Node, sign: SignOf) -> tuple[list[Line], bool] | None:
    """e^(s + q log t + …) = t^q … e^s, for t > 0."""
    rest, terms = num(0), []
    for monomial, c in normal(atom.args[0]).items():
        part = number({monomial: c})
        logs = [(node, e) for node, e in monomial if node.head == "log"]
        known = sign(logs[0][0].args[0]) if len(logs) == 1 and logs[0][1] == 1 else None
        if known is None or known[1] != ">":
            rest = rest + part
        else:
            t = logs[0][0].args[0]
            q = canonical(number({tuple(p for p in monomial if p[0] is not logs[0][0]): c}))
            terms.append(script.axiom("pow_as_exp", [known[0]], t=t, q=q))                  # t^q = e^(q log t)
    if not terms:
        return ([], not any(node.head == "log" for m in normal(atom.args[0]) for node, _ in m))
    wanted, parts, before = make("exp", rest), [], make("exp", rest)
    for line in terms:
        wanted = wanted * script.says(line).args[0]
    for place, line in enumerate(terms):
        after = [script.says(other).args[1] for other in terms[place + 1:]]
        parts.append((line, -make("mul", before, *after)))
        before = before * script.says(line).args[0]
    return [script.combine(eq(atom, wanted), parts)], True


# --- products ------------------------------------------------------------------------------------------------------------------------

def log_terms(script: Script, t: Node, sign: SignOf) -> tuple[Line, Line] | None:
    """0 < t, and log t = log c + Σ log s − Σ log r, for t = c·s…/r… with positive factors; None where t is no such product."""
    c, factors_of_t = _factors(t)
    shown: list[tuple[Line, Line]] = []                   # 0 < s, and what log s is
    for node, e in factors_of_t:
        own = _factor(script, node, sign)
        if own is None:
            return None
        c *= (-1) ** e if script.says(own[0]).args[1] is not node else 1
        shown += [own] * e
    if c <= 0 or not shown or (c == 1 and len(shown) == 1 and factors_of_t[0][0].head != "inv"):
        return None
    if c != 1:
        shown.insert(0, (script.combine(lt(0, num(c))), _itself(script, num(c))))
    product = shown[0]
    for own in shown[1:]:
        product = _of_product(script, product, own)
    return script.combine(lt(0, t), [(product[0], 1)]), _moved(script, product[1], t)


def _factors(t: Node) -> tuple[Fraction, list[tuple[Node, int]]]:
    """A numeral, and the factors of a number with their exponents."""
    value = normal(t)
    if len(value) == 1:
        (monomial, c), = value.items()
        return Fraction(int(c.p), int(c.q)), list(monomial)
    numeral, found = Fraction(1), []
    for q, e in factors(value) or [(value, 1)]:
        if degree_of(q) == 0:
            numeral *= Fraction(int(q[()].p), int(q[()].q)) ** e
        else:
            found.append((number(q), e))
    return numeral, found


def _factor(script: Script, node: Node, sign: SignOf) -> tuple[Line, Line] | None:
    """0 < s and what log s is, for s = ±node; None where the sign is not known."""
    inverted = node.head == "inv"
    base = node.args[0] if inverted else node
    known = sign(base)
    if known is None or known[1] not in ("<>" if not inverted else ">"):
        return None
    if inverted:
        return script.axiom("inverse_positive", [known[0]], t=base), _of_inverse(script, base, known[0])
    own = base if known[1] == ">" else -base
    return script.combine(lt(0, own), [(known[0], 1)]), _itself(script, own)


def _itself(script: Script, t: Node) -> Line:
    """log t = log t."""
    return script.equal(make("log", t), make("log", t))


def _of_product(script: Script, left: tuple[Line, Line], right: tuple[Line, Line]) -> tuple[Line, Line]:
    """0 < st, and log(st) = log s + log t: for e^(log s + log t) = st."""
    s, t = (script.says(known).args[0].args[0] for _, known in (left, right))
    both = make("log", s) + make("log", t)
    first, second = (script.axiom("exp_of_log", [positive], t=own) for (positive, _), own in ((left, s), (right, t)))
    power = script.combine(eq(make("exp", both), s * t), [(first, make("exp", make("log", t))), (second, s)])
    same = _logarithms(script, power)                                                       # log e^(log s + log t) = log(st)
    wanted = eq(make("log", s * t), script.says(left[1]).args[1] + script.says(right[1]).args[1])
    line = script.combine(wanted, [(same, -1), (script.axiom("log_of_exp", t=both), 1), (left[1], 1), (right[1], 1)])
    return script.combine(lt(0, s * t), [(script.do("multiply", (left[0], right[0])), 1)]), line


def _of_inverse(script: Script, t: Node, positive: Line) -> Line:
    """log(1/t) = −log t."""
    inverse = make("inv", t)
    above = script.axiom("inverse_positive", [positive], t=t)
    _, total = _of_product(script, (positive, _itself(script, t)), (above, _itself(script, inverse)))
    one = _logarithms(script, script.axiom("inverse_of_positive", [positive], t=t))         # log(t/t) = log 1
    zero = script.axiom("log_of_exp", t=num(0))
    return script.combine(eq(make("log", inverse), -make("log", t)), [(total, -1), (one, 1), (zero, 1)])


def _logarithms(script: Script, equation: Line) -> Line:
    """log s = log t from s = t."""
    z = var("z'", R)
    return script.do("congruence", (equation,), bind("lam", [(z, R)], make("log", z)))


def _moved(script: Script, line: Line, t: Node) -> Line:
    """The equation for log t, from that for a product that is t."""
    left, right = script.says(line).args
    own = _logarithms(script, script.combine(eq(t, left.args[0])))
    return script.combine(eq(make("log", t), right), [(own, 1), (line, 1)])
