"""The mean value theorem: what is differentiated, under which conditions, and what is refused."""

from __future__ import annotations

import pytest

from kernel.common import assumed, concludes, n, q, refused, rule, s, t
from theory.kernel import RULES
from theory.kernel.calculus import rising
from theory.kernel.heads import bind, forall, implies, le, lt
from theory.kernel.nodes import N, Node, R, make, num, var
from theory.kernel.normal import canonical
from theory.kernel.printing import text

x = var("x", R)


def function(body: Node) -> Node:
    """λx. body."""
    return bind("lam", [(x, R)], body)


def of(head: str, *args: Node | int | str) -> Node:
    """A node; numbers are numerals."""
    return make(head, *(a if isinstance(a, Node) else num(a) for a in args))


def test_a_function_with_a_nonnegative_slope_rises() -> None:
    cube = function(of("pow", x, 3))
    premises, conclusion = rising(cube, s, t)
    assert premises[0] is le(s, t) and len(premises) == 2 and text(canonical(premises[1])).endswith("(0 ≤ r·r))")
    concludes(rule("rises", assumed(*premises), cube, s, t), conclusion, *premises)
    assert conclusion is le(of("pow", s, 3), of("pow", t, 3))


def everywhere(condition: Node) -> Node:
    """For all x between 1 and 2."""
    return forall(condition, (x, of("interval", 1, 2)))


def inside(condition: Node) -> Node:
    """For all x strictly between 1 and 2."""
    return everywhere(implies(lt(1, x), implies(lt(x, 2), condition)))


@pytest.mark.parametrize("body, conditions", [
    (of("exp", x), []), (of("erf", x), []), (x * x, []), (of("log", x), [everywhere(lt(0, x))]), (of("inv", x), [everywhere(lt(0, x * x))]),
    (of("sqrt", x), [inside(lt(0, x))]), (of("pow", x, "1/2"), [everywhere(lt(0, x))]), (of("pow", x, q), [everywhere(lt(0, x))]),
    (of("pow", x, n), [everywhere(lt(0, x))]), (of("pow", x, 0), [everywhere(lt(0, x))]), (of("pow", x, 2), []), (of("abs", t) * x, []),
], ids=str)
def test_conditions_are_asked_for(body: Node, conditions: list[Node]) -> None:
    ends, *between, slope = rising(function(body), num(1), num(2))[0]
    assert ends is le(1, num(2)) and between == conditions and slope.head == "all"


@pytest.mark.parametrize("body", [
    of("abs", x), of("max", x, 0), of("floor", x), of("asin", x), of("pow", 2, x), of("pow", x, x), of("fact", x),
    make("app", var("psi", make("fn", R, R)), x),
], ids=str)
def test_what_has_no_rule_is_refused(body: Node) -> None:
    with pytest.raises(Exception, match="differentiate"):
        rising(function(body), num(0), num(1))


def test_conditions_and_ends_must_be_given() -> None:
    reciprocal = function(-of("inv", x))
    premises, _ = rising(reciprocal, num(-1), num(1))                          # −1/x has a slope > 0 and falls from −1 to 1
    for place in range(len(premises)):
        refused("premises", RULES["rises"], assumed(*premises[:place], *premises[place + 1:]), [reciprocal, num(-1), num(1)])
    backwards, _ = rising(reciprocal, num(1), num(-1))
    refused("is needed", RULES["rises"], assumed(*premises), [reciprocal, num(1), num(-1)])
    assert backwards[0] is le(1, num(-1))


def test_only_functions_of_one_real_number_rise() -> None:
    for wrong in (x, bind("lam", [(var("i", N), N)], var("i", N)), bind("lam", [(x, R), (t, R)], x + t)):
        refused("one real number", rising, wrong, num(0), num(1))


def test_a_variable_of_the_ends_is_not_captured() -> None:
    premises, conclusion = rising(function(x * t), t, t + 1)
    assert conclusion is le(t * t, (t + 1) * t) and all(t in p.free for p in premises)
    assert lt(0, t) not in premises
