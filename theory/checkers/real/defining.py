"""What atoms are by definition: the lines that axioms give about |t|, √t, 1/t, max, powers, natural numbers and constants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from theory.checkers.real.factors import absolute_product
from theory.checkers.real.logarithms import SignOf, logarithm, power
from theory.checkers.real.monomials import degree_of
from theory.checkers.roots import is_root, squared
from theory.checkers.script import Line, Script
from theory.kernel import Refused
from theory.kernel.binding import opened
from theory.kernel.heads import bind, le, lt
from theory.kernel.nodes import N, Node, Z, fits, is_numeric, make, num, var
from theory.kernel.normal import never_negative, normal
from theory.kernel.numbers import nonnegative_form

CONSTANT_HEADS = ("sqrt", "pi", "exp", "log", "asin", "pow", "inv")
FINE = 10 ** 4       # enclosures of constants: finer ones look like contradictions to floating point


def unconditional(script: Script, atom: Node) -> list[Line]:
    """Lines about an atom that need no premise."""
    lines = []
    if never_negative(atom):
        lines.append(script.do("nonnegative", (), atom))
    if atom.head == "abs":
        t = atom.args[0]
        lines += absolute_product(script, atom) or [script.axiom("abs_above", t=t), script.axiom("abs_above", t=-t)]
    if atom.head == "max":
        s, t = atom.args
        lines += [script.axiom("max_left", s=s, t=t), script.axiom("max_right", s=s, t=t)]
    if atom.head == "min":
        s, t = atom.args
        lines += [script.axiom("min_left", s=s, t=t), script.axiom("min_right", s=s, t=t)]
    if atom.head == "exp":
        lines += [script.axiom("exp_positive", t=atom.args[0]), script.axiom("exp_tangent", t=atom.args[0])]
    if atom.head == "asin":
        t = atom.args[0]
        opposite = script.axiom("asin_below", t=-t)                           # −arcsin t ≤ π/2
        odd = script.axiom("asin_odd", t=t)
        lines += [script.axiom("asin_below", t=t), script.combine(le(-atom, make("pi") / 2), [(opposite, 1), (odd, -1)])]
    if atom.head == "floor":
        lines += [script.axiom("floor_below", t=atom.args[0]), script.axiom("floor_above", t=atom.args[0])]
    if atom.head == "ind":
        lines.append(script.do("square", (), num(1) - atom))
    return lines + _enclosed(script, atom)


def _nonnegative(script: Script, node: Node) -> Line | None:
    """0 ≤ a term whose form says so: squares, what is never negative, and sums and products of such terms."""
    head, args = node.head, node.args
    if nonnegative_form(normal(node)):
        return script.do("nonnegative", (), node)
    if head == "pow" and args[1].head == "num" and args[1].sort is N and args[1].args[0] % 2 == 0:
        return script.combine(le(0, node), [(script.do("square", (), make("pow", args[0], num(args[1].args[0] // 2))), 1)])
    if head == "sum":
        return _sum_nonnegative(script, node)
    if head not in ("add", "mul"):
        return None
    lines = [_nonnegative(script, a) for a in args]
    if None in lines:
        return None
    parts = [p for p in lines if p is not None]
    return script.combine(le(0, node), [(p, 1) for p in (parts if head == "add" else [script.do("multiply", parts)])])


def _sum_nonnegative(script: Script, node: Node) -> Line | None:
    """0 ≤ Σ F from 0 ≤ F at each place."""
    domain, body = node.args
    i = var("i'", N)
    term = opened(body, (i,))
    if i in node.free or term.indices or not is_numeric(term.sort):
        return None
    value = _nonnegative(script, term)
    if value is None:
        return None
    everywhere = script.do("generalise", (value,), i, domain)
    zero, family = bind("lam", [(i, N)], num(0)), bind("lam", [(i, N)], term)
    below = script.axiom("sum_below", [everywhere], F=zero, G=family, a=domain.args[0])
    return script.combine(le(0, node), [(below, 1)])


def written_squares(script: Script, relations: Iterable[Node]) -> list[Line]:
    """0 ≤ the squares, squared norms and sums of such that are written in relations, whatever the normal form makes of them."""
    found: dict[Node, None] = {}
    todo = list(relations)
    seen = set(todo)
    while todo:
        node = todo.pop()
        if node.head in ("pow", "sum", "norm") and not node.indices and is_numeric(node.sort):
            found[node] = None
        parts = [a for a in node.args if isinstance(a, Node) and a not in seen]
        seen.update(parts)
        todo += parts
    squares = (make("pow", node, num(2)) if node.head == "norm" else node for node in sorted(found, key=lambda node: node.key))
    lines = (_nonnegative(script, node) for node in squares if degree_of(normal(node)) > 0)
    return [line for line in lines if line is not None]


def _enclosed(script: Script, atom: Node) -> list[Line]:
    """Rational bounds of a constant."""
    if atom.free or atom.indices or not _is_constant(atom):
        return []
    low, high = Fraction(-2 ** 40), Fraction(2 ** 40)
    if not (_bound(script, low, atom) and _bound(script, atom, high)):
        return []
    while high - low > Fraction(1, FINE):
        middle = (low + high) / 2
        if _bound(script, middle, atom):
            low = middle
        elif _bound(script, atom, middle):
            high = middle
        else:
            break
    ends = [_bound(script, low, atom), _bound(script, atom, high)]
    return [line for line in ends if line is not None]


def _is_constant(node: Node) -> bool:
    parts = [a for a in node.args if isinstance(a, Node)]
    return node.head == "num" or (node.head in (*CONSTANT_HEADS, "add", "mul", "abs", "max", "min") and all(map(_is_constant, parts)))


def _bound(script: Script, left: Node | Fraction, right: Node | Fraction) -> Line | None:
    sides = (side if isinstance(side, Node) else num(side) for side in (left, right))
    try:
        return script.do("enclose", (), lt(*sides))
    except Refused:
        return None


# --- where a sign is known -----------------------------------------------------------------------------------------------------------

def conditional(script: Script, atom: Node, sign: SignOf) -> tuple[list[Line], bool] | None:
    """Lines about an atom that need the sign of what is inside, and whether a strict sign would give no more; None without a sign."""
    if atom.head == "log":
        return logarithm(script, atom, sign)
    if atom.head == "exp":
        return power(script, atom, sign)
    rule = _BY_SIGN.get(atom.head)
    if rule is None:
        return [], True
    known = sign(atom.args[1] - atom.args[0] if atom.head in ("max", "min") else atom.args[0])
    lines = None if known is None else rule(script, atom, *known)
    return None if known is None or lines is None else (lines, known[1] != "≥" or atom.head not in ("sqrt", "inv", "pow"))


def _absolute(script: Script, atom: Node, line: Line, what: str) -> list[Line] | None:
    t = atom.args[0]
    return [script.axiom("abs_of_nonnegative" if what in ">≥" else "abs_of_nonpositive", [script.weaken(line)], t=t)]


def _larger(script: Script, atom: Node, line: Line, what: str) -> list[Line] | None:
    """From the sign of t − s."""
    s, t = atom.args
    below = what in ">≥"
    ordered = script.combine(le(s, t) if below else le(t, s), [(line, 1)])
    if atom.head == "max":
        return [script.axiom("max_is_right", [ordered], s=s if below else t, t=t if below else s)]
    return [script.axiom("min_is_left", [ordered], s=s if below else t, t=t if below else s)]


def _root(script: Script, atom: Node, line: Line, what: str) -> list[Line] | None:
    t = atom.args[0]
    if what in "<≤":
        return [script.axiom("root_of_nonpositive", [script.weaken(line)], t=t)]
    squared = script.axiom("root_squared", [script.weaken(line)], t=t)
    return [squared, root_positive(script, t, line, squared)] if what == ">" else [squared]


def root_positive(script: Script, t: Node, positive: Line, squared: Line) -> Line:
    """0 < √t for 0 < t: else √t = 0, and t = (√t)² = 0."""
    root = make("sqrt", t)
    small = script.assume(le(root, 0))
    product = script.do("multiply", (small, script.do("nonnegative", (), root)))
    absurd = script.combine(lt(0, 0), [(product, 1), (positive, 1), (squared, -1)])
    return script.by_contradiction(lt(0, root), absurd)


def _inverse(script: Script, atom: Node, line: Line, what: str) -> list[Line] | None:
    t = atom.args[0]
    if what == "≤":
        return None
    if what == "≥":
        return [script.axiom("inverse_nonnegative", [line], t=t)]
    if what == "<":
        return [script.axiom("inverse_of_negative", [line], t=t)]
    return [script.axiom("inverse_of_positive", [line], t=t), script.axiom("inverse_positive", [line], t=t)]


def _power(script: Script, atom: Node, line: Line, what: str) -> list[Line] | None:
    t, q = atom.args
    if what in "<≤":
        return None
    square = [squared(script, atom, script.weaken(line))] if is_root(atom) else []
    if what == "≥":
        return [script.axiom("pow_nonnegative", [line], t=t, q=q), *square]
    return [script.axiom("pow_positive", [line], t=t, q=q), *square]


def _arcsine(script: Script, atom: Node, line: Line, what: str) -> list[Line] | None:
    """arcsin t has the sign of t."""
    t = atom.args[0]
    if what in ">≥":
        return [script.axiom("asin_nonnegative", [script.weaken(line)], t=t)]
    opposite = script.axiom("asin_nonnegative", [script.combine(le(0, -t), [(line, 1)])], t=-t)
    return [script.combine(le(atom, 0), [(opposite, 1), (script.axiom("asin_odd", t=t), 1)])]


_BY_SIGN: dict[str, Callable[[Script, Node, Line, str], list[Line] | None]] = {
    "abs": _absolute, "max": _larger, "min": _larger, "sqrt": _root, "inv": _inverse, "pow": _power, "asin": _arcsine,
}


def whole_step(script: Script, line: Line) -> Line | None:
    """a + 1 ≤ b from a < b for whole numbers."""
    said = script.says(line)
    if said.head != "lt" or not all(fits(side.sort, Z) for side in said.args):
        return None
    return script.axiom("whole_step", [line], a=said.args[0], b=said.args[1])


