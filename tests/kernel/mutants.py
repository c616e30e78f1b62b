"""Uses of inferences with one part changed: an argument, a premise, a subterm, a numeral, an index."""

from __future__ import annotations

from random import Random

from kernel.fuzz import Proposal, Rules
from theory.kernel.nodes import N, Node, R, Z, bound, fits, make, num


def subterms(node: Node) -> list[Node]:
    """A node and all that is in it, but for the sorts."""
    found = [node]
    for a in node.args:
        if isinstance(a, Node) and a.sort is not None:
            found += subterms(a)
    return found


def replaced(node: Node, old: Node, new: Node) -> Node:
    """The node with one part in place of another, everywhere.  Raises: Refused."""
    if node is old:
        return new
    args = tuple(replaced(a, old, new) if isinstance(a, Node) else a for a in node.args)
    return node if args == node.args else make(node.head, *args)


def changed(node: Node, others: list[Node], rng: Random) -> Node:
    """The node with one part changed.  Raises: Refused."""
    part = rng.choice(subterms(node))
    if part.head == "num" and rng.random() < 0.5:
        return replaced(node, part, num(rng.choice((-1, 0, 1, 2))))
    if part.head == "bound":
        return replaced(node, part, bound(part.args[0] + rng.choice((-1, 1)), part.args[1]))
    swaps = {"le": "lt", "lt": "le", "all": "ex", "ex": "all", "and": "or", "or": "and", "max": "min", "min": "max", "sum": "sup",
        "eq": "le"}
    if part.head in swaps and rng.random() < 0.3:
        return replaced(node, part, make(swaps[part.head], *part.args))
    if len(part.args) == 2 and all(isinstance(a, Node) for a in part.args) and rng.random() < 0.3:
        return replaced(node, part, make(part.head, *part.args[::-1]))
    fitting = [other for other in others if other is not part and fits(other.sort, R if part.sort in (N, Z) else part.sort)]
    return replaced(node, part, rng.choice(fitting)) if fitting else node


def mutant(proposal: Proposal, rules: Rules, rng: Random) -> Proposal:
    """The use of an inference with one part changed.  Raises: Refused."""
    given, args = list(proposal[0]), list(proposal[1])
    others = [part for node in (*args, *(p.conclusion for p in given)) for part in subterms(node)]
    kind = rng.randrange(4)
    if kind == 0 and given:
        place = rng.randrange(len(given))
        given[place:place + 1] = rules["assume"]([], [changed(given[place].conclusion, others, rng)]),
    elif kind == 1 and given:
        rng.choice((lambda: given.pop(), lambda: given.append(rng.choice(given)), lambda: rng.shuffle(given)))()
    elif args:
        place = rng.randrange(len(args))
        args[place] = changed(args[place], others, rng) if kind == 2 else rng.choice(others)
    return given, args
