"""Terms at which ∃x φ may hold: where known facts are parts of φ or sides of its relations, variables of its sets, and numerals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from theory.checkers.knowledge import Knowledge, is_relation
from theory.checkers.patterns import Binding, matches
from theory.kernel import Node
from theory.kernel.binding import opened
from theory.kernel.nodes import bound_sort, is_numeric, num, var
from theory.kernel.normal import canonical


def witnesses(known: Knowledge, goal: Node) -> Iterator[tuple[Node, ...]]:
    """Values of the leading existential variables of a goal, the likeliest first, each once; nothing is shown of them."""
    variables, domains = list[Node](), list[Node]()
    while goal.head == "ex":
        domains.append(goal.args[0])
        variables.append(var(f"?w{len(variables)}", bound_sort(goal.args[0])))
        goal = opened(goal.args[1], (variables[-1],))
    parts = goal.args if goal.head == "and" else (goal,)
    facts = [known.script.says(line) for line in known.known.values()]
    own = frozenset(variables)
    relations = [p for p in parts if is_relation(p)]
    sides = [side for f in facts if is_relation(f) for side in f.args]
    seen = set[tuple[Node, ...]]()
    found = (*_by_parts(parts, facts, own, {}), *(b for r in relations for side in r.args if side not in own
                                                  for b in _by_parts((side,), sides, own, {})))
    matched = (tuple(b[v] for v in variables) for b in found)
    plain = product(*(_plain(known, v, domain) for v, domain in zip(variables, domains, strict=True)))
    for values in (*matched, *plain):
        if values not in seen:
            seen.add(values)
            yield values


def _by_parts(parts: Sequence[Node], facts: Sequence[Node], variables: frozenset[Node], binding: Binding) -> Iterator[Binding]:
    """Bindings of all variables under which parts are facts: each part with variables that are not bound yet is one fact."""
    if variables <= binding.keys():
        yield binding
        return
    for place, part in enumerate(parts):
        if part.free & variables - binding.keys():
            for fact in facts:
                for shape, target in ((part, fact), (canonical(part), canonical(fact))):
                    for extended in matches(shape, target, variables, binding):
                        if len(extended) > len(binding):
                            yield from _by_parts(parts[place + 1:], facts, variables, extended)


def _plain(known: Knowledge, variable: Node, domain: Node) -> Iterator[Node]:
    """Variables in scope of the same set; the ends of a set of numbers, and 0 and 1."""
    yield from (v for v, own in known.scope if own is domain)
    if is_numeric(variable.sort):
        yield from (a for a in domain.args if isinstance(a, Node) and is_numeric(a.sort))
        yield from (num(0), num(1))
