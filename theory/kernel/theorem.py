"""Theorems: sequents Γ ⊢ φ that only the kernel's inferences make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps

from theory.kernel.nodes import FORM, Node, Refused, need

_MINE = object()


class Theorem:
    """If all ``hypotheses`` hold, so does ``conclusion``, for all values of the free variables.

    ``cited`` holds the lemmas that are taken on trust, each as the pair (premises, conclusion): what they say, not what they are called.
    """

    __slots__ = ("cited", "conclusion", "hypotheses")

    hypotheses: frozenset[Node]
    conclusion: Node
    cited: frozenset[Cited]

    def __init__(self, token: object, hypotheses: frozenset[Node], conclusion: Node, cited: frozenset[Cited]) -> None:
        if token is not _MINE:
            raise Refused("a theorem is made by an inference only")
        for name, value in (("hypotheses", hypotheses), ("conclusion", conclusion), ("cited", cited)):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise Refused("a theorem does not change")


Cited = tuple[tuple[Node, ...], Node]
Rule = Callable[[Sequence[Theorem], Sequence[Node]], Theorem]
Statement = tuple[Sequence[Node], Node]  # premises and a conclusion
Law = Callable[..., Statement]
RULES: dict[str, Rule] = {}


def theorem(hypotheses: Iterable[Node], conclusion: Node, cited: Iterable[Cited] = ()) -> Theorem:
    """A sequent, for inferences; it is about closed formulas."""
    closed = not conclusion.indices and all(v.head == "var" for v in conclusion.free)
    need(conclusion.sort is FORM and closed, "{!r} is no closed formula", conclusion)
    return Theorem(_MINE, frozenset(hypotheses), conclusion, frozenset(cited))


def follows(conclusion: Node, premises: Sequence[Theorem], without: Iterable[Node] = (), cited: Iterable[Cited] = ()) -> Theorem:
    """The conclusion under all hypotheses of the premises, except those that are discharged; it cites what they cite."""
    hypotheses = frozenset().union(*(p.hypotheses for p in premises)) - frozenset(without)
    return theorem(hypotheses, conclusion, frozenset(cited).union(*(p.cited for p in premises)))


def inference(name: str, premises: int | None, arguments: int | None) -> Callable[[Rule], Rule]:
    """Register an inference; it takes that many premises and arguments (None: any number)."""
    def register(rule: Rule) -> Rule:
        @wraps(rule)
        def checked(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
            need(premises is None or len(given) == premises, "{} takes {} premises, not {}", name, premises, len(given))
            need(arguments is None or len(args) == arguments, "{} takes {} arguments, not {}", name, arguments, len(args))
            return rule(given, args)
        need(name not in RULES, "there are two inferences {}", name)
        RULES[name] = checked
        return checked
    return register


def law(name: str, arguments: int, *, more: bool = False) -> Callable[[Law], Rule]:
    """Register an inference that is a statement about its arguments: the premises that it needs, in order, and its conclusion."""
    def register(statement: Law) -> Rule:
        @inference(name, None, None)
        @wraps(statement)
        def rule(given: Sequence[Theorem], args: Sequence[Node]) -> Theorem:
            need(len(args) == arguments or (more and len(args) > arguments), "{} takes {} arguments, not {}", name, arguments, len(args))
            premises, conclusion = statement(*args)
            return follows(conclusion, shown(given, premises))
        return rule
    return register


def shown(given: Sequence[Theorem], premises: Sequence[Node]) -> Sequence[Theorem]:
    """The given theorems; refused unless they show the premises, in order."""
    need(len(given) == len(premises), "there are {} premises, {} are given", len(premises), len(given))
    for p, premise in zip(given, premises, strict=True):
        need(p.conclusion is premise, "{!r} is needed, and {!r} is given", premise, p.conclusion)
    return given
