"""Random uses of the inferences: each proposal assumes premises of the shape that the inference takes, and some of a wrong shape."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from kernel.drawing import CURVES, FIELDS, INDEXED, VECTORS, Terms, d, n
from kernel.fuzz import Proposal, Rules
from theory.kernel.heads import eq, le, lt, member, whole
from theory.kernel.nodes import N, Node, R, Z, make, num, var
from theory.kernel.theorem import Theorem

PROPOSALS: dict[str, Callable[[Draw], Proposal]] = {}
MULTIPLIERS = (0, 1, 1, 2, Fraction(1, 2), 3, -1)


class Draw:
    """What a proposal draws from: terms, chances, and the assumptions that the rules make of formulas."""

    def __init__(self, rng: Random, rules: Rules) -> None:
        self.rng, self.rules, self.terms = rng, rules, Terms(rng)

    def assumed(self, *formulas: Node) -> list[Theorem]:
        """φ ⊢ φ, for each."""
        return [self.rules["assume"]([], [formula]) for formula in formulas]

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self.rng.random() < probability

    def one(self, *options: object) -> object:
        """One of the options."""
        return self.rng.choice(options)

    def relation(self, depth: int = 1) -> Node:
        """A relation between numbers."""
        return self.rng.choice((le, lt, eq))(self.terms.number(depth), self.terms.number(depth))

    def inequality(self, depth: int = 1) -> Node:
        """An inequality between numbers."""
        return self.rng.choice((le, lt))(self.terms.number(depth), self.terms.number(depth))

    def equation(self, depth: int = 1) -> Node:
        """An equation between numbers that holds now and then."""
        left = self.terms.number(depth)
        return eq(left, self.rng.choice((lambda: self.terms.number(0), lambda: left + self.terms.number(0) * n, lambda: num(0)))())

    def formula(self, depth: int = 2) -> Node:
        """A formula."""
        return self.terms.formula(depth)

    def numeral(self) -> Node:
        """A multiplier."""
        return num(self.rng.choice(MULTIPLIERS))

    def variable(self) -> tuple[Node, Node, Node]:
        """A new variable, a set that it ranges over, and a term that may lie in it."""
        kind = self.rng.randrange(6)
        if kind < 2:
            return var("i#", N), make("range", self.rng.choice((n, self.terms.natural(1)))), self.terms.natural(1)
        if kind == 2:
            return var("t#", R), var("C", make("set", R)), self.terms.number(1)
        if kind == 3:
            return var("x#", VECTORS[d][0].sort), var("D", make("set", VECTORS[d][0].sort)), self.terms.vector(d, 1)
        if kind == 4:
            return var("y#", make("vec", n)), make("signs", n), self.terms.vector(n, 1)
        return var("t#", R), whole(R), self.terms.number(1)

    def beneath(self, variables: list[Node], draw: Callable[[], Node]) -> Node:
        """What is drawn with some more variables in scope."""
        self.terms.scope += variables
        result = draw()
        del self.terms.scope[len(self.terms.scope) - len(variables):]
        return result

    def about(self, v: Node, depth: int = 1) -> Node:
        """A number that depends on a variable, more often than not."""
        own = self.at_variable(v) if self.chance(0.7) else self.terms.number(depth)
        return self.rng.choice((lambda: own, lambda: own * self.terms.number(0), lambda: own + self.terms.number(0), lambda: -own))()

    def at_variable(self, v: Node) -> Node:
        """A simple number made of a variable."""
        if v.sort in (N, Z, R):
            return self.rng.choice((v, INDEXED[0](v), INDEXED[1](v)) if v.sort is N else (v, v * v, CURVES[0](v)))
        size = v.sort.args[0]
        return self.rng.choice((FIELDS[size](v), make("dot", v, VECTORS[size][0]), make("norm", v), v[1]))

    def statement(self, v: Node) -> Node:
        """A formula about a variable."""
        return self.rng.choice((le, lt, eq))(self.about(v), self.rng.choice((self.terms.number(0), self.about(v), num(1))))

    def given_in(self, value: Node, domain: Node) -> list[Theorem]:
        """That a value lies in a set; sometimes nothing."""
        return [] if self.chance(0.2) else self.assumed(member(value, domain))


def proposal(name: str) -> Callable[[Callable[[Draw], Proposal]], Callable[[Draw], Proposal]]:
    """Register how uses of an inference are drawn."""
    def register(draw: Callable[[Draw], Proposal]) -> Callable[[Draw], Proposal]:
        PROPOSALS[name] = draw
        return draw
    return register
